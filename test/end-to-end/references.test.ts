/** One reference is one order: whatever Temporal forgets, whatever Upvest forgets, and while the records database is away. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { placementWorkflowId } from '../../contracts/placement';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';
import { furtherServer } from '../http/further-server';
import { expectProblem } from '../http/problem';
import { deliver, newEvent, startInterceptor } from '../http/webhooks';
import { startDatabaseGate, type DatabaseGate } from '../support/database-gate';
import { forget } from '../support/forgotten';
import { startMigratedDatabase, type TestDatabase } from '../support/records';
import { reset } from '../support/reset';
import {
  call,
  finished,
  newRequest,
  startTestStack,
  statusesAtEsw,
  submit,
  until,
  type Answer,
} from '../support/stack';
import { closeTemporal } from '../support/temporal';
import { portfolioOrder } from '../upvest/webhooks/event-fixture';

let database: TestDatabase;
let gate: DatabaseGate;
let stack: Stack;
beforeAll(async () => {
  database = await startMigratedDatabase();
  gate = await startDatabaseGate(database.url);
  stack = await startTestStack({ databaseUrl: gate.url, upvest: { children: 2 } });
});
afterAll(async () => {
  await stack.stop();
  await gate.close();
  await database.stop();
  await closeTemporal();
});

type Request = ReturnType<typeof newRequest>;

const place = (order: Request, server: { url: string } = stack): Promise<Answer> =>
  call(server, 'POST', '/portfolio-orders', { token: stack.tokens.submit, json: order });
const ordersOf = ({ accountId }: Request): number =>
  stack.upvest.control.portfolioOrderCounts()[accountId] ?? 0;

it('100 submits at two servers at once place one order (15.2)', async () => {
  const other = await furtherServer(stack, {});
  try {
    const order = newRequest();
    // As a client does whose server is overloaded.
    const placeUntilTaken = (at: Parameters<typeof place>[1]): ReturnType<typeof place> =>
      until('an answer', async () => {
        const answer = await place(order, at);
        return answer.status === 503 ? undefined : answer;
      });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => placeUntilTaken(index % 2 === 0 ? stack : other)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(99).fill(200), 202]);
    await finished(stack, order.reference);
    expect(ordersOf(order)).toBe(1);
  } finally {
    await other.stop();
  }
});

it('an order that Temporal has deleted is the answer to the same request, though Upvest has forgotten its key (15.2)', async () => {
  const order = newRequest();
  const { reference } = order;
  await submit(stack, order);
  const { portfolioOrderId = '' } = await finished(stack, reference);
  await forget(stack.client, placementWorkflowId(reference), portfolioOrderWorkflowId(portfolioOrderId));
  stack.upvest.control.forgetPlacementKeys();
  const posts = stack.upvest.control.requests({ method: 'POST', path: '/portfolios/orders' }).length;

  const again = await place(order);
  expect(again).toMatchObject({ status: 200, body: { reference, portfolioOrderId } });
  expect(again.body).not.toHaveProperty('placement.request.userId');
  expectProblem(await place({ ...order, side: 'SELL' }), 409, 'REFERENCE_CONFLICT');
  expect(stack.upvest.control.requests({ method: 'POST', path: '/portfolios/orders' })).toHaveLength(posts);
  expect(ordersOf(order)).toBe(1);
});

it('a placement that is reset to before its POST places no second order, though Upvest has forgotten its key (15.5)', async () => {
  const order = newRequest();
  const { reference } = order;
  await submit(stack, order);
  const { portfolioOrderId } = await finished(stack, reference);
  stack.upvest.control.forgetPlacementKeys();
  await reset(stack, { workflowId: placementWorkflowId(reference) }, 'first');
  const result: unknown = await stack.client.workflow.getHandle(placementWorkflowId(reference)).result();
  expect(result).toMatchObject({ outcome: 'placed', portfolioOrderId });
  expect(ordersOf(order)).toBe(1);
});

it('while the records database is away, submits answer 503, webhooks 200, ESW is served, and rows are right afterwards (15.2)', async () => {
  const interceptor = await startInterceptor(stack);
  const under = newRequest();
  // Its POST is under way when the database goes.
  stack.upvest.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: 2_000, count: 1 });
  await submit(stack, under);
  await until('the POST', () => ordersOf(under) === 1);
  gate.shut();
  try {
    const order = newRequest();
    const answer = await place(order);
    expectProblem(answer, 503, 'RECORDS_UNAVAILABLE');
    expect(answer.headers['retry-after']).toBeDefined();
    const object = { ...portfolioOrder, id: randomUUID(), status: 'NEW', orders: [] };
    const event = newEvent('PORTFOLIO_ORDER.NEW', object);
    const url = `${stack.url}${stack.config.http.webhookPath}`;
    expect(await deliver(url, await interceptor.seal([event]))).toMatchObject({ status: 200 });
    const { portfolioOrderId } = await until('an order at ESW', async () => {
      const all = await call(stack, 'GET', `/portfolio-orders/${under.reference}`, {
        token: stack.tokens.read,
      });
      const view = all.body as { portfolioOrderId?: string };
      return statusesAtEsw(stack, under.reference).length > 0 && view;
    });
    expect(ordersOf(order)).toBe(0);
    gate.open();

    await until('a submit', async () => (await place(order)).status === 202);
    const registered = async () => {
      const { status, body } = await place(under);
      return status === 200 && (body as { portfolioOrderId?: string }).portfolioOrderId;
    };
    expect(await until('the order', registered)).toBe(portfolioOrderId);
    expect(ordersOf(under)).toBe(1);
  } finally {
    gate.open();
    await interceptor.close();
  }
});
