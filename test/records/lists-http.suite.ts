/** Lists, reports and decisions over HTTP, on a real database: JSON, CSV, refusals, and the database away. */
import Fastify, { type FastifyInstance } from 'fastify';
import { createInterruptedOrders } from '../../src/app/orders/interrupted-orders';
import { createOrderList } from '../../src/app/orders/list';
import { orderListRoute } from '../../src/http/routes/order-list';
import { reportRoutes } from '../../src/http/routes/reports';
import { statusRoute } from '../../src/http/routes/status';
import { answerWithProblems } from '../../src/http/plugins/problem';
import { validateByZod } from '../../src/http/plugins/validation';
import { connectRecords, type RecordsDatabase } from '../../src/records/connect';
import { createRecordLists } from '../../src/records/lists';
import type { Client } from '@temporalio/client';
import { at, openOrder, settledOrder, store, type Row } from './listed-orders';

/** No Temporal: nothing here waits for it. */
const NO_TEMPORAL = { workflowService: {} } as unknown as Client;

async function serverOn(db: RecordsDatabase): Promise<FastifyInstance> {
  const app = Fastify();
  answerWithProblems(app, '/webhooks/upvest');
  validateByZod(app);
  const token = { name: 'one', role: 'read' as const, sha256: '' };
  const guard = {
    needs: () => () => Promise.resolve(),
    callerOf: () => token,
    knownCallerOf: () => token,
    isStillValid: () => true,
  };
  const lists = createRecordLists(db);
  const list = createOrderList(lists.orders, createInterruptedOrders(NO_TEMPORAL, 'orders'));
  await app.register(orderListRoute({ guard, list, withDeadline: (work) => work() }));
  await app.register(reportRoutes({ guard, ...lists }));
  await app.register(statusRoute({ guard, partners: lists.partners, clock: () => undefined }));
  return app;
}

export function describeListsOverHttp(records: () => RecordsDatabase): void {
  describe('lists over HTTP', () => {
    let app: FastifyInstance;
    const get = (url: string, accept?: string) =>
      app.inject({ url, headers: { ...(accept !== undefined && { accept }) } });
    const MANY = 1_203;

    beforeAll(async () => {
      app = await serverOn(records());
      await store(records(), {
        '-first': openOrder({
          opened_at: at('11:00'),
          attention: ['MISTRADE'],
          waiting_for: '=HYPERLINK("x")',
        }),
        second: openOrder({ opened_at: at('10:00'), attention: ['REGRESSION', 'MISTRADE'] }),
        done: settledOrder({
          sums: '[{"currency":"EUR","executed":"99","settled":"99","fees":"1","taxes":"0"}]',
        }),
      });
      const many = (number: number): [string, Row] => [
        `many-${number}`,
        settledOrder({
          account_id: 'many',
          settled_at: null,
          finished_at: `2026-01-01T00:00:00.${String(number).padStart(6, '0')}Z`,
        }),
      ];
      await store(
        records(),
        Object.fromEntries(Array.from({ length: MANY }, (_one, number) => many(number))),
      );
      await records()
        .insertInto('decisions')
        .values({
          ...{
            seq: 1,
            id: 'id',
            portfolio_order_id: 'order',
            reference: 'done',
            subject: 'portfolio-order/order',
          },
          ...{ rule: 'operator:close', actor: '@anna', reason: 'Line 1\nline 2', decided_at: at('10:00') },
          ...{ content: '{"format":1}', sha256: '-', previous_hash: '-', hash: 'abc' },
        })
        .execute();
    });
    afterAll(() => app.close());

    it('are pages whose cursors belong to their filters', async () => {
      const first = (await get('/portfolio-orders?limit=2&count=true')).json<{
        nextCursor: string;
        orders: [];
      }>();
      expect(first).toMatchObject({
        orders: [{ reference: '-first' }, { reference: 'second' }],
        count: MANY + 3,
      });
      const next = await get(`/portfolio-orders?limit=1&cursor=${first.nextCursor}`);
      expect(next.json()).toMatchObject({ orders: [{ reference: 'done' }] });
      expect(next.json()).not.toHaveProperty('count');
      for (const other of ['open=true&', 'sort=opened&', 'sort=opened&direction=asc&', 'q=s&']) {
        const refused = await get(`/portfolio-orders?${other}cursor=${first.nextCursor}`);
        expect(refused.json()).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ field: 'cursor' }] });
      }
    });

    it('are counted with the filter', async () => {
      const counted = await get('/portfolio-orders?count=true&limit=1&attention=MISTRADE');
      expect(counted.json()).toMatchObject({ count: 2, orders: [{ reference: '-first' }] });
    });

    it('are CSV with all orders in one answer, and without formulas', async () => {
      const answer = await get('/portfolio-orders?limit=1', 'text/csv');
      expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
      expect(answer.headers['content-disposition']).toBe('attachment; filename="portfolio-orders.csv"');
      const lines = answer.body.split('\r\n');
      expect(lines).toHaveLength(1 + MANY + 3 + 1);
      expect(lines[0]).toMatch(
        /^reference,portfolioOrderId,phase,status,type,accountId,cashAmount,currency,/,
      );
      expect(lines[1]).toMatch(/^'-first,/);
      expect(lines[1]).toContain('"\'=HYPERLINK(""x"")"');
      expect(lines[2]).toContain(',MISTRADE REGRESSION,');
      expect(new Set(lines).size).toBe(lines.length);
    });

    it('are CSV of a filter', async () => {
      const { body } = await get('/portfolio-orders?q=second', 'text/csv');
      expect(body.split('\r\n')).toHaveLength(3);
    });

    it('report what was settled, as JSON and as CSV', async () => {
      const path = '/reports/settled?from=2026-03-02&to=2026-03-02';
      const day = { day: '2026-03-02', currency: 'EUR', orders: 1, ordered: '100.00' };
      const amounts = { executed: '99', settled: '99', fees: '1', taxes: '0' };
      expect((await get(path)).json()).toEqual({ days: [{ ...day, ...amounts }] });
      const { body, headers } = await get(path, 'text/csv');
      expect(body).toBe(
        'day,currency,orders,ordered,executed,settled,fees,taxes\r\n2026-03-02,EUR,1,100.00,99,99,1,0\r\n',
      );
      expect(headers['content-disposition']).toContain('settled-2026-03-02-2026-03-02.csv');
      const refused = await get('/reports/settled?from=2026-03-02&to=2026-03-01');
      expect(refused.json()).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ field: 'to' }] });
    });

    it('have decisions, as JSON and as CSV', async () => {
      const decision = { number: 1, rule: 'operator:close', actor: '@anna', reference: 'done', hash: 'abc' };
      expect((await get('/decisions?order=done')).json()).toMatchObject({ decisions: [decision] });
      expect((await get('/decisions?actor=anna')).json()).toEqual({ decisions: [] });
      const { body } = await get('/decisions', 'text/csv');
      expect(body).toBe(
        'number,decidedAt,rule,actor,reason,reference,portfolioOrderId,subject,hash\r\n' +
          `1,${at('10:00')},operator:close,'@anna,"Line 1\nline 2",done,order,portfolio-order/order,abc\r\n`,
      );
      const refused = await get('/decisions?cursor=AAAAAAAAAAAA');
      expect(refused.json()).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ field: 'cursor' }] });
    });
  });

  describe('lists while the database is away', () => {
    it.each([
      ['/portfolio-orders', 'application/json'],
      ['/portfolio-orders?count=true', 'application/json'],
      ['/portfolio-orders', 'text/csv'],
      ['/reports/settled?from=2026-03-02&to=2026-03-02', 'application/json'],
      ['/reports/settled?from=2026-03-02&to=2026-03-02', 'text/csv'],
      ['/decisions', 'application/json'],
      ['/decisions', 'text/csv'],
      ['/status', 'application/json'],
    ])('answer GET %s as %s with 503 RECORDS_UNAVAILABLE', async (url, accept) => {
      const away = connectRecords('postgresql://records@127.0.0.1:1/records');
      const app = await serverOn(away);
      try {
        const answer = await app.inject({ url, headers: { accept } });
        expect(answer.statusCode).toBe(503);
        expect(answer.headers).toMatchObject({
          'retry-after': '5',
          'content-type': 'application/problem+json; charset=utf-8',
        });
        expect(answer.json()).toMatchObject({ code: 'RECORDS_UNAVAILABLE' });
      } finally {
        await app.close();
        await away.destroy();
      }
    });

    it('breaks a CSV off that cannot be finished', async () => {
      const lists = createRecordLists(records());
      let pages = 0;
      const failing = {
        ...lists.orders,
        page: (...given: Parameters<typeof lists.orders.page>) => {
          pages += 1;
          return pages === 1 ? lists.orders.page(...given) : Promise.reject(new Error('gone'));
        },
      };
      const list = createOrderList(failing, createInterruptedOrders(NO_TEMPORAL, 'orders'));
      const app = Fastify();
      validateByZod(app);
      const guard = { needs: () => () => Promise.resolve() } as unknown as Parameters<
        typeof orderListRoute
      >[0]['guard'];
      await app.register(orderListRoute({ guard, list, withDeadline: (work) => work() }));
      const url = await app.listen({ port: 0, host: '127.0.0.1' });
      try {
        const answer = await fetch(`${url}/portfolio-orders`, { headers: { accept: 'text/csv' } });
        expect(answer.status).toBe(200);
        await expect(answer.text()).rejects.toThrow();
      } finally {
        await app.close();
      }
    });
  });
}
