/**
 * Orders while worker, server, PostgreSQL and Temporal are killed at random moments. The seed decides which part dies when;
 * `KILLS_ORDERS=300 KILLS_SEED=7 npm run test:soak -- kills` runs more of them, or others.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../simulators/seeded-random';
import { verifyChain } from '../../src/records/chain/verify';
import { orderRow } from '../../src/domain/records/order-row';
import { decodeState } from '../../src/domain/order-state/state-codec';
import type { OrderStatusView } from '../../src/app/orders/read';
import type { PortfolioOrderWorkflow } from '../../contracts/portfolio-order';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';
import { call, newRequest } from '../support/api-calls';
import { startDeployment, submitUntilTaken, type Deployment, type Part } from '../support/deployment';
import { recordOf } from '../support/recorded-outcome';
import { truthAt } from '../support/upvest-truth';
import { until } from '../support/until';

const ORDERS = Number(process.env.KILLS_ORDERS ?? '20');
const SEED = Number(process.env.KILLS_SEED ?? '3');
/** So many orders for each kill. */
const ORDERS_PER_KILL = 5;
const FEWEST_KILLS = 6;
const LIMIT_MS = 60_000 + ORDERS * 3_000;
const PARTS: Part[] = ['worker', 'server', 'database', 'temporal'];

const POLICIES = {
  POLICY_PLACED_GRACE: '3s',
  POLICY_PREDECESSOR_GRACE: '5s',
  POLICY_NEW_DEADLINE: '10s',
  POLICY_PROCESSING_DEADLINE: '10s',
  POLICY_PARTS_DEADLINE: '5s',
  POLICY_TRADING_HOURS: 'off',
  POLICY_QUIET: '500ms',
  POLICY_SLOWEST_QUESTION: '20s',
  POLICY_QUESTION_SPREAD: '1s',
};

let deployment: Deployment;
beforeAll(async () => {
  const pace = {
    processAfterMs: 300,
    childSpacingMs: 30,
    fillAfterMs: 500,
    settleAfterMs: 1_500,
    settledAheadMs: 300,
    secondMs: 50,
  };
  deployment = await startDeployment({ variables: POLICIES, upvest: { pace, children: 3 } });
}, 120_000);
afterAll(() => deployment.stop());

async function killAtRandom(done: () => boolean): Promise<Part[]> {
  const killed: Part[] = [];
  const wanted = Math.max(FEWEST_KILLS, Math.ceil(ORDERS / ORDERS_PER_KILL));
  for (let index = 0; index < wanted && !done(); index += 1) {
    await sleep(500 + 2_000 * seededRandom(SEED, 'pause', index));
    const part = PARTS[Math.floor(PARTS.length * seededRandom(SEED, 'part', index))] ?? 'worker';
    await deployment.kill(part);
    killed.push(part);
    await sleep(1_500 * seededRandom(SEED, 'away', index));
    await deployment.start(part);
  }
  return killed;
}

/** The order as the API shows it, once it has finished. */
function finished(reference: string): Promise<OrderStatusView> {
  const { url, tokens } = deployment;
  const look = async (): Promise<OrderStatusView | undefined> => {
    const answer = await call({ url }, 'GET', `/portfolio-orders/${reference}`, { token: tokens.read }).catch(
      () => undefined,
    );
    const view = answer?.status === 200 ? (answer.body as OrderStatusView) : undefined;
    return view?.phase === 'FINISHED' ? view : undefined;
  };
  return until(`${reference} to finish`, look, LIMIT_MS);
}

it(
  `${ORDERS} orders end right, each once, with a row and a final record, while all parts are killed (15, seed ${SEED})`,
  async () => {
    const orders = Array.from({ length: ORDERS }, () => newRequest());
    let isDone = false;
    const kills = killAtRandom(() => isDone);
    for (const [index, order] of orders.entries()) {
      await submitUntilTaken(deployment, order);
      if (index % 10 === 9) await sleep(500);
    }
    const killed = await kills;
    isDone = true;
    const views = await Promise.all(orders.map(({ reference }) => finished(reference)));

    const { upvest, esw, client, records } = deployment;
    const counts = upvest.control.portfolioOrderCounts();
    expect(orders.map(({ accountId }) => counts[accountId])).toEqual(orders.map(() => 1));
    for (const { order, portfolioOrderId = '' } of views) {
      if (order === undefined) throw new Error('An order without a view');
      expect(order.status).toBe('SETTLED');
      expect(recordOf(order)).toEqual(truthAt(upvest.control, portfolioOrderId));
    }
    expect(esw.control.counts()).toMatchObject({ conflicting: 0, rejected: 0 });

    const rows = await records.selectFrom('orders').selectAll().execute();
    expect(rows.map(({ reference }) => reference).sort()).toEqual(
      orders.map(({ reference }) => reference).sort(),
    );
    for (const row of rows) {
      const workflowId = portfolioOrderWorkflowId(row.portfolio_order_id ?? '');
      const { state } = await client.workflow.getHandle<PortfolioOrderWorkflow>(workflowId).result();
      const expected = orderRow(decodeState(state));
      expect(row).toMatchObject({
        phase: 'FINISHED',
        status: expected.status,
        executed: expected.totals.executed,
        settled: expected.totals.settled,
        fees: expected.totals.fees,
        taxes: expected.totals.taxes,
        attention: expected.attention,
        children: expected.children,
        executions_settled: expected.executionsSettled,
        pending_events: 0,
      });
    }
    const archived = await records.selectFrom('records').select('portfolio_order_id').execute();
    expect(new Set(archived.map((one) => one.portfolio_order_id))).toEqual(
      new Set(rows.map((one) => one.portfolio_order_id)),
    );
    const { fault, records: verified } = await verifyChain(records);
    expect(fault).toBeUndefined();
    expect(verified).toBe(archived.length);
    expect(new Set(killed).size).toBeGreaterThan(2);
  },
  LIMIT_MS * 2,
);
