/** The API as the command line calls it. */
import { request } from 'undici';
import type { Decided } from '../domain/operators';
import type { TimelineEntry } from '../domain/timeline';
import type { OrderStatusView } from '../temporal/order-reader';

export interface ApiOptions {
  /** Base URL of the HTTP server. */
  url: string;
  /** Bearer token. */
  token: string;
}

/** Thrown when the API does not answer, or answers with a problem; the message is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    message: string,
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  errors?: { field: string; message: string }[];
}

const TIMEOUT_MS = 10_000;

async function send(
  options: ApiOptions,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  let answer;
  try {
    answer = await request(`${options.url.replace(/\/+$/, '')}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${options.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  } catch (error) {
    throw new ApiError(`No answer from ${options.url}. Is the server running? (--url)`, undefined, {
      cause: error,
    });
  }
  const status = answer.statusCode;
  const text = await answer.body.text();
  if (status >= 400) throw new ApiError(explain(status, text), status);
  return { status, body: JSON.parse(text) };
}

function explain(status: number, text: string): string {
  try {
    const { code, title, detail, errors } = JSON.parse(text) as Problem;
    const fields = (errors ?? []).map(({ field, message }) => `  - ${field} ${message}`);
    return [`${code ?? status}: ${title ?? ''}. ${detail ?? ''}`, ...fields].join('\n');
  } catch {
    return `The server answered ${status}.`;
  }
}

/** @returns whether the order is new, or was submitted before with the same request @throws ApiError */
export async function submitOrder(
  options: ApiOptions,
  order: Record<string, unknown>,
): Promise<'new' | 'known'> {
  const { status } = await send(options, 'POST', '/portfolio-orders', order);
  return status === 202 ? 'new' : 'known';
}

/** @throws ApiError, with status 404 when there is no such order */
export async function readOrder(options: ApiOptions, referenceOrId: string): Promise<OrderStatusView> {
  const { body } = await send(options, 'GET', pathOf(referenceOrId));
  return body as OrderStatusView;
}

/** What happened to an order, oldest first. @throws ApiError, with status 404 when there is no such order */
export async function readTimeline(options: ApiOptions, referenceOrId: string): Promise<TimelineEntry[]> {
  const { body } = await send(options, 'GET', `${pathOf(referenceOrId)}/timeline`);
  return (body as { entries: TimelineEntry[] }).entries;
}

/**
 * An operator's decision about an order.
 *
 * @param key names it: the same key again is the same decision
 * @throws ApiError, with status 409 when a rule forbids it; with 504 or none it is not known whether it was decided
 */
export async function operate(
  options: ApiOptions,
  referenceOrId: string,
  operation: string,
  decision: Record<string, unknown>,
  key: string,
): Promise<Decided> {
  const path = `${pathOf(referenceOrId)}/${operation}`;
  const { body } = await send(options, 'POST', path, decision, { 'idempotency-key': key });
  return body as Decided;
}

function pathOf(referenceOrId: string): string {
  return `/portfolio-orders/${encodeURIComponent(referenceOrId)}`;
}
