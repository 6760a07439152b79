import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Stack } from '../../src/cli/dev-stack';
import { createUpvestClient } from '../../src/upvest/client';
import { ensureSubscription } from '../../src/upvest/subscription';
import { newRequest, startTestStack } from '../support/stack';
import { closeTemporal } from '../support/temporal';

const CLI = resolve(__dirname, '../../dist/src/cli/main.js');

interface Run {
  code: number | null;
  out: string;
  err: string;
}

/** The real client script in a process of its own; it would block the servers in this one if it were synchronous. */
async function cli(env: Record<string, string>, ...args: string[]): Promise<Run> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

describe('the client script', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  const as = (role: 'read' | 'submit'): Record<string, string> => ({
    PORTFOLIO_ORDERS_URL: stack.url,
    PORTFOLIO_ORDERS_TOKEN: stack.tokens[role],
  });
  const placing = (request = newRequest()): string[] => [
    'place',
    ...[
      '--reference',
      request.reference,
      '--user',
      String(request.userId),
      '--account',
      String(request.accountId),
    ],
    ...['--amount', String(request.cashAmount)],
  ];

  it('places an order and watches it until it is settled, telling each step', async () => {
    const request = newRequest();
    const { code, out, err } = await cli(as('submit'), ...placing(request), '--watch');
    expect(err).toBe('');
    expect(code).toBe(0);
    for (const status of ['NEW', 'PROCESSING', 'FILLED', 'SETTLED']) {
      expect(out).toMatch(new RegExp(`Upvest +portfolio order [0-9a-f-]+ is ${status}`));
      expect(out).toMatch(new RegExp(`ESW +took the event for ${status}`));
    }
    expect(out.match(/execution of order \d \S+ is SETTLED/g)).toHaveLength(5);
    expect(out.trim().endsWith(`${request.reference}: SETTLED`)).toBe(true);

    const again = await cli(as('submit'), ...placing(request));
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('was placed before') as string });
    const shown = await cli(as('read'), 'show', request.reference);
    expect(JSON.parse(shown.out)).toMatchObject({ reference: request.reference, phase: 'FINISHED' });
  });

  it('says what is wrong with a request, field by field, and ends with 1', async () => {
    const { code, err } = await cli(
      as('submit'),
      ...placing(newRequest({ userId: 'me', cashAmount: '1e3' })),
    );
    expect(code).toBe(1);
    expect(err).toContain('  - userId must be');
    expect(err).toContain('  - cashAmount must be');
  });

  it('ends with 3 when Upvest refuses the order', async () => {
    stack.upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 400 });
    const { code, out } = await cli(as('submit'), ...placing(), '--watch');
    expect(code).toBe(3);
    expect(out).toContain('refused the order: 400');
  });

  it.each([
    ['an unknown token', { PORTFOLIO_ORDERS_TOKEN: 'nobody' }, 'UNAUTHENTICATED'],
    ['no server', { PORTFOLIO_ORDERS_URL: 'http://127.0.0.1:9' }, 'Is the server running?'],
  ])('ends with 1 for %s', async (_what, env, message) => {
    const { code, err } = await cli({ ...as('read'), ...env }, 'watch', 'nothing');
    expect(code).toBe(1);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });

  it('ends with 1 for an order that is not there', async () => {
    const { code, err } = await cli(as('read'), 'show', 'nothing');
    expect(code).toBe(1);
    expect(err).toContain('NOT_FOUND');
  });

  it.each([[['place']], [['place', '--reference', 'x', '--side', 'HOLD']], [['nonsense']], [['show']]])(
    'ends with 2 for wrong usage: %j',
    async (args) => {
      const { code, err } = await cli(as('read'), ...args);
      expect(code).toBe(2);
      expect(err).toContain('error:');
    },
  );

  it('ends with 2 without a token, and explains itself with --help', async () => {
    expect(await cli({}, 'show', 'x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--token') as string,
    });
    const help = await cli({}, '--help');
    expect(help.code).toBe(0);
    for (const word of ['place', 'watch', 'show', 'webhook', 'Exit codes']) expect(help.out).toContain(word);
  });

  it('names what is missing to subscribe the webhook', async () => {
    const { code, err } = await cli({}, 'webhook', 'register', 'http://127.0.0.1:1/x');
    expect(code).toBe(1);
    expect(err).toContain('UPVEST_BASE_URL is missing');
  });

  it('subscribes an address once, and enables it', async () => {
    const upvest = createUpvestClient(stack.config.upvest);
    const url = `${stack.url}/webhooks/elsewhere`;
    const first = await ensureSubscription(upvest, url);
    expect(first.enabled).toBe(true);
    expect((await ensureSubscription(upvest, url)).id).toBe(first.id);
    const subscribed = await upvest.listWebhooks();
    await upvest.close();
    expect(subscribed.filter((webhook) => webhook.url === url)).toHaveLength(1);
  });
});
