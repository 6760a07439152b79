/**
 * Compressed durations in real milliseconds, for what takes Upvest minutes or days. All values are >= 0.
 */
export interface Pace {
  /** From acceptance to the creation of the children and the start of the first. Default 200. */
  processAfterMs: number;
  /** Between the starts of two children; 0 starts all at once. Default 20. */
  childSpacingMs: number;
  /** From a child's start to its first execution, and from each execution to the next. Default 100. */
  fillAfterMs: number;
  /** From the end of trading (FILLED, or CANCELLED with executions) to settlement. Default 500. */
  settleAfterMs: number;
  /** In scenario SETTLED_AHEAD: from PORTFOLIO_ORDER.SETTLED to the EXECUTION.SETTLED events. Default 500. */
  settledAheadMs: number;
  /** From the response to a DELETE to its decision; a pause does not stop it. Default 0. */
  cancelAfterMs: number;
  /** Length of one second of Upvest's webhook delay and back-off. Default 1000. */
  secondMs: number;
}

/**
 * A client's public request-signing key, as registered with Upvest out of band
 * (references/upvest.md#request-signature).
 */
export interface ClientKey {
  /** `keyid` in the client's signatures. */
  keyId: string;
  /** PEM (SPKI) of an EC P-521 key. */
  publicKey: string;
}

export interface UpvestSimulatorOptions {
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Port to listen on; 0 takes a free one. Default 0. */
  port?: number;
  /** UUID of the only accepted client. */
  clientId: string;
  clientSecret: string;
  /** Keys whose signatures are accepted; at least one. */
  clientKeys: ClientKey[];
  /** `expires_in` of access tokens, in seconds. Default 1799 (references/upvest.md#authentication). */
  tokenLifetimeSeconds?: number;
  /** Child orders per portfolio order, unless the account's settings override it. Default 5. */
  children?: number;
  /** Executions per child order. Default 1. */
  executionsPerOrder?: number;
  /** Executed cash as a ratio of the order's amount, a decimal string. Default '1'. */
  fillRatio?: string;
  pace?: Partial<Pace>;
  /** Success status of POST /portfolios/orders: 200 by both specs, 202 by the guide. Default 200. */
  placementStatus?: 200 | 201 | 202;
  /** Success status of DELETE /portfolios/orders/{id}: 204 by the old spec, 202 by the new one. Default 202. */
  cancelStatus?: 202 | 204;
  /** Success status of POST /webhooks. Default 201. */
  webhookCreationStatus?: 200 | 201;
  /** POST /webhooks/{id}/test: 200 waits and returns a report (new spec), 202 has no body (old spec). Default 200. */
  webhookTestStatus?: 200 | 202;
  /**
   * Rate limit in API calls per second; more get 429. Default 300, as in the sandbox
   * (references/upvest.md#rate-limits).
   */
  requestsPerSecond?: number;
  /** Whether a 429 carries `retry-after`; Upvest documents none. Default false. */
  retryAfterHeader?: boolean;
  /** Draft version of webhook signatures: 6 today, 15 after the announced migration. Default 6. */
  webhookSignatureVersion?: 6 | 15;
  /** Whether each redelivery gets a new signature instead of repeating the same bytes. Default false. */
  resignRedeliveries?: boolean;
  /** Timeout of a webhook delivery in real milliseconds. Default 10000. */
  deliveryTimeoutMs?: number;
  /** Clock of the timestamps in objects and events, milliseconds since the epoch. Default Date.now. */
  now?: () => number;
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
    now: options.now ?? Date.now,
  };
}
