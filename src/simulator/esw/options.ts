/** How a simulated ESW answers accepted events: `object` sends `{}`, `empty` sends no body at all. */
export type SuccessBody = 'object' | 'empty';

/**
 * `strict` requires the five members ESW calls typically expected and answers 409 to a changed body under a known id;
 * `lenient` requires nothing and records such a conflict (esw-order-event.md 7).
 */
export type SimulatorMode = 'strict' | 'lenient';

/** Settings of one simulated ESW tenant and of the address it listens on. */
export interface EswSimulatorOptions {
  /** Address to listen on. @default '127.0.0.1' */
  host?: string;
  /** Port to listen on; 0 takes a free one. @default 0 */
  port?: number;
  /** The only OAuth client known here, `{tenant}.{name}`; the tenant code is the part before the first dot. */
  clientId: string;
  /** Secret of that client. */
  clientSecret: string;
  /**
   * Scope that events require, several separated by spaces.
   * @default 'logistics.fulfillment.api.all', a guess by pattern: ESW does not publish it (esw-order-event.md 3)
   */
  scope?: string;
  /** Life of an access token in whole seconds. @default 3600 */
  tokenLifetimeSeconds?: number;
  /** @default 'strict' */
  mode?: SimulatorMode;
  /** @default 'object' */
  successBody?: SuccessBody;
  /**
   * Serves `/__sim/*` over HTTP; the programmatic control always works.
   * @default true, but false where NODE_ENV is `production`: it is for tests, and knows no authentication
   */
  controlPlane?: boolean | undefined;
  /** Serves the page of received events at `/`. @default true */
  page?: boolean;
  /** Clock in milliseconds since the epoch, for token expiry and times of receipt. @default Date.now */
  now?: () => number;
}

/** Options with every default filled in and the tenant code taken from the client id. */
export interface SimulatorSettings extends Required<EswSimulatorOptions> {
  controlPlane: boolean;
  tenantCode: string;
  /** The scopes of `scope`, one by one. */
  requiredScopes: readonly string[];
}

/**
 * Fills in defaults and refuses options that could never work.
 * @throws RangeError naming the option at fault.
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
