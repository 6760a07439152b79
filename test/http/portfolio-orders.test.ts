/** The API about portfolio orders: who may call it, what it refuses, and that one reference is one order. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/cli/dev-stack';
import { portfolioOrderWorkflowId } from '../../workflows/messages';
import { call, finished, newRequest, startTestStack, submit, type Answer, until } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { expectFields, expectProblem } from './problem';

const REQUIRED = ['reference', 'userId', 'accountId', 'cashAmount', 'currency', 'side'];

let stack: Stack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

function post(json: unknown, token = stack.tokens.submit): Promise<Answer> {
  return call(stack, 'POST', '/portfolio-orders', { token, json });
}

function postText(body: string, contentType = 'application/json'): Promise<Answer> {
  const headers = { 'content-type': contentType };
  return call(stack, 'POST', '/portfolio-orders', { token: stack.tokens.submit, body, headers });
}

function get(path: string, token = stack.tokens.read): Promise<Answer> {
  return call(stack, 'GET', path, { token });
}

describe('a request that is not valid', () => {
  it.each(REQUIRED)('without %s is refused, and that field named', async (field) => {
    const { [field]: left, ...rest } = newRequest();
    expect(left).toBeDefined();
    expectFields(await post(rest), [field]);
  });

  it.each([
    ['number', 1000],
    ['float', 1000.5],
    ['negative', '-5.00'],
    ['signed', '+5.00'],
    ['exponent', '1e3'],
    ['hexadecimal', '0x10'],
    ['zero', '0'],
    ['zero with decimals', '0.00'],
    ['empty', ''],
    ['blank', ' '],
    ['padded', ' 5.00'],
    ['with a line break', '5.00\n'],
    ['without decimals after the point', '5.'],
    ['without digits before the point', '.5'],
    ['grouped', '1,000.00'],
    ['two points', '1.0.0'],
    ['word', 'NaN'],
    ['infinite', 'Infinity'],
    ['digits of another script', '١٢٣'],
    ['too long', '9'.repeat(31)],
    ['too long and no number', 'x'.repeat(31)],
    ['null', null],
    ['list', ['5.00']],
  ])('with a cash amount that is %s is refused', async (_what, cashAmount) => {
    expectFields(await post(newRequest({ cashAmount })), ['cashAmount']);
  });

  it.each([
    ['empty', ''],
    ['no UUID', 'nobody'],
    ['without hyphens', randomUUID().replaceAll('-', '')],
    ['in braces', `{${randomUUID()}}`],
    ['with a line break', `${randomUUID()}\n`],
    ['too long', `${randomUUID()}0`],
    ['number', 5],
    ['null', null],
    ['object', {}],
  ])('with ids that are %s is refused', async (_what, id) => {
    expectFields(await post(newRequest({ userId: id, accountId: id })), ['accountId', 'userId']);
  });

  it.each([
    ['empty', ''],
    ['too long', 'r'.repeat(101)],
    ['with a space', 'my order'],
    ['with a slash', 'my/order'],
    ['with an umlaut', 'aufträge'],
    ['with a line break', 'order\n'],
    ['with a percent sign', 'order%2F1'],
    // They are steps in a path: no client could ask for such an order.
    ['a dot', '.'],
    ['two dots', '..'],
  ])('with a reference that is %s is refused', async (_what, reference) => {
    expectFields(await post(newRequest({ reference })), ['reference']);
  });

  it.each([
    ['reference', 5],
    ['reference', null],
    ['currency', 'USD'],
    ['currency', 'eur'],
    ['currency', 978],
    ['side', 'HOLD'],
    ['side', 'buy'],
    ['side', null],
    ['postTax', 'true'],
    ['postTax', 1],
    ['postTax', null],
    ['eswOrderReference', ''],
    ['eswOrderReference', ' ESW-1'],
    ['eswOrderReference', 'x'.repeat(257)],
    ['eswOrderReference', null],
    ['deliveryCountryIso', 'de'],
    ['deliveryCountryIso', 'DEU'],
    ['deliveryCountryIso', null],
  ])('with %s %p is refused, and the answer says what is expected', async (field, value) => {
    const answer = await post(newRequest({ [field]: value }));
    expectFields(answer, [field]);
    expect(answer.body).toMatchObject({ errors: [{ message: expect.stringMatching(/^must be/) as string }] });
  });

  it('with fields that nobody knows is refused instead of losing them', async () => {
    expectFields(await post(newRequest({ limitPrice: '5', posttax: true })), ['limitPrice', 'posttax']);
  });

  it('hears of every wrong, missing and unknown field at once', async () => {
    expectFields(await post({}), REQUIRED);
    const wrong = { reference: '', userId: 1, accountId: 'x', cashAmount: '-1', currency: '', extra: 1 };
    expectFields(await post({ ...wrong, postTax: 'no' }), [...Object.keys(wrong), 'postTax', 'side']);
  });

  it.each(['[]', '"order"', '5', 'null'])('that is no JSON object (%s) is refused', async (body) => {
    expectFields(await postText(body), ['body']);
  });

  it.each([
    ['not JSON', 'reference=1'],
    ['half of a document', '{"reference": "a"'],
    ['empty', ''],
    ['an attack on prototypes', '{"__proto__": {"side": "BUY"}}'],
  ])('whose body is %s is refused', async (_what, body) => {
    expectProblem(await postText(body), 400, 'INVALID_REQUEST');
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])(
    'of content type %s is refused as such',
    async (contentType) => {
      const answer = await postText(JSON.stringify(newRequest()), contentType);
      expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
    },
  );

  it('of more bytes than any order needs is refused unread', async () => {
    const padding = 'x'.repeat(16 * 1024);
    expectProblem(await post(newRequest({ padding })), 413, 'BODY_TOO_LARGE');
  });

  it('leaves nothing behind under its reference', async () => {
    const request = newRequest();
    expectFields(await post({ ...request, side: 'HOLD' }), ['side']);
    expectProblem(await get(`/portfolio-orders/${request.reference}`), 404, 'NOT_FOUND');
    expect((await post(request)).status).toBe(202);
  });
});

describe('access', () => {
  it.each([
    ['no token', undefined],
    ['an unknown token', 'Bearer nobody'],
    ['an empty token', 'Bearer '],
    ['another scheme', 'Basic bm9ib2R5'],
  ])('with %s is refused before anything is read, with the way to authenticate', async (_what, header) => {
    const headers = header === undefined ? {} : { authorization: header };
    const answers = await Promise.all([
      call(stack, 'POST', '/portfolio-orders', { headers, json: newRequest() }),
      call(stack, 'POST', '/portfolio-orders', { headers, body: 'no JSON' }),
      call(stack, 'GET', '/portfolio-orders/any', { headers }),
    ]);
    for (const answer of answers) {
      expectProblem(answer, 401, 'UNAUTHENTICATED');
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

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
    ['a reference', '/portfolio-orders/nobody'],
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

  it.each([
    ['userId', randomUUID()],
    ['accountId', randomUUID()],
    ['cashAmount', '1000.01'],
    ['currency', 'GBP'],
    ['side', 'SELL'],
    ['postTax', true],
    ['eswOrderReference', 'ESW-1'],
    ['deliveryCountryIso', 'AT'],
  ])(
    'with another %s is a conflict that places nothing, also when the order is done',
    async (field, value) => {
      const request = newRequest();
      await submit(stack, request);
      const other = { ...request, [field]: value };
      const early = expectProblem(await post(other), 409, 'REFERENCE_CONFLICT');
      expect(early.detail).toContain(request.reference);
      await finished(stack, request.reference);
      expectProblem(await post(other), 409, 'REFERENCE_CONFLICT');
      expect(placedFor(request.accountId)).toHaveLength(1);
      if (field === 'accountId') expect(placedFor(value)).toHaveLength(0);
    },
  );

  it('with what is for ESW alone tells ESW, and not Upvest', async () => {
    const forEsw = { eswOrderReference: 'ESW-0815/7', deliveryCountryIso: 'AT' };
    const reference = await submit(stack, newRequest(forEsw));
    await finished(stack, reference);
    const told = stack.esw.control.events({ reference });
    expect(told.length).toBeGreaterThan(0);
    for (const { body } of told) expect(body).toMatchObject(forEsw);
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

describe('while no worker runs', () => {
  it('orders are taken, the same one again is known, and only their state cannot be told', async () => {
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
