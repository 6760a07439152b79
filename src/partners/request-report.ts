import type { OnClockSkew } from './clock-skew';

/** How one request to a partner ended, for metrics. */
export interface RequestReport {
  /** Method and path without ids, such as `GET /portfolios/orders/{id}`: few different ones, since each becomes a time series. */
  operation: string;
  /** Status of the answer; undefined if none came. */
  status: number | undefined;
  /** From the first byte of the request to the last of the answer. */
  ms: number;
}

export type OnRequest = (report: RequestReport) => void;

/** What the client of a partner reports, for metrics. */
export interface ClientReports {
  /** Called after each answer that says its time, with the milliseconds that our clock is ahead of the partner's. */
  onClockSkew?: OnClockSkew | undefined;
  /** Called after each request. */
  onRequest?: OnRequest | undefined;
  /** Called when a request may be sent, with the milliseconds that it waited for the rate limit. */
  onTurn?: ((waitedMs: number) => void) | undefined;
  /** Called with the end of each new token, in milliseconds since the epoch. */
  onToken?: ((expiresAt: number) => void) | undefined;
}

/** Anything that may be an id: digits, or the form of a UUID. */
const ID = /^(?=.*\d)[\w-]{8,}$/;

/** @param path without query */
export function operationOf(method: string, path: string): string {
  const segments = path.split('/').map((segment) => (ID.test(segment) ? '{id}' : segment));
  return `${method} ${segments.join('/')}`;
}

/** Runs one exchange and reports how it ended. */
export async function reported<A extends { status: number }>(
  operation: string,
  onRequest: OnRequest | undefined,
  exchange: () => Promise<A>,
): Promise<A> {
  const startedAt = performance.now();
  const report = (status: number | undefined): void => {
    onRequest?.({ operation, status, ms: performance.now() - startedAt });
  };
  try {
    const answer = await exchange();
    report(answer.status);
    return answer;
  } catch (error) {
    report(undefined);
    throw error;
  }
}
