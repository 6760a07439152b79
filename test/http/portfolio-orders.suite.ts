/** The API about portfolio orders: who may call it, what it refuses, and that one reference is one order. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { call, finished, newRequest, submit, type Answer, until } from '../support/stack';
import { testClient } from '../support/temporal';
import { expectFields, expectProblem } from './problem';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

export function portfolioOrdersSuite(running: () => Stack): void {
  let stack: Stack;
  beforeAll(() => {
    stack = running();
  });

  function post(json: unknown, token = stack.tokens.submit): Promise<Answer> {
    return call(stack, 'POST', '/portfolio-orders', { token, json });
  }

  function get(path: string, token = stack.tokens.read): Promise<Answer> {
    return call(stack, 'GET', path, { token });
  }

  describe('a request that is not valid', () => {
    it('leaves nothing behind under its reference', async () => {
      const request = newRequest();
      expectFields(await post({ ...request, side: 'HOLD' }), ['side']);
      expectProblem(await get(`/portfolio-orders/${request.reference}`), 404, 'NOT_FOUND');
      expect((await post(request)).status).toBe(202);
    });
  });

  describe('access', () => {
    it.each(['read', 'operate'] as const)('to placing is refused to the role %s', async (role) => {
      const request = newRequest();
      const problem = expectProblem(await post(request, stack.tokens[role]), 403, 'FORBIDDEN');
      expect(problem.detail).toContain('submit');
      expectProblem(await get(`/portfolio-orders/${request.reference}`), 404, 'NOT_FOUND');
    });

    it('to reading is given to every role', async () => {
      const reference = await submit(stack);
      for (const role of ['read', 'submit', 'operate'] as const) {
        const answer = await until('a worker to answer', async () => {
          const one = await get(`/portfolio-orders/${reference}`, stack.tokens[role]);
          return one.status === 503 ? undefined : one;
        });
        expect(answer).toMatchObject({ status: 200, body: { reference } });
      }
    });
  });

  describe('what is not there', () => {
    it.each([
      ['a reference', '/portfolio-orders/unknown'],
      ['an id', `/portfolio-orders/${randomUUID()}`],
      ['a path', '/portfolio-order'],
      ['a longer path', '/portfolio-orders/a/b'],
    ])('(%s) is answered 404', async (_what, path) => {
      expectProblem(await get(path), 404, 'NOT_FOUND');
    });

    it('is no portfolio order when it is another workflow', async () => {
      expectProblem(await get(`/portfolio-orders/${encodeURIComponent('../placement/x')}`), 404, 'NOT_FOUND');
    });

    it('cannot have control characters or blanks in its name', async () => {
      expectFields(await get(`/portfolio-orders/${encodeURIComponent('a b\n')}`), ['referenceOrId']);
    });

    it('cannot be asked for in a path that cannot be decoded', async () => {
      expectProblem(await get('/portfolio-orders/%E0%A4%A'), 400, 'INVALID_REQUEST');
    });

    it('cannot be posted to', async () => {
      const answer = await call(stack, 'POST', '/portfolio-orders/any', {
        token: stack.tokens.submit,
        json: {},
      });
      expectProblem(answer, 404, 'NOT_FOUND');
    });
  });

  describe('a reference', () => {
    /** What the broker has of an account. */
    const placedFor = (accountId: unknown) =>
      stack.upvest.control.portfolioOrders().filter((one) => one.portfolioOrder.account_id === accountId);

    it('is accepted with the place where its order can be found', async () => {
      const request = newRequest({ reference: `A-z_0.9${randomUUID()}`.padEnd(100, '.') });
      const answer = await post(request);
      expect(answer).toMatchObject({
        status: 202,
        headers: { location: `/portfolio-orders/${request.reference}` },
        body: { reference: request.reference, phase: 'PLACING' },
      });
      const found = await get(String(answer.headers.location));
      expect(found).toMatchObject({ status: 200, body: { reference: request.reference } });
    });

    it('with the same request again, however it is spelt, is the same order', async () => {
      const request = newRequest({ cashAmount: '1000.00' });
      await submit(stack, request);
      const again = await post({
        ...request,
        accountId: request.accountId.toUpperCase(),
        cashAmount: '01000',
        postTax: false,
      });
      expect(again).toMatchObject({
        status: 200,
        headers: { location: `/portfolio-orders/${request.reference}` },
        body: { reference: request.reference },
      });
      await finished(stack, request.reference);
      expect(placedFor(request.accountId)).toHaveLength(1);
    });

    it('with anything else in it is a conflict that places nothing, also when the order is done', async () => {
      const request = newRequest();
      await submit(stack, request);
      const others = {
        userId: randomUUID(),
        accountId: randomUUID(),
        cashAmount: '1000.01',
        currency: 'GBP',
        side: 'SELL',
        postTax: true,
        eswOrderReference: 'ESW-1',
        deliveryCountryIso: 'AT',
      };
      const expectConflicts = async (): Promise<void> => {
        for (const [field, value] of Object.entries(others)) {
          const { detail } = expectProblem(
            await post({ ...request, [field]: value }),
            409,
            'REFERENCE_CONFLICT',
          );
          expect([field, detail]).toEqual([field, expect.stringContaining(request.reference)]);
        }
      };
      await expectConflicts();
      await finished(stack, request.reference);
      await expectConflicts();
      expect(placedFor(request.accountId)).toHaveLength(1);
      expect(placedFor(others.accountId)).toHaveLength(0);
    });

    it('with what is for ESW alone tells ESW, and not Upvest', async () => {
      const forEsw = { eswOrderReference: 'ESW-0815/7', deliveryCountryIso: 'AT' };
      const reference = await submit(stack, newRequest(forEsw));
      await finished(stack, reference);
      const sent = stack.esw.control.events({ reference });
      expect(sent.length).toBeGreaterThan(0);
      for (const { body } of sent) expect(body).toMatchObject(forEsw);
    });

    it('posted ten times at once is placed once', async () => {
      const request = newRequest();
      const answers = await Promise.all(Array.from({ length: 10 }, () => post(request)));
      expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(9).fill(200), 202]);
      const { order } = await finished(stack, request.reference);
      expect(placedFor(request.accountId).map((one) => one.portfolioOrder.id)).toEqual([
        order.portfolioOrderId,
      ]);
      const { status } = await testClient()
        .workflow.getHandle(portfolioOrderWorkflowId(order.portfolioOrderId))
        .describe();
      expect(status.name).toBe('COMPLETED');
    });
  });

  describe('a reference whose request Upvest rejected', () => {
    const wait = (json: unknown): Promise<Answer> =>
      call(stack, 'POST', '/portfolio-orders?wait=20', { token: stack.tokens.submit, json });

    it('takes a corrected request, as its next attempt, and both name each other (14.8)', async () => {
      const first = newRequest();
      const { reference } = first;
      stack.upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 400 });
      expect(await wait(first)).toMatchObject({ status: 202, body: { phase: 'REFUSED', reference } });

      const corrected = { ...first, cashAmount: '80.00' };
      const name = `${reference}~2`;
      const answer = await wait(corrected);
      expect(answer).toMatchObject({
        status: 202,
        headers: { location: `/portfolio-orders/${name}` },
        body: { reference: name, placement: { attempt: 2, correctionOf: reference } },
      });
      expect(await wait(corrected)).toMatchObject({ status: 200, body: { reference: name } });
      expect(await wait(first)).toMatchObject({
        status: 200,
        body: { phase: 'REFUSED', reference, placement: { resubmittedAs: name } },
      });
      // It reads both attempts, which a slow engine may not answer in time.
      const conflict = await until('an answer in time', async () => {
        const one = await post({ ...first, cashAmount: '81.00' });
        return one.status === 503 ? undefined : one;
      });
      expectProblem(conflict, 409, 'REFERENCE_CONFLICT');

      const { order } = await finished(stack, name);
      expect(order).toMatchObject({ reference: name, cashAmount: '80.00', status: 'SETTLED' });
      const placed = stack.upvest.control
        .portfolioOrders()
        .filter(({ portfolioOrder }) => portfolioOrder.account_id === first.accountId);
      expect(placed).toHaveLength(1);
      expect(stack.esw.control.events({ reference: name }).length).toBeGreaterThan(0);
      expect(stack.esw.control.events({ reference })).toEqual([]);
    });
  });

  describe('while no worker runs', () => {
    it('orders are accepted, a repeated one is known, and only their state is unavailable', async () => {
      const request = newRequest();
      await stack.stopWorker();
      try {
        await submit(stack, request);
        const again = await post(request);
        expect(again).toMatchObject({ status: 200, body: { reference: request.reference } });
        expectProblem(await post({ ...request, side: 'SELL' }), 409, 'REFERENCE_CONFLICT');
        expectProblem(await get(`/portfolio-orders/${request.reference}`), 503, 'UNAVAILABLE');
        expectProblem(await get(`/portfolio-orders/${randomUUID()}`), 404, 'NOT_FOUND');
      } finally {
        await stack.startWorker();
      }
      await finished(stack, request.reference);
    });
  });
}
