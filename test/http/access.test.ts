/** Who may call, how often, and what is noted of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiToken } from '../../src/api-tokens';
import type { Stack } from '../../src/cli/dev-stack';
import type { RunningServer } from '../../src/server-process';
import { call, newRequest, startTestStack, submit, until, type Answer } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import { furtherServer, listeningLogger, tokenEntry } from './further-server';
import { expectProblem } from './problem';
import { startInterceptor, deliver, newEvent } from './webhooks';

let stack: Stack;
let folder: string;
const undo: (() => Promise<void>)[] = [];
beforeAll(async () => {
  stack = await startTestStack();
  folder = mkdtempSync(join(tmpdir(), 'tokens-'));
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stack.stop();
  await closeTemporal();
});

async function further(...args: [Parameters<typeof furtherServer>[1], Parameters<typeof furtherServer>[2]?]) {
  const server = await furtherServer(stack, ...args);
  undo.push(() => server.stop());
  return server;
}

const whoami = (server: Pick<RunningServer, 'url'>, token?: string, headers = {}): Promise<Answer> =>
  call(server, 'GET', '/whoami', { ...(token !== undefined && { token }), headers });

describe('a token', () => {
  it.each([
    ['read', ['read']],
    ['submit', ['read', 'place']],
  ] as const)('of the role %s may %p', async (role, may) => {
    const { status, body } = await whoami(stack, stack.tokens[role]);
    expect({ status, body }).toEqual({
      status: 200,
      body: { name: `demo-${role}`, role, roles: [role], may },
    });
  });

  it('of the role operate may decide, and not place', async () => {
    const { body } = await whoami(stack, stack.tokens.operate);
    const { may } = body as { may: string[] };
    expect(may).toEqual(expect.arrayContaining(['read', 'cancel', 'identify', 'discard-parked-event']));
    expect(may).not.toContain('place');
  });

  it('of several roles may do what each of them may, and nothing else', async () => {
    const entry = (token: string, role: ApiToken['role']): ApiToken => ({
      ...tokenEntry(token, 'read'),
      name: token,
      role,
    });
    const { logger, lines } = listeningLogger();
    const tokens = [entry('both', ['submit', 'operate']), entry('half', ['read', 'submit'])];
    const server = await further({ tokens }, { logger });
    const { body } = await whoami(server, 'both');
    expect(body).toMatchObject({ name: 'both', role: 'submit', roles: ['submit', 'operate'] });
    expect((body as { may: string[] }).may).toEqual(
      expect.arrayContaining(['read', 'place', 'cancel', 'discard-parked-event']),
    );

    const order = newRequest();
    expect(await call(server, 'POST', '/portfolio-orders', { token: 'both', json: order })).toMatchObject({
      status: 202,
    });
    const cancel = (token: string): Promise<Answer> =>
      call(server, 'POST', '/portfolio-orders/nobody/cancel', { token, json: { reason: 'a test' } });
    expectProblem(await cancel('both'), 404, 'NOT_FOUND');
    const refused = await cancel('half');
    expectProblem(refused, 403, 'FORBIDDEN');
    expect(refused.body).toMatchObject({
      detail: 'This call needs a token with the role operate; this one has read, submit.',
    });
    await until('the audit', () => lines.filter(({ msg }) => msg === 'audit').length === 3);
    expect(lines.flatMap(({ audit }) => (audit === undefined ? [] : [audit]))).toMatchObject([
      { what: 'place', who: 'both', role: ['submit', 'operate'], outcome: 'OK' },
      { what: 'cancel', who: 'both', role: ['submit', 'operate'], outcome: 'NOT_FOUND' },
      { what: 'cancel', who: 'half', role: ['read', 'submit'], outcome: 'FORBIDDEN' },
    ]);
  });
});

describe('the file of tokens', () => {
  const file = (): string => join(folder, 'tokens.json');
  const write = (tokens: ApiToken[] | string): void => {
    writeFileSync(file(), typeof tokens === 'string' ? tokens : JSON.stringify(tokens));
  };
  const statusOf = async (server: RunningServer, token: string) => (await whoami(server, token)).status;
  const [first, second] = [tokenEntry('first', 'read', 'one'), tokenEntry('second', 'operate', 'two')];

  async function withFile() {
    write([first, second]);
    const { logger, lines } = listeningLogger();
    const http = { tokens: [first, second], tokensFile: file() };
    return { server: await further(http, { logger, reloadEveryMs: 30 }), lines };
  }

  it('is read again: what is taken out is refused, what is added is known, roles change', async () => {
    const { server, lines } = await withFile();
    expect(await statusOf(server, 'first')).toBe(200);
    write([{ ...second, role: 'read' }, tokenEntry('third', 'submit', 'three')]);
    await until('the new token', async () => (await statusOf(server, 'third')) === 200);
    expect(await statusOf(server, 'first')).toBe(401);
    expect((await whoami(server, 'second')).body).toMatchObject({ role: 'read' });
    write([{ ...second, role: ['read', 'submit'] }]);
    await until('the further role', async () => {
      const { body } = await whoami(server, 'second');
      return (body as { may: string[] }).may.includes('place');
    });
    const line = lines.find(({ msg }) => msg === 'API tokens were read again');
    expect(line).toMatchObject({
      added: ['two (read)', 'three (submit)'],
      removed: ['one (read)', 'two (operate)'],
    });
    expect(JSON.stringify(lines)).not.toContain(second.sha256);
  });

  it.each([
    ['is no JSON', '[{"name": "one"', 'no JSON'],
    ['is empty', '[]', 'at least one'],
    ['has an unknown role', JSON.stringify([{ ...first, role: 'admin' }]), 'role'],
  ])('that %s changes nothing, is said loudly, and once', async (_what, content, why) => {
    const { server, lines } = await withFile();
    const errors = () => lines.filter(({ level }) => level >= 50);
    write(content);
    await until('the complaint', () => errors().length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(errors()).toEqual([expect.objectContaining({ why: expect.stringContaining(why) as string })]);
    expect(await statusOf(server, 'first')).toBe(200);
    write([second]);
    await until('the repair', async () => (await statusOf(server, 'first')) === 401);
    expect(await statusOf(server, 'second')).toBe(200);
  });

  it('that is gone changes nothing', async () => {
    const { server, lines } = await withFile();
    rmSync(file());
    await until('the complaint', () => lines.some(({ level }) => level >= 50));
    expect(await statusOf(server, 'second')).toBe(200);
  });
});

describe('limits', () => {
  const limits = { requestsPerMinute: 5, failuresPerMinute: 3, eventStreams: 1 };

  it('are of each token: one that is used up leaves the others alone', async () => {
    const server = await further({ limits });
    for (let number = 1; number <= 5; number += 1)
      expect((await whoami(server, stack.tokens.read)).status).toBe(200);
    const refused = await whoami(server, stack.tokens.read);
    expectProblem(refused, 429, 'TOO_MANY_REQUESTS');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await whoami(server, stack.tokens.submit)).status).toBe(200);
    expect((await call(server, 'GET', '/healthz')).status).toBe(200);
  });

  it('count what a token may not do as well, and place nothing beyond', async () => {
    const server = await further({ limits });
    const place = (token: string): Promise<Answer> =>
      call(server, 'POST', '/portfolio-orders', { token, json: newRequest() });
    for (let number = 1; number <= 5; number += 1)
      expectProblem(await place(stack.tokens.read), 403, 'FORBIDDEN');
    expectProblem(await place(stack.tokens.read), 429, 'TOO_MANY_REQUESTS');
  });

  it('stop who guesses tokens, by address; a forged header is no other address', async () => {
    const server = await further({ limits });
    const guess = (number: number): Promise<Answer> =>
      whoami(server, `guess-${number}`, { 'x-forwarded-for': `203.0.113.${number}` });
    for (let number = 1; number <= 3; number += 1) expectProblem(await guess(number), 401, 'UNAUTHENTICATED');
    const refused = await guess(4);
    expectProblem(refused, 429, 'TOO_MANY_REQUESTS');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    // Else the right guess would be the one that gets through.
    expectProblem(await whoami(server, stack.tokens.read), 429, 'TOO_MANY_REQUESTS');
  });

  it('believe a proxy that is trusted about where a request came from', async () => {
    const server = await further({ limits, trustedProxies: ['127.0.0.1'] });
    const from = (address: string, token: string): Promise<Answer> =>
      whoami(server, token, { 'x-forwarded-for': address });
    for (let number = 1; number <= 3; number += 1) await from('203.0.113.1', 'guess');
    expectProblem(await from('203.0.113.1', stack.tokens.read), 429, 'TOO_MANY_REQUESTS');
    expect((await from('203.0.113.2', stack.tokens.read)).status).toBe(200);
  });

  it('do not count a request without a token as a guess', async () => {
    const server = await further({ limits });
    for (let number = 1; number <= 9; number += 1)
      expectProblem(await whoami(server), 401, 'UNAUTHENTICATED');
    expect((await whoami(server, stack.tokens.read)).status).toBe(200);
  });

  it('are none for webhooks', async () => {
    const interceptor = await startInterceptor(stack);
    undo.push(() => interceptor.close());
    const server = await further({ limits });
    for (let number = 1; number <= 9; number += 1) {
      const sealed = await interceptor.seal([newEvent('NEWS.PUBLISHED', { number })]);
      const spoilt = { ...sealed, headers: { ...sealed.headers, authorization: 'Bearer guess' } };
      const { status } = await deliver(`${server.url}${stack.config.http.webhookPath}`, spoilt);
      expect(status).toBe(200);
    }
  });
});

describe('the log', () => {
  it('has one line for each attempt to change something: who, what, on what, why, and what came of it', async () => {
    const { logger, lines } = listeningLogger();
    const server = await further({}, { logger });
    const order = newRequest();
    const { reference } = order;
    const { submit: submitter, operate: operator, read: reader } = stack.tokens;
    const post = (path: string, token: string, json: unknown): Promise<Answer> =>
      call(server, 'POST', path, { token, json });
    await post('/portfolio-orders', submitter, order);
    await post('/portfolio-orders', submitter, { ...order, side: 'SELL' });
    await post('/portfolio-orders', reader, order);
    await post(`/portfolio-orders/${reference}/release`, operator, { reason: 'a test', actor: 'Kim' });
    await post('/portfolio-orders/nobody/cancel', operator, { reason: 'a test' });
    await post('/parked-events/nobody/discard', operator, { reason: 'a test' });
    await post(`/portfolio-orders/${reference}/close`, operator, {});
    await call(server, 'GET', `/portfolio-orders/${reference}`, { token: reader });
    await post('/portfolio-orders', 'nobody', order);
    await until('all lines', () => lines.filter(({ msg }) => msg === 'audit').length >= 7);
    const submitted = { who: 'demo-submit', role: 'submit', on: reference, what: 'place' };
    const operated = { who: 'demo-operate', role: 'operate', reason: 'a test' };
    expect(lines.flatMap(({ audit }) => (audit === undefined ? [] : [audit]))).toEqual([
      { ...submitted, status: 202, outcome: 'OK' },
      { ...submitted, status: 409, outcome: 'REFERENCE_CONFLICT' },
      { what: 'place', who: 'demo-read', role: 'read', status: 403, outcome: 'FORBIDDEN' },
      {
        ...operated,
        what: 'release',
        on: reference,
        actor: 'Kim',
        status: 409,
        outcome: 'FORBIDDEN_BY_RULE',
      },
      { ...operated, what: 'cancel', on: 'nobody', status: 404, outcome: 'NOT_FOUND' },
      { ...operated, what: 'discard-parked-event', on: 'nobody', status: 404, outcome: 'NOT_FOUND' },
      {
        what: 'close',
        who: 'demo-operate',
        role: 'operate',
        on: reference,
        status: 400,
        outcome: 'INVALID_REQUEST',
      },
    ]);
    const text = JSON.stringify(lines);
    for (const secret of [submitter, operator, String(order.userId), order.accountId, '1000.00'])
      expect(text).not.toContain(secret);
  });
});

it('everything goes on as before for a stack without limits', async () => {
  await submit(stack);
  for (let number = 1; number <= 50; number += 1)
    expect((await whoami(stack, stack.tokens.read)).status).toBe(200);
});
