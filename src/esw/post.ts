import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { EswNoAnswer } from './errors';

export interface EswAnswer {
  status: number;
  /** 2xx. */
  ok: boolean;
  headers: IncomingHttpHeaders;
  /** Empty where the body did not arrive whole: what counts is the status. */
  text: string;
}

/**
 * One POST, one answer; no retry, no redirect. `timeoutMs` covers everything from connecting to the last byte.
 *
 * @throws EswNoAnswer, or the signal's reason, when no status arrives
 */
export async function post(
  dispatcher: Dispatcher,
  url: string,
  headers: Record<string, string>,
  body: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<EswAnswer> {
  signal?.throwIfAborted();
  // Not `AbortSignal.timeout`: behind `AbortSignal.any`, Node 20 may collect it as garbage before it fires.
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort();
  }, timeoutMs);
  const { origin, pathname, search } = new URL(url);
  try {
    const response = await dispatcher.request({
      method: 'POST',
      origin,
      path: pathname + search,
      headers,
      // Buffers go out as they are.
      body: Buffer.from(body, 'utf8'),
      // undici's own limits are coarse, and start when the request was written.
      headersTimeout: 0,
      bodyTimeout: 0,
      signal: signal ? AbortSignal.any([deadline.signal, signal]) : deadline.signal,
    });
    const { statusCode: status, headers: answered } = response;
    const text = await response.body.text().catch(() => '');
    return { status, ok: status >= 200 && status < 300, headers: answered, text };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new EswNoAnswer(deadline.signal.aborted ? `none within ${timeoutMs} ms` : reasonOf(cause), {
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Of an error of Node's or undici's: the code where it has one, since messages are not always there. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as NodeJS.ErrnoException;
  return [code, cause.message].filter((word) => word !== undefined && word !== '').join(' ');
}
