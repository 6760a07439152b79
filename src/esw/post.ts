import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { TimeLimitReached, withTimeLimit } from '../lib/timeout';
import { EswNoAnswer } from './errors';

export interface EswAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Empty if the body did not arrive completely. */
  text: string;
  isComplete: boolean;
}

/**
 * Sends one POST without retries or redirects. `timeoutMs` covers everything from connecting to the last byte.
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
  const { origin, pathname, search } = new URL(url);
  try {
    return await withTimeLimit(timeoutMs, async (inTime) => {
      const response = await dispatcher.request({
        method: 'POST',
        origin,
        path: pathname + search,
        headers,
        // Buffers are sent unchanged.
        body: Buffer.from(body, 'utf8'),
        // undici's limits are coarse, and start only after the request is written.
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: signal ? AbortSignal.any([inTime, signal]) : inTime,
      });
      const { statusCode: status, headers: answered } = response;
      const text = await response.body.text().catch(() => undefined);
      return { status, headers: answered, text: text ?? '', isComplete: text !== undefined };
    });
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof TimeLimitReached ? `none within ${cause.ms} ms` : reasonOf(cause);
    throw new EswNoAnswer(reason, { cause });
  }
}

/** Code and message of an error of Node or undici; some have no message. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as NodeJS.ErrnoException;
  return [code, cause.message].filter((part) => part !== undefined && part !== '').join(' ');
}
