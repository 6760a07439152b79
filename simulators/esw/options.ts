import type { OrderEventBody } from './events/order-event-schema';

/** Response body for accepted events: `object` sends `{}`, `empty` sends none. */
export type SuccessBody = 'object' | 'empty';

/**
 * `strict` requires the five members that ESW calls typically expected and responds with 409 to a known id with a
 * different body; `lenient` requires nothing and only records such a conflict (references/esw.md#simulated-behaviour).
 */
export type SimulatorMode = 'strict' | 'lenient';

/** Options of one simulated ESW tenant and of its HTTP server. */
export interface EswSimulatorOptions {
  /** Address to listen on. @default '127.0.0.1' */
  host?: string;
  /** Port to listen on; 0 for a free one. @default 0 */
  port?: number;
  /** The only accepted OAuth client, `{tenant}.{name}`; the tenant code is the part before the first dot. */
  clientId: string;
  /** Secret of that client. */
  clientSecret: string;
  /**
   * Scopes required for events, separated by spaces.
   * @default 'logistics.fulfillment.api.all', an assumption: ESW does not publish it (references/esw.md#authentication)
   */
  scope?: string;
  /** Lifetime of an access token in whole seconds. @default 3600 */
  tokenLifetimeSeconds?: number;
  /** @default 'strict' */
  mode?: SimulatorMode;
  /** @default 'object' */
  successBody?: SuccessBody;
  /**
   * Serves `/__sim/*` over HTTP; the programmatic control always works.
   * @default true, but false if NODE_ENV is `production`: it is for tests and has no authentication
   */
  controlPlane?: boolean | undefined;
  /** Serves the page of received events at `/`. @default true */
  page?: boolean;
  /** Clock in milliseconds since the epoch, for token expiry and receipt times. @default Date.now */
  now?: () => number;
  /** Called with each event that is stored for the first time, before its answer. */
  onAccepted?: (body: OrderEventBody) => void;
}

/** Options with defaults, and the tenant code derived from the client id. */
export interface SimulatorSettings extends Required<EswSimulatorOptions> {
  controlPlane: boolean;
  tenantCode: string;
  /** The scopes of `scope` as a list. */
  requiredScopes: readonly string[];
}

/**
 * Fills in defaults and validates the options.
 * @throws RangeError naming the invalid option.
 */
export function resolveOptions(options: EswSimulatorOptions): SimulatorSettings {
  const settings = {
    host: '127.0.0.1',
    port: 0,
    scope: 'logistics.fulfillment.api.all',
    tokenLifetimeSeconds: 3600,
    mode: 'strict' as const,
    successBody: 'object' as const,
    page: true,
    now: Date.now,
    onAccepted: () => undefined,
    ...options,
    controlPlane: options.controlPlane ?? process.env.NODE_ENV !== 'production',
  };
  const tenantCode = /^([^.]+)\../.exec(settings.clientId)?.[1];
  if (tenantCode === undefined) throw new RangeError('clientId must look like {tenant}.{name}');
  if (settings.clientSecret === '') throw new RangeError('clientSecret must not be empty');
  const requiredScopes = settings.scope.split(' ').filter((name) => name !== '');
  if (requiredScopes.length === 0) throw new RangeError('scope must name at least one scope');
  if (!Number.isInteger(settings.tokenLifetimeSeconds) || settings.tokenLifetimeSeconds < 1) {
    throw new RangeError('tokenLifetimeSeconds must be a whole number of at least 1');
  }
  return { ...settings, tenantCode, requiredScopes };
}
