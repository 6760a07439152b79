/** Calls of the HTTP API, of the product or of its server alone. */
import { randomUUID } from 'node:crypto';
import { request } from 'undici';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

export async function call(
  server: { url: string },
  method: 'GET' | 'POST',
  path: string,
  options: { token?: string; json?: unknown; body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { token, json, body } = options;
  const answer = await request(`${server.url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(method === 'POST' && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
    ...(body !== undefined && { body }),
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** A valid request under a reference of its own. */
export function newRequest(
  overrides: Record<string, unknown> = {},
): Record<string, unknown> & { reference: string; accountId: string } {
  return {
    reference: `order-${randomUUID()}`,
    userId: randomUUID(),
    accountId: randomUUID(),
    cashAmount: '1000.00',
    currency: 'EUR',
    side: 'BUY',
    ...overrides,
  };
}
