/** What is logged about callers, and who is exempt from limits. */
import { randomUUID } from 'node:crypto';
import type { ApiToken } from '../../src/config/api-tokens';
import type { Stack } from '../../demo/stack';
import { idAtBroker } from '../support/orders';
import { call, find, newRequest, submit, until, type Answer } from '../support/stack';
import { furtherServer, listeningLogger, tokenEntry } from './further-server';
import { heldOrder } from './operations';
import { expectProblem } from './problem';
import { deliver, newEvent, startInterceptor } from './webhooks';

export function callersSuite(running: () => Stack): void {
  let stack: Stack;
  const undo: (() => Promise<void>)[] = [];
  beforeAll(() => {
    stack = running();
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  async function further(
    ...args: [Parameters<typeof furtherServer>[1], Parameters<typeof furtherServer>[2]?]
  ) {
    const server = await furtherServer(stack, ...args);
    undo.push(() => server.stop());
    return server;
  }

  it('limits are none for webhooks', async () => {
    const interceptor = await startInterceptor(stack);
    undo.push(() => interceptor.close());
    const server = await further({
      limits: { requestsPerMinute: 5, failuresPerMinute: 3, eventStreams: 1 },
    });
    for (let number = 1; number <= 9; number += 1) {
      const sealed = await interceptor.seal([newEvent('NEWS.PUBLISHED', { number })]);
      const spoilt = { ...sealed, headers: { ...sealed.headers, authorization: 'Bearer guess' } };
      const { status } = await deliver(`${server.url}${stack.config.http.webhookPath}`, spoilt);
      expect(status).toBe(200);
    }
  });

  it('a token of several roles may do what each of them may, and nothing else', async () => {
    const entry = (token: string, role: ApiToken['role']): ApiToken => ({
      ...tokenEntry(token, 'read'),
      name: token,
      role,
    });
    const { logger, lines } = listeningLogger();
    const tokens = [entry('both', ['submit', 'operate']), entry('half', ['read', 'submit'])];
    const server = await further({ tokens }, { logger });
    const { body } = await call(server, 'GET', '/whoami', { token: 'both' });
    expect(body).toMatchObject({ name: 'both', role: 'submit', roles: ['submit', 'operate'] });
    expect((body as { may: string[] }).may).toEqual(
      expect.arrayContaining(['read', 'place', 'cancel', 'discard-parked-event']),
    );

    const order = newRequest();
    expect(await call(server, 'POST', '/portfolio-orders', { token: 'both', json: order })).toMatchObject({
      status: 202,
    });
    const cancel = (token: string): Promise<Answer> =>
      call(server, 'POST', '/portfolio-orders/unknown/cancel', { token, json: { reason: 'a test' } });
    expectProblem(await cancel('both'), 404, 'NOT_FOUND');
    expectProblem(await cancel('half'), 404, 'NOT_FOUND');
    const release = { token: 'half', json: { reason: 'a test' } };
    const refused = await call(server, 'POST', '/portfolio-orders/unknown/release', release);
    expectProblem(refused, 403, 'FORBIDDEN');
    expect(refused.body).toMatchObject({
      detail: 'This call requires the role operate; this token has read, submit.',
    });
    await until('the audit', () => lines.filter(({ msg }) => msg === 'audit').length === 4);
    expect(lines.flatMap(({ audit }) => (audit === undefined ? [] : [audit]))).toMatchObject([
      { what: 'place', who: 'both', role: ['submit', 'operate'], outcome: 'OK' },
      { what: 'cancel', who: 'both', role: ['submit', 'operate'], outcome: 'NOT_FOUND' },
      { what: 'cancel', who: 'half', role: ['read', 'submit'], outcome: 'NOT_FOUND' },
      { what: 'release', who: 'half', role: ['read', 'submit'], outcome: 'FORBIDDEN' },
    ]);
  });

  it('who placed an order may cancel it, by reference and by id; other submitters may not (14.28)', async () => {
    const tokens = [tokenEntry('mine', 'submit', 'mine'), tokenEntry('theirs', 'submit', 'theirs')];
    const server = await further({ tokens });
    const accounts = [randomUUID(), randomUUID()];
    const cancel = (name: string, token: string): Promise<Answer> =>
      call(server, 'POST', `/portfolio-orders/${name}/cancel`, {
        token,
        json: { reason: 'the client called' },
      });
    const placed = await Promise.all(
      accounts.map(async (accountId) => {
        stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW' });
        const order = newRequest({ accountId });
        await call(server, 'POST', '/portfolio-orders', { token: 'mine', json: order });
        return { reference: order.reference, id: await idAtBroker(stack, accountId) };
      }),
    );
    const [first, second] = placed as [(typeof placed)[0], (typeof placed)[0]];
    for (const { reference, id } of placed) {
      await until('the order', async () => (await find(stack, id))?.order?.reference === reference);
      for (const name of [reference, id]) expectProblem(await cancel(name, 'theirs'), 403, 'FORBIDDEN');
    }
    expect((await cancel(first.reference, 'mine')).status).toBe(200);
    expect((await cancel(second.id, 'mine')).status).toBe(200);
    const placedElsewhere = await heldOrder(stack);
    expectProblem(await cancel(placedElsewhere, 'mine'), 403, 'FORBIDDEN');
  });

  describe('the log', () => {
    it('has one line for each attempt to change something: who, what, on what, why, what was decided, and what came of it (14.37)', async () => {
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
      await post('/portfolio-orders/unknown/cancel', operator, { reason: 'a test' });
      await post('/parked-events/unknown/discard', operator, { reason: 'a test' });
      await post(`/portfolio-orders/${reference}/close`, operator, {});
      const why = { reason: 'a test', evidence: 'ticket 4711' };
      await post('/portfolio-orders/unknown/close', operator, why);
      await post('/portfolio-orders/unknown/acknowledge', operator, {
        reason: 'a test',
        codes: ['MISTRADE'],
      });
      await post('/portfolio-orders/unknown/identify', operator, {
        reason: 'a test',
        portfolioOrderId: null,
      });
      await call(server, 'GET', `/portfolio-orders/${reference}`, { token: reader });
      await post('/portfolio-orders', 'unknown', order);
      await until('all lines', () => lines.filter(({ msg }) => msg === 'audit').length >= 10);
      const submitted = { who: 'demo-submit', role: 'submit', on: reference, what: 'place' };
      const missed = {
        ...{ who: 'demo-operate', role: 'operate', reason: 'a test', on: 'unknown' },
        ...{ status: 404, outcome: 'NOT_FOUND' },
      };
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
        { ...operated, what: 'cancel', on: 'unknown', status: 404, outcome: 'NOT_FOUND' },
        { ...operated, what: 'discard-parked-event', on: 'unknown', status: 404, outcome: 'NOT_FOUND' },
        {
          what: 'close',
          who: 'demo-operate',
          role: 'operate',
          on: reference,
          status: 400,
          outcome: 'INVALID_REQUEST',
        },
        { ...missed, what: 'close', evidence: 'ticket 4711' },
        { ...missed, what: 'acknowledge', codes: ['MISTRADE'] },
        { ...missed, what: 'identify', portfolioOrderId: null },
      ]);
      const text = JSON.stringify(lines);
      for (const secret of [submitter, operator, String(order.userId), order.accountId, '1000.00'])
        expect(text).not.toContain(secret);
    });
  });

  it('everything goes on as before for a stack without limits', async () => {
    await submit(stack);
    for (let number = 1; number <= 50; number += 1)
      expect((await call(stack, 'GET', '/whoami', { token: stack.tokens.read })).status).toBe(200);
  });
}
