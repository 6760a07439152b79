/** Orders with inconsistent webhooks: the whole stack, on a real Temporal server. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import { createOrderReader } from '../../src/app/orders/read';
import { finished, settledAtBroker, show, until } from '../support/stack';
import { testClient } from '../support/temporal';
import { recordOf } from '../support/truth';
import {
  newEvent,
  newExecution,
  newOrder,
  newPortfolioOrder,
  type BrokerEventFields,
} from './broker-objects';
import { printedOrder } from './misprinted-samples';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

export function upvestInconsistenciesOrdersSuite(running: () => Stack): void {
  let stack: Stack;
  beforeAll(() => {
    stack = running();
  });

  /** One signed request with these events, moved to yesterday: an order that is first seen long after its creation is held. */
  async function send(...events: unknown[]): Promise<void> {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const text = JSON.stringify(events).replaceAll(/2026-01-02|2021-07-21/g, yesterday);
    expect(await stack.upvest.control.sendRaw({ events: JSON.parse(text) as unknown[] })).toMatchObject({
      status: 200,
    });
  }

  /** The order, once it meets the condition. */
  function orderWhen(
    id: string,
    isExpected: (order: PortfolioOrderView) => boolean,
  ): Promise<PortfolioOrderView> {
    return until('the expected order', async () => {
      const { order } = await show(stack, id);
      return order !== undefined && isExpected(order) && order;
    });
  }

  describe('references/upvest.md#known-inconsistencies', () => {
    it('no. 3: an order with the misprints of the guides finishes, with findings', async () => {
      const { id, childIds, events } = printedOrder();
      await send(...events);
      const orders = createOrderReader(testClient());
      const order = await until('its end', async () => {
        const view = await orders.read(id);
        return view?.phase === 'FINISHED' && view.order;
      });
      expect(recordOf(order)).toEqual({
        status: 'SETTLED',
        orders: childIds.map((child) => ({
          id: child,
          status: 'FILLED',
          executions: [{ id: `ex@c-${child}`, status: 'SETTLED', cashAmount: '30.00' }],
        })),
      });
      const codes = order.findings.map(({ code, subject }) => `${code} ${subject}`);
      for (const subject of ['portfolio-order', 'order', 'execution'])
        expect(codes).toContain(`IRREGULAR_ID ${subject}`);
      expect(codes).toContain('UNREADABLE_TIME portfolio-order');
      expect(codes).toContain('UNREADABLE_TIME execution');
      expect(order.fulfillment.accepted.map(({ status }) => status)).toEqual([
        'NEW',
        'PROCESSING',
        'FILLED',
        'SETTLED',
      ]);
    });

    it('no. 3: the API shows such an order like any other', async () => {
      const { id, events } = printedOrder();
      await send(...events);
      expect((await finished(stack, id)).order.status).toBe('SETTLED');
    });

    it('no. 3: the simulator follows the specification', async () => {
      const { id, events } = await settledAtBroker(stack);
      for (const event of events) await send(event);
      await finished(stack, id);
      const fields = fieldsOf(events);
      expect(fields.length).toBeGreaterThan(100);
      for (const [name, value] of fields) {
        expect(name).toMatch(/^[a-z_]+$/);
        expect(name).not.toBe('state');
        if (name.endsWith('_at') || name.endsWith('_time'))
          expect(value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
        if (name === 'id') expect(value).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      }
    });

    it('no. 4: a FILLED order waits for SETTLED, although every execution is settled', async () => {
      const { id, started, parent, child, execution } = filledOrder();
      await send(...started, parent('FILLED'), child('FILLED'), execution('FILLED'), execution('SETTLED'));
      const order = await orderWhen(id, ({ progress }) => progress.settled === 1);
      expect(order).toMatchObject({
        status: 'FILLED',
        finished: false,
        progress: { executions: 1, settled: 1 },
      });
      expect(order.waitingFor).toContain('portfolio order is FILLED');
      await send(parent('SETTLED'));
      expect((await finished(stack, id)).order.status).toBe('SETTLED');
    });

    it('no. 4: a SETTLED order waits for the settlement of its executions', async () => {
      const { id, started, parent, child, execution } = filledOrder();
      await send(...started, parent('FILLED'), parent('SETTLED'), child('FILLED'), execution('FILLED'));
      const order = await orderWhen(id, ({ status }) => status === 'SETTLED');
      expect(order).toMatchObject({ finished: false, progress: { executions: 1, settled: 0 } });
      expect(order.waitingFor).toContain('executions await settlement');
      await send(execution('SETTLED'));
      expect((await finished(stack, id)).order.progress).toMatchObject({ executions: 1, settled: 1 });
    });

    it('no. 12: children before their parent’s PROCESSING, and `orders[]` that grows while they trade', async () => {
      const id = randomUUID();
      const children = [1, 2, 3].map(() => newOrder(id, { status: 'FILLED' }));
      const parent = (status: string, listed: number) =>
        newEvent(
          `PORTFOLIO_ORDER.${status}`,
          newPortfolioOrder({
            id,
            status,
            cash_amount: '450.00',
            initiation_flow: 'SAVINGS_PLAN',
            orders: children.slice(0, listed).map((one) => ({ id: one.id, side: 'BUY', status: 'NEW' })),
          }),
        );
      await send(...children.map((one) => newEvent('ORDER.FILLED', one)));
      for (const [index, status] of ['NEW', 'PROCESSING', 'PROCESSING', 'FILLED', 'SETTLED'].entries())
        await send(parent(status, Math.min(index, 3)));
      for (const one of children)
        await send(newEvent('EXECUTION.SETTLED', newExecution(one.id, { status: 'SETTLED' })));
      const { order } = await finished(stack, id);
      expect(order.orders.map((one) => one.id).sort()).toEqual(children.map((one) => one.id).sort());
      expect(order.progress).toMatchObject({ orders: 3, final: 3, executions: 3, settled: 3 });
      expect(order.findings).toEqual([]);
    });

    it('no. 20: an order with a settlement date in 2021 waits for its SETTLED', async () => {
      const { id, started, parent, child, execution } = filledOrder({ settlement_date: '2021-07-23' });
      await send(...started, parent('FILLED'), child('FILLED'), execution('FILLED'));
      const order = await orderWhen(id, ({ fulfillment }) =>
        fulfillment.accepted.some(({ status }) => status === 'FILLED'),
      );
      expect(order).toMatchObject({
        status: 'FILLED',
        finished: false,
        progress: { executions: 1, settled: 0 },
      });
      expect(
        (await testClient().workflow.getHandle(portfolioOrderWorkflowId(id)).describe()).status.name,
      ).toBe('RUNNING');
      await send(execution('SETTLED'), parent('SETTLED'));
      expect((await finished(stack, id)).order.progress.settled).toBe(1);
    });
  });

  /** Events of an order with one child, of a savings plan, so that it is adopted at once. */
  function filledOrder(changes: Record<string, unknown> = {}) {
    const id = randomUUID();
    const order = newOrder(id, { status: 'FILLED' });
    const fill = newExecution(order.id, { status: 'FILLED', ...changes });
    const parent = (status: string): BrokerEventFields =>
      newEvent(
        `PORTFOLIO_ORDER.${status}`,
        newPortfolioOrder({ initiation_flow: 'SAVINGS_PLAN', id, status }),
      );
    return {
      id,
      started: [parent('NEW'), parent('PROCESSING')],
      parent,
      child: (status: string) => newEvent(`ORDER.${status}`, { ...order, status }),
      execution: (status: string) => newEvent(`EXECUTION.${status}`, { ...fill, status }),
    };
  }

  /** All fields of all objects in a value. */
  function fieldsOf(value: unknown): [string, unknown][] {
    if (typeof value !== 'object' || value === null) return [];
    if (Array.isArray(value)) return value.flatMap(fieldsOf);
    return Object.entries(value).flatMap(([name, field]: [string, unknown]) => [
      [name, field] as [string, unknown],
      ...fieldsOf(field),
    ]);
  }
}
