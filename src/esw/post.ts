import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

export interface EswAnswer {
  status: number;
  /** 2xx. */
  ok: boolean;
  headers: IncomingHttpHeaders;
  /** Empty where the body did not arrive whole: what counts is the status. */
  text: string;
}

/**
 * One POST, one answer; no retry, no redirect. `timeoutMs` covers everything from connecting to the last byte. Rejects
 * with undici's error, or the signal's reason, when no status arrives.
 */
export async function post(
  dispatcher: Dispatcher,
  url: string,
  headers: Record<string, string>,
  body: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<EswAnswer> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const { origin, pathname, search } = new URL(url);
  const response = await dispatcher.request({
    method: 'POST',
    origin,
    path: pathname + search,
    headers,
    // Buffers go out as they are.
    body: Buffer.from(body, 'utf8'),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
  });
  const { statusCode: status, headers: answered } = response;
  const text = await response.body.text().catch(() => '');
  return { status, ok: status >= 200 && status < 300, headers: answered, text };
}

/** Statuses after which the same bytes are worth sending again (esw-order-event.md 4). */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
