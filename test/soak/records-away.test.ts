/**
 * The records database goes away under load. `RECORDS_AWAY_MS=120000 npm run test:soak -- records-away` keeps it away for two
 * minutes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { orderRow } from '../../src/domain/records/order-row';
import { verifyChain } from '../../src/records/chain/verify';
import { decodeState } from '../../src/domain/order-state/state-codec';
import {
  portfolioOrderWorkflowId,
  stateQuery,
  type PortfolioOrderWorkflow,
} from '../../contracts/portfolio-order';
import { call, newRequest } from '../support/api-calls';
import { startDeployment, submitUntilTaken, type Deployment } from '../support/deployment';
import { until } from '../support/until';

const AWAY_MS = Number(process.env.RECORDS_AWAY_MS ?? '10000');
/** Rows have to be right so soon after the database is back. */
const RIGHT_AFTER_MS = 30_000;
const ORDERS = 20;

let deployment: Deployment;
beforeAll(async () => {
  const pace = {
    processAfterMs: AWAY_MS / 4,
    childSpacingMs: 50,
    fillAfterMs: AWAY_MS / 2,
    settleAfterMs: AWAY_MS * 2,
    settledAheadMs: 300,
    secondMs: 50,
  };
  deployment = await startDeployment({ upvest: { pace, children: 3 } });
}, 120_000);
afterAll(() => deployment.stop());

const accepted = (): number => deployment.esw.control.counts().accepted;

it(
  'submits answer 503, webhooks 200, ESW is served, and rows are right within 30 s after it is back',
  async () => {
    const { upvest, esw, records, client, url, tokens } = deployment;
    const orders = Array.from({ length: ORDERS }, () => newRequest());
    for (const order of orders) await submitUntilTaken(deployment, order);
    await until('every order to be NEW at ESW', () => accepted() >= ORDERS);

    const deliveredBefore = upvest.control.deliveries().length;
    const before = accepted();
    await deployment.kill('database');
    const submit = () =>
      call({ url }, 'POST', '/portfolio-orders', { token: tokens.submit, json: newRequest() });
    // A connection that was idle may have been closed meanwhile.
    const answer = await until('an answer', () => submit().catch(() => undefined));
    expect(answer).toMatchObject({ status: 503, body: { code: 'RECORDS_UNAVAILABLE' } });
    await sleep(AWAY_MS);
    const deliveries = upvest.control.deliveries().slice(deliveredBefore);
    expect(deliveries.length).toBeGreaterThan(ORDERS);
    expect(deliveries.filter(({ status }) => status !== 200)).toEqual([]);
    await until('events at ESW', () => accepted() > before + ORDERS);

    const backAt = Date.now();
    await deployment.start('database');
    const behind = async (): Promise<string[]> => {
      const rows = await records.selectFrom('orders').selectAll().execute();
      const ids = await Promise.all(
        rows.map(async (row) => {
          const id = row.portfolio_order_id ?? '';
          const handle = client.workflow.getHandle<PortfolioOrderWorkflow>(portfolioOrderWorkflowId(id));
          const expected = orderRow(decodeState(await handle.query(stateQuery)));
          const isRight =
            row.status === expected.status &&
            row.executed === expected.totals.executed &&
            row.children_final === expected.childrenFinal &&
            row.attention.join() === expected.attention.join();
          return isRight ? [] : [id];
        }),
      );
      return ids.flat();
    };
    await until('the rows to be right', async () => (await behind()).length === 0, RIGHT_AFTER_MS);
    expect(Date.now() - backAt).toBeLessThan(RIGHT_AFTER_MS + 5_000);

    const isFinished = async (): Promise<boolean> => {
      const { n } = await records
        .selectFrom('records')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      return n === ORDERS;
    };
    await until('every final record', isFinished, AWAY_MS * 3 + 60_000);
    // The bytes of all events, also of those that were sent meanwhile.
    const stored = await records.selectFrom('order_events').select('body').execute();
    const bytes = new Set(stored.map(({ body }) => body));
    const atEsw = esw.control.events();
    expect(atEsw.length).toBeGreaterThan(ORDERS * 4);
    for (const { rawBody } of atEsw) expect(bytes).toContain(rawBody);
    expect((await verifyChain(records)).fault).toBeUndefined();
  },
  AWAY_MS * 5 + 240_000,
);
