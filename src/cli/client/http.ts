/** HTTP calls of the command line to the API. */
import { request, type Dispatcher } from 'undici';
import type { OrderStatusView } from '../../app/orders/read';
import type { Submitted } from './orders-client';
import { OrdersProblem, problemText } from './problem';

export interface ApiOptions {
  /** Base URL of the HTTP server. */
  url: string;
  /** Bearer token. */
  token: string;
}

export interface ApiCall {
  method?: 'GET' | 'POST';
  /** Path and query. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

const TIMEOUT_MS = 10_000;

/**
 * Sends one request and resolves with a successful response, its body unread.
 *
 * @param silenceMs milliseconds that the body may pause
 * @throws OrdersProblem
 */
export async function call(
  { url, token }: ApiOptions,
  { method = 'GET', path, body, headers = {} }: ApiCall,
  silenceMs = TIMEOUT_MS,
): Promise<Dispatcher.ResponseData> {
  let answer;
  try {
    answer = await request(`${url.replace(/\/+$/, '')}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: silenceMs,
    });
  } catch (cause) {
    throw noAnswer(url, method, cause);
  }
  if (answer.statusCode >= 400) {
    throw problemOf(method, answer.statusCode, await answer.body.text().catch(() => ''));
  }
  return answer;
}

/** Same as {@link call}, with the body as text. */
export async function send(options: ApiOptions, given: ApiCall): Promise<{ status: number; text: string }> {
  const { statusCode: status, body } = await call(options, given);
  try {
    return { status, text: await body.text() };
  } catch (cause) {
    throw noAnswer(options.url, given.method ?? 'GET', cause);
  }
}

/** Same as {@link send}, with the body parsed as JSON. */
export async function sendForJson(options: ApiOptions, given: ApiCall): Promise<unknown> {
  const { status, text } = await send(options, given);
  return json(status, text);
}

function json(status: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OrdersProblem(
      `HTTP_${status}`,
      `The server answered ${status} without JSON. Check that --url is the address of the coordinator.`,
      {
        cause,
      },
    );
  }
}

/** The outcome of a POST is unknown unless the request certainly never left this machine. */
function noAnswer(url: string, method: 'GET' | 'POST', cause: unknown): OrdersProblem {
  const { code } = cause as NodeJS.ErrnoException;
  const neverSent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
  const isUnknown = method === 'POST' && !neverSent.test(code ?? '');
  const message = `No answer from ${url}. Check that the server is running and that --url is its address.`;
  return new OrdersProblem(isUnknown ? 'OUTCOME_UNKNOWN' : 'NO_ANSWER', message, { cause });
}

function problemOf(method: 'GET' | 'POST', status: number, text: string): OrdersProblem {
  try {
    const problem = JSON.parse(text) as { code?: string; title?: string };
    const code = problem.code ?? `HTTP_${status}`;
    return new OrdersProblem(code, problemText({ ...problem, code: problem.code ?? String(status) }));
  } catch {
    // A gateway's 5xx does not tell what the server behind it did.
    const isUnknown = method === 'POST' && status >= 500;
    return new OrdersProblem(
      isUnknown ? 'OUTCOME_UNKNOWN' : `HTTP_${status}`,
      `The server answered ${status}.`,
    );
  }
}

/** @throws OrdersProblem */
export async function submitOrder(options: ApiOptions, order: Record<string, unknown>): Promise<Submitted> {
  const { status, text } = await send(options, { method: 'POST', path: '/portfolio-orders', body: order });
  const { reference } = JSON.parse(text) as { reference: string };
  return { submitted: status === 202 ? 'new' : 'known', reference };
}

/** @throws OrdersProblem, NOT_FOUND for an unknown order */
export async function readOrder(options: ApiOptions, referenceOrId: string): Promise<OrderStatusView> {
  return (await sendForJson(options, { path: orderPath(referenceOrId) })) as OrderStatusView;
}

export function orderPath(referenceOrId: string): string {
  return `/portfolio-orders/${encodeURIComponent(referenceOrId)}`;
}
