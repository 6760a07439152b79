/**
 * The configuration of worker and server: environment variables, read once and validated together. Only Temporal's own
 * variables are read elsewhere, by `@temporalio/envconfig`.
 */
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseTokens, withoutValues, type ApiToken } from './api-tokens';
import { ADMIN_PORTS, adminOf, adminVariables, type AdminConfig } from './admin';
import { eswOf, eswVariables, type EswConfig } from './esw';
import { addresses, duration, sweepInterval, text, url, vocabulary, wholeNumber } from './values';
import { EVENT_DETAILS } from '../domain/order-event/topic';
import { policiesOf, policyVariables } from './policies';
import { memoryOf, workerRoleVariables, type WorkerMemory, type WorkerRole } from './worker-roles';
import { StartFailure } from '../lib/start-failure';
import { loadPrivateKey } from '../upvest/client/private-key';
import type { PortfolioOrderSettings } from '../../contracts/portfolio-order';

const API_PATH =
  /^\/((whoami|[\w-]+\.(html|js|css))?$|portfolio-orders|parked-events|reports|decisions|docs|openapi\.json)/;

/** Configuration of both processes. */
export interface CoordinatorConfig {
  upvest: {
    baseUrl: string;
    clientId: string;
    clientSecret: string;
    keyId: string;
    privateKey: KeyObject;
    requestsPerSecond: number;
  };
  /** URL of the records database, with its password. */
  databaseUrl: string;
  /** Task queue of workflows and of activities that do not call Upvest. */
  orderTaskQueue: string;
  /** Settings of new orders. */
  order: PortfolioOrderSettings;
}

/** How often the orders are compared with Upvest. */
export interface SweepConfig {
  /** Milliseconds between sweeps; undefined for none. */
  everyMs: number | undefined;
  /** A difference that is younger is no break. Milliseconds. */
  graceMs: number;
}

export interface WorkerConfig extends CoordinatorConfig, WorkerMemory {
  /** Absent: the schedule stays as it is. */
  sweep?: SweepConfig;
  esw: EswConfig;
  /** The Workers of the process. Default: all. */
  roles?: readonly WorkerRole[];
}

export interface ServerConfig extends CoordinatorConfig {
  http: {
    /** Milliseconds between "not ready" and the end of listening. Default: 0. */
    drainMs?: number;
    host: string;
    port: number;
    /** Path that the server answers. */
    webhookPath: string;
    tokens: ApiToken[];
    /** File of the tokens, reloaded while the server runs. Absent: the tokens never change. */
    tokensFile?: string;
    /** Path as Upvest signs it. Default: `webhookPath`. */
    webhookSignedPath?: string;
    /** Handling of expired signatures, and how far `created` may lie ahead of our clock or behind it. */
    webhookSignature: { expiry: 'warn' | 'reject'; maxAheadMs: number; maxAgeMs: number };
    /** Default: unlimited, as in tests. */
    limits?: HttpLimits;
    /** Proxies whose forwarding headers are trusted: addresses and networks. Default: none. */
    trustedProxies?: string[];
  };
}

/** Configuration of a process of its own. */
export type OfProcess<C> = C & { admin: AdminConfig };

/** Limits of one process; webhooks are exempt. */
export interface HttpLimits {
  /** Per token. */
  requestsPerMinute: number;
  /** Requests with unknown tokens, per address. */
  failuresPerMinute: number;
  /** Open streams of server-sent events, of all callers. */
  eventStreams: number;
}

/** Thrown for an invalid configuration; `problems` has one sentence per variable, without values. */
export class ConfigurationError extends StartFailure {
  override readonly name = 'ConfigurationError';
  constructor(problems: string[]) {
    super('Invalid configuration', problems, CONFIGURATION_REMEDY);
  }
}

/** Remedy of a {@link ConfigurationError}. */
export const CONFIGURATION_REMEDY =
  'Set these variables in the environment or in .env; .env.example explains each one.';

const uuid = text.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a UUID');
const urlPath = text.regex(
  /^\/[\w.~/-]*$/,
  'must be a path of letters, digits and . _ ~ - / that starts with /',
);
export const databaseUrl = z
  .string({
    error: 'is missing: the URL of the records database, postgresql://…; npm start has a database of its own',
  })
  .refine(
    (value) => URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol),
    'must be a URL such as postgresql://user:password@host:5432/records',
  );
const queue = (standard: string) => text.default(standard);

export const common = {
  UPVEST_BASE_URL: url,
  UPVEST_CLIENT_ID: uuid,
  UPVEST_CLIENT_SECRET: text,
  UPVEST_KEY_ID: text,
  UPVEST_PRIVATE_KEY_FILE: text,
  UPVEST_PRIVATE_KEY_PASSPHRASE: z.string().optional(),
  UPVEST_REQUESTS_PER_SECOND: wholeNumber(250, 1, 300),
  ESW_TENANT_CODE: text,
  ESW_LAST_UPDATE_USER: text.default('portfolio-order-coordinator'),
  ESW_DELIVERY_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code')
    .optional(),
  ESW_CHANNEL_ID: text.optional(),
  ESW_EVENT_DETAIL: z
    .enum(EVENT_DETAILS, { error: `must be one of ${EVENT_DETAILS.join(', ')}` })
    .default('orders'),
  ESW_STATUS_WORDS: vocabulary(['NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED']).optional(),
  ESW_ORDER_TYPES: vocabulary(['BUY', 'SELL', 'REBALANCING']).optional(),
  ESW_SEND_USER_ID: z.enum(['yes', 'no'], { error: 'must be yes or no' }).default('no'),
  DATABASE_URL: databaseUrl,
  DEPLOYMENT_ID: text.regex(/^[\w.:-]{1,100}$/, 'must be 1 to 100 letters, digits and . _ : -').optional(),
  ORDER_TASK_QUEUE: queue('portfolio-orders'),
  UPVEST_TASK_QUEUE: queue('upvest'),
  ESW_TASK_QUEUE: queue('esw'),
  ...policyVariables,
};

const workerSchema = z.object({
  ...common,
  ...eswVariables,
  ...workerRoleVariables,
  ...adminVariables(ADMIN_PORTS.worker),
  SWEEP_INTERVAL: sweepInterval(),
  SWEEP_GRACE: duration('2m'),
});

const serverSchema = z.object({
  ...common,
  ...adminVariables(ADMIN_PORTS.server),
  HTTP_HOST: text.default('127.0.0.1'),
  HTTP_PORT: wholeNumber(3000, 0, 65_535),
  WEBHOOK_PATH: urlPath
    .refine((path) => !API_PATH.test(path), 'must not be a path of the API')
    .default('/webhooks/upvest'),
  WEBHOOK_SIGNED_PATH: urlPath.optional(),
  WEBHOOK_SIGNATURE_EXPIRY: z.enum(['warn', 'reject']).default('warn'),
  WEBHOOK_SIGNATURE_MAX_AHEAD: duration('5m'),
  WEBHOOK_SIGNATURE_MAX_AGE: duration('7d'),
  API_TOKENS_FILE: text,
  HTTP_REQUESTS_PER_MINUTE: wholeNumber(6000, 1, 1_000_000),
  HTTP_FAILED_TOKENS_PER_MINUTE: wholeNumber(60, 1, 1_000_000),
  HTTP_DRAIN_TIME: duration('5s'),
  HTTP_EVENT_STREAMS: wholeNumber(200, 0, 10_000),
  HTTP_TRUSTED_PROXIES: addresses().optional(),
});

/** All variables, for the documents and their tests. */
export const VARIABLES = [
  ...new Set([...Object.keys(workerSchema.shape), ...Object.keys(serverSchema.shape)]),
].sort();

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigurationError with all problems at once */
export function readWorkerConfig(environment: Environment): OfProcess<WorkerConfig> {
  const problems: string[] = [];
  const values = check(workerSchema, environment, problems);
  const privateKey = readPrivateKey(environment, problems);
  if (!values || !privateKey) throw new ConfigurationError(problems);
  return {
    ...coordinator(values, privateKey),
    admin: adminOf(values),
    esw: eswOf(values),
    roles: values.WORKER_ROLES,
    ...memoryOf(values),
    sweep: { ...values.SWEEP_INTERVAL, graceMs: values.SWEEP_GRACE },
  };
}

/** @throws ConfigurationError with all problems at once */
export function readServerConfig(environment: Environment): OfProcess<ServerConfig> {
  const problems: string[] = [];
  const values = check(serverSchema, environment, problems);
  const privateKey = readPrivateKey(environment, problems);
  const tokens = readTokens(environment, problems);
  if (!values || !privateKey || !tokens) throw new ConfigurationError(problems);
  return {
    ...coordinator(values, privateKey),
    admin: adminOf(values),
    http: {
      host: values.HTTP_HOST,
      port: values.HTTP_PORT,
      webhookPath: values.WEBHOOK_PATH,
      ...(values.WEBHOOK_SIGNED_PATH !== undefined && { webhookSignedPath: values.WEBHOOK_SIGNED_PATH }),
      webhookSignature: {
        expiry: values.WEBHOOK_SIGNATURE_EXPIRY,
        maxAheadMs: values.WEBHOOK_SIGNATURE_MAX_AHEAD,
        maxAgeMs: values.WEBHOOK_SIGNATURE_MAX_AGE,
      },
      drainMs: values.HTTP_DRAIN_TIME,
      tokens,
      tokensFile: values.API_TOKENS_FILE,
      limits: {
        requestsPerMinute: values.HTTP_REQUESTS_PER_MINUTE,
        failuresPerMinute: values.HTTP_FAILED_TOKENS_PER_MINUTE,
        eventStreams: values.HTTP_EVENT_STREAMS,
      },
      ...(values.HTTP_TRUSTED_PROXIES !== undefined && { trustedProxies: values.HTTP_TRUSTED_PROXIES }),
    },
  };
}

export function check<S extends z.ZodObject>(
  schema: S,
  environment: Environment,
  problems: string[],
): z.output<S> | undefined {
  // An empty variable counts as absent, as `VARIABLE=` in an env file does.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  return undefined;
}

function coordinator(values: z.output<z.ZodObject<typeof common>>, privateKey: KeyObject): CoordinatorConfig {
  return {
    upvest: {
      baseUrl: values.UPVEST_BASE_URL,
      clientId: values.UPVEST_CLIENT_ID,
      clientSecret: values.UPVEST_CLIENT_SECRET,
      keyId: values.UPVEST_KEY_ID,
      privateKey,
      requestsPerSecond: values.UPVEST_REQUESTS_PER_SECOND,
    },
    databaseUrl: values.DATABASE_URL,
    orderTaskQueue: values.ORDER_TASK_QUEUE,
    order: {
      brokerTaskQueue: values.UPVEST_TASK_QUEUE,
      emissionTaskQueue: values.ESW_TASK_QUEUE,
      ...(values.DEPLOYMENT_ID !== undefined && { deployment: values.DEPLOYMENT_ID }),
      policies: policiesOf(values),
      emission: {
        tenantCode: values.ESW_TENANT_CODE,
        actor: values.ESW_LAST_UPDATE_USER,
        ...(values.ESW_DELIVERY_COUNTRY !== undefined && { deliveryCountryIso: values.ESW_DELIVERY_COUNTRY }),
        ...(values.ESW_CHANNEL_ID !== undefined && { channelId: values.ESW_CHANNEL_ID }),
        detail: values.ESW_EVENT_DETAIL,
        ...(values.ESW_STATUS_WORDS !== undefined && { statusWords: values.ESW_STATUS_WORDS }),
        ...(values.ESW_ORDER_TYPES !== undefined && { orderTypes: values.ESW_ORDER_TYPES }),
        ...(values.ESW_SEND_USER_ID === 'yes' && { sendsUserId: true as const }),
      },
    },
  };
}

function readPrivateKey(environment: Environment, problems: string[]): KeyObject | undefined {
  const file = environment.UPVEST_PRIVATE_KEY_FILE;
  if (!file) return undefined; // reported with the other variables
  return attempt('UPVEST_PRIVATE_KEY_FILE', problems, () =>
    loadPrivateKey(readFileSync(file, 'utf8'), environment.UPVEST_PRIVATE_KEY_PASSPHRASE),
  );
}

function readTokens(environment: Environment, problems: string[]): ApiToken[] | undefined {
  const file = environment.API_TOKENS_FILE;
  if (!file) return undefined; // reported with the other variables
  return attempt('API_TOKENS_FILE', problems, () => parseTokens(readFileSync(file, 'utf8')));
}

function attempt<T>(variable: string, problems: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    problems.push(`${variable} ${withoutValues(error)}`);
    return undefined;
  }
}
