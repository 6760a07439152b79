/**
 * Everything except Temporal: simulated Upvest and ESW over real HTTP with real signatures, a worker and the HTTP server.
 * For the demo and for tests.
 */
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { totalmem } from 'node:os';
import type { NativeConnection } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger } from 'fastify';
import type { ServerConfig, WorkerConfig } from '../src/config/config';
import type { EventDetail } from '../src/domain/order-event/topic';
import type { DeadlinePolicies, Policies } from '../src/domain/order-state/policies';
import { startServer, type RunningServer } from '../src/start-server';
import { startEswSimulator, type EswSimulator, type EswSimulatorOptions } from '../simulators/esw';
import {
  startUpvestSimulator,
  type UpvestSimulator,
  type UpvestSimulatorOptions,
} from '../simulators/upvest';
import { connectClient } from '../src/temporal/client';
import { standardPolicies } from '../src/config/policies';
import { createUpvestClient } from '../src/upvest/client/client';
import { ensureSubscription } from '../src/upvest/webhooks/subscription';
import { startWorker, type RunningWorker } from '../src/start-worker';
import type { Metrics } from '../src/telemetry/metrics';

export interface StackOptions {
  temporal: { address: string; namespace: string };
  /** For the worker; the caller closes it. */
  connection: NativeConnection;
  /** Path of the bundled workflows. */
  bundlePath: string;
  /** Of the records database, whose tables are up to date. */
  databaseUrl: string;
  logger: FastifyBaseLogger;
  /** Suffix of the task queues, for several stacks on one Temporal server. Default: none. */
  queueSuffix?: string;
  /** Port of the HTTP server; 0 for a free one. */
  httpPort: number;
  /** Overrides of the default policies. */
  policies?: Partial<Omit<Policies, 'deadlines'>>;
  deadlines?: Partial<DeadlinePolicies>;
  /** Default `orders`, as for the real processes. */
  eventDetail?: EventDetail;
  /** What worker and server measure. Default: metrics that nothing reads. */
  metrics?: Metrics;
  upvest?: Partial<UpvestSimulatorOptions>;
  esw?: Partial<EswSimulatorOptions>;
}

export interface Stack {
  /** Base URL of the HTTP server. */
  url: string;
  /** API tokens, one for each role. */
  tokens: { read: string; submit: string; operate: string };
  config: WorkerConfig & ServerConfig;
  upvest: UpvestSimulator;
  esw: EswSimulator;
  client: Client;
  /** Resolves when worker and server can work; rejects with the reason otherwise. */
  ready(): Promise<void>;
  /** Starts a further worker, or restarts the first one after a stop. */
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  stop(): Promise<void>;
}

const TENANT = 'PFOLIO';
export async function startStack(options: StackOptions): Promise<Stack> {
  const { temporal, connection, bundlePath, logger } = options;
  // Run in reverse order, also if the start fails.
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const keyPair = generateKeyPairSync('ec', {
      namedCurve: 'secp521r1',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const keyId = randomUUID();
    const clientId = randomUUID();
    const secret = randomBytes(16).toString('hex');

    const upvest = await startUpvestSimulator({
      ...options.upvest,
      clientId,
      clientSecret: secret,
      clientKeys: [{ keyId, publicKey: keyPair.publicKey }],
    });
    undo.push(() => upvest.close());
    const esw = await startEswSimulator({
      ...options.esw,
      clientId: `${TENANT}.coordinator`,
      clientSecret: secret,
    });
    undo.push(() => esw.close());

    const tokens = { read: newToken(), submit: newToken(), operate: newToken() };
    const config: WorkerConfig & ServerConfig = {
      upvest: {
        baseUrl: upvest.url,
        clientId,
        clientSecret: secret,
        keyId,
        privateKey: createPrivateKey(keyPair.privateKey),
        requestsPerSecond: 250,
      },
      esw: {
        baseUrl: esw.url,
        tokenUrl: `${esw.url}/connect/token`,
        clientId: `${TENANT}.coordinator`,
        clientSecret: secret,
        scope: options.esw?.scope ?? 'logistics.fulfillment.api.all',
      },
      databaseUrl: options.databaseUrl,
      // The process is not the worker's own.
      memory: totalmem(),
      orderTaskQueue: `portfolio-orders${options.queueSuffix ?? ''}`,
      order: {
        brokerTaskQueue: `upvest${options.queueSuffix ?? ''}`,
        emissionTaskQueue: `esw${options.queueSuffix ?? ''}`,
        policies: withOverrides(options),
        emission: {
          tenantCode: TENANT,
          actor: 'portfolio-order-coordinator',
          deliveryCountryIso: 'DE',
          detail: options.eventDetail ?? 'orders',
        },
      },
      http: {
        host: '127.0.0.1',
        port: options.httpPort,
        webhookPath: '/webhooks/upvest',
        webhookSignature: { expiry: 'warn', maxAheadMs: 300_000, maxAgeMs: 604_800_000 },
        tokens: (['read', 'submit', 'operate'] as const).map((role) => ({
          name: `demo-${role}`,
          role,
          sha256: createHash('sha256').update(tokens[role]).digest('hex'),
        })),
      },
    };

    const measured = options.metrics === undefined ? {} : { metrics: options.metrics };
    const client = connectClient(temporal);
    undo.push(() => client.connection.close());

    let worker: RunningWorker | undefined;
    const stopWorker = async (): Promise<void> => {
      await worker?.stop();
      worker = undefined;
    };
    const launchWorker = async (): Promise<void> => {
      worker = await startWorker(config, {
        client,
        connection,
        namespace: temporal.namespace,
        bundlePath,
        ...measured,
      });
    };
    undo.push(stopWorker);
    await launchWorker();

    const server: RunningServer = await startServer(config, client, logger, measured);
    undo.push(() => server.stop());

    const subscriber = createUpvestClient(config.upvest);
    undo.push(() => subscriber.close());
    await ensureSubscription(subscriber, `${server.url}${config.http.webhookPath}`);

    return {
      url: server.url,
      tokens,
      config,
      upvest,
      esw,
      client,
      async ready() {
        await worker?.ready();
        await server.ready();
      },
      startWorker: launchWorker,
      stopWorker,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function newToken(): string {
  return randomBytes(24).toString('base64url');
}

function withOverrides({ policies, deadlines }: StackOptions): Policies {
  const standard = standardPolicies();
  return { ...standard, ...policies, deadlines: { ...standard.deadlines, ...deadlines } };
}
