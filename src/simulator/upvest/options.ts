/**
 * The compressed clock: what takes Upvest minutes or days takes this many real milliseconds here.
 * All values are >= 0.
 */
export interface Pace {
  /** From acceptance until the children exist and the first of them leaves NEW. Default 200. */
  processAfterMs: number;
  /** Between one child's start and the next one's; 0 starts all of them at once. Default 20. */
  childSpacingMs: number;
  /** From a child's start to its first execution, and from each execution to the next. Default 100. */
  fillAfterMs: number;
  /** From the end of trading (FILLED, or CANCELLED with executions) until settlement. Default 500. */
  settleAfterMs: number;
  /** In scenario SETTLED_AHEAD: from PORTFOLIO_ORDER.SETTLED until the EXECUTION.SETTLED behind it. Default 500. */
  settledAheadMs: number;
  /** From the answer to a DELETE until it is decided; the pause does not hold it. Default 0. */
  cancelAfterMs: number;
  /** How long one second of Upvest's webhook delay and back-off lasts. Default 1000. */
  secondMs: number;
}

/** A client's public request-signing key, as registered with Upvest out of band (upvest.md 2.2). */
export interface ClientKey {
  /** The key id that the client puts into `keyid`. */
  keyId: string;
  /** PEM (SPKI) of an EC P-521 key. */
  publicKey: string;
}

export interface UpvestSimulatorOptions {
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Port to listen on; 0 takes a free one. Default 0. */
  port?: number;
  /** UUID of the one client that the simulator knows. */
  clientId: string;
  clientSecret: string;
  /** Keys whose signatures are accepted; at least one. */
  clientKeys: ClientKey[];
  /** `expires_in` of access tokens, in seconds. Default 1799 (upvest.md 1). */
  tokenLifetimeSeconds?: number;
  /** Child orders per portfolio order, unless the account says otherwise (control plane). Default 5. */
  children?: number;
  /** Executions per child order. Default 1. */
  executionsPerOrder?: number;
  /** Executed cash of an order as a share of its amount, a decimal string. Default '1': nominal orders fill exactly. */
  fillRatio?: string;
  pace?: Partial<Pace>;
  /** Success status of POST /portfolios/orders: 200 by both specs, 202 by the guide. Default 200. */
  placementStatus?: 200 | 201 | 202;
  /** Success status of DELETE /portfolios/orders/{id}: 204 by the old spec, 202 by the new one. Default 202. */
  cancelStatus?: 202 | 204;
  /** Success status of POST /webhooks. Default 201. */
  webhookCreationStatus?: 200 | 201;
  /** POST /webhooks/{id}/test: 200 waits and reports (new spec), 202 has no body (old one). Default 200. */
  webhookTestStatus?: 200 | 202;
  /** How many API calls per second are answered; the others get 429. Default 300, as in the sandbox (upvest.md 3.10). */
  requestsPerSecond?: number;
  /** Whether a 429 for too many calls names a `retry-after`; Upvest documents none. Default false. */
  retryAfterHeader?: boolean;
  /** Draft version of webhook signatures: 6 now, 15 as after the announced move. Default 6. */
  webhookSignatureVersion?: 6 | 15;
  /** Whether each redelivery is signed anew; otherwise the same bytes go out again. Default false. */
  resignRedeliveries?: boolean;
  /** How long a webhook receiver may take to answer, in real milliseconds. Default 10000. */
  deliveryTimeoutMs?: number;
}

export type ResolvedOptions = Required<Omit<UpvestSimulatorOptions, 'pace'>> & { pace: Pace };

export const defaultPace: Readonly<Pace> = {
  processAfterMs: 200,
  childSpacingMs: 20,
  fillAfterMs: 100,
  settleAfterMs: 500,
  settledAheadMs: 500,
  cancelAfterMs: 0,
  secondMs: 1000,
};

export function resolveOptions(options: UpvestSimulatorOptions): ResolvedOptions {
  if (options.clientKeys.length === 0) throw new Error('The Upvest simulator needs at least one client key');
  const counts = [options.children ?? 1, options.executionsPerOrder ?? 1, options.requestsPerSecond ?? 1];
  if (counts.some((count) => !Number.isInteger(count) || count < 1)) {
    throw new Error(
      'children, executionsPerOrder and requestsPerSecond of the Upvest simulator must be whole numbers from 1',
    );
  }
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    clientKeys: options.clientKeys,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 1799,
    children: options.children ?? 5,
    executionsPerOrder: options.executionsPerOrder ?? 1,
    fillRatio: options.fillRatio ?? '1',
    pace: { ...defaultPace, ...options.pace },
    placementStatus: options.placementStatus ?? 200,
    cancelStatus: options.cancelStatus ?? 202,
    webhookCreationStatus: options.webhookCreationStatus ?? 201,
    webhookTestStatus: options.webhookTestStatus ?? 200,
    requestsPerSecond: options.requestsPerSecond ?? 300,
    retryAfterHeader: options.retryAfterHeader ?? false,
    webhookSignatureVersion: options.webhookSignatureVersion ?? 6,
    resignRedeliveries: options.resignRedeliveries ?? false,
    deliveryTimeoutMs: options.deliveryTimeoutMs ?? 10_000,
  };
}
