/** Every example of docs/http-api.md is run as it stands, in order, and answered as it says. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Stack } from '../../demo/stack';
import { call, until } from '../support/stack';
import { newEvent } from './webhooks';

interface Example {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  answer: unknown;
}

const text = readFileSync(resolve(__dirname, '../../docs/http-api.md'), 'utf8');
const examples = [...text.matchAll(/```http\n([^]*?)```\n\n```json\n([^]*?)```/g)].map(
  ([, request = '', answer = '']) => exampleOf(request, answer),
);

function exampleOf(request: string, answer: string): Example {
  const [head = '', body] = request.trimEnd().split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const [method, path = ''] = first.split(' ');
  const headers = lines.map((line) => line.split(': ', 2) as [string, string]);
  if (method !== 'GET' && method !== 'POST') throw new Error(`not a request: ${first}`);
  return { method, path, headers: Object.fromEntries(headers), body, answer: JSON.parse(answer) as unknown };
}

export function httpApiExamplesSuite(running: () => Stack): void {
  let stack: Stack;
  beforeAll(async () => {
    stack = running();
    await stack.upvest.control.sendRaw({ events: [newEvent('NEWS.PUBLISHED', {})] });
  });

  /** The answer with what the example leaves out or open made the same as there. */
  function asIn(expected: unknown, actual: unknown): unknown {
    if (expected === '…') return actual === undefined ? undefined : '…';
    if (Array.isArray(expected) && Array.isArray(actual))
      return actual.map((one: unknown, index) => asIn(expected[Math.min(index, expected.length - 1)], one));
    if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null)
      return actual;
    const of = actual as Record<string, unknown>;
    return Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, asIn(value, of[name])]));
  }

  it('there are some', () => {
    expect(examples.length).toBeGreaterThan(5);
    expect(text.match(/```http/g)).toHaveLength(examples.length);
  });

  it.each(examples.map((example) => [`${example.method} ${example.path}`, example] as const))(
    '%s',
    async (_name, { method, path, headers, body, answer }) => {
      const token = {
        $READ: stack.tokens.read,
        $SUBMIT: stack.tokens.submit,
        $OPERATE: stack.tokens.operate,
      }[headers.Authorization?.split(' ')[1] ?? ''];
      // Lists follow by a moment, and an order by as long as its life is: what is true in the end is enough.
      let seen: unknown;
      await until(
        `${method} ${path} to be answered as it says`,
        async () => {
          const { status, body: answered } = await call(stack, method, path, {
            ...(token !== undefined && { token }),
            ...(body !== undefined && { body }),
          });
          if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answered)}`);
          seen = asIn(answer, answered);
          return JSON.stringify(seen) === JSON.stringify(answer);
        },
        10_000,
      ).catch(() => {
        expect(seen).toEqual(answer);
      });
    },
  );
}
