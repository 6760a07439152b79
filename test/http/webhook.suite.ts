/** Every event of an accepted webhook ends with its order or parked: none is lost, and none holds up the others. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { request } from 'undici';
import type { Stack } from '../../demo/stack';
import { startServer } from '../../src/start-server';
import type { BrokerEvent } from '../../simulators/upvest/orders/wire-objects';
import { parkedEventId, parkedName } from '../../src/app/parked-events/parked-event-id';
import { call, finished, settledAtBroker, show, until } from '../support/stack';
import { testClient } from '../support/temporal';
import { recordOf, truthOf } from '../support/truth';
import { execution, order as childOrder, portfolioOrder } from '../upvest/webhooks/event-fixture';
import { json, startStub } from '../upvest/client/http-stub';
import {
  deliver,
  exists,
  expectParked,
  hashOf,
  newEvent,
  parkedId,
  parkedIds,
  parkedInput,
  startInterceptor,
} from './webhooks';
import { discardUpdate, parkedEventWorkflowId } from '../../contracts/parked-event';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

export function webhookSuite(running: () => Stack): void {
  let stack: Stack;
  /** Stops what a test started. */
  const undo: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    stack = running();
    // From now on the server knows Upvest's key, also while Upvest is away.
    await send([newEvent('FIRST.OF_ALL', {})]);
  });
  afterEach(async () => {
    stack.upvest.control.clearFaults();
    for (const step of undo.splice(0).reverse()) await step();
  });

  async function send(events: unknown[]): Promise<void> {
    expect(await stack.upvest.control.sendRaw({ events })).toMatchObject({ status: 200 });
  }

  function newest(events: BrokerEvent[], type: string): BrokerEvent {
    const found = events.findLast((event) => event.type === type);
    if (found === undefined) throw new Error(`There is no event ${type}`);
    return found;
  }

  /** Everything parked for this stack, complete up to now: visibility follows with a delay, so a last event marks the end. */
  async function allParked(): Promise<string[]> {
    const marker = { ...newEvent('MARKER.OF_THE_END', {}), id: `marker-${randomUUID()}` };
    await send([marker]);
    const parked = await until('the marker', async () => {
      const ids = await parkedIds(stack);
      return ids.includes(parkedId(marker)) && ids;
    });
    return parked.filter((id) => !id.startsWith('parked-event/marker-')).sort();
  }

  /** A broken event, and the order it speaks of. */
  function brokenEvent(): { id: string; type: string; object: unknown } {
    return newEvent('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, id: randomUUID(), status: 5 });
  }

  describe('an event that cannot be used', () => {
    it('is parked as it came, while the rest of its batch is applied', async () => {
      const { id, events } = await settledAtBroker(stack);
      const broken = brokenEvent();
      const half = events.length / 2;
      await send([...events.slice(0, half), broken, ...events.slice(half)]);

      const { detail } = await expectParked(stack, parkedId(broken), 'UNREADABLE', JSON.stringify(broken));
      expect(detail).toContain('status');
      const { order } = await finished(stack, id);
      expect(recordOf(order)).toEqual(truthOf(stack, id));
      await stack.upvest.control.releaseWebhooks();
    });

    it.each([
      ['category', 'CASH_TRANSFER.DONE'],
      ['outcome of a cancellation', 'ORDER_CANCELLATION.ACCEPTED'],
      ['form', 'portfolio order'],
    ])('because its type has an unknown %s is parked as such', async (_what, type) => {
      const unknown = newEvent(type, { id: randomUUID() });
      await send([unknown]);
      const { detail } = await expectParked(
        stack,
        parkedId(unknown),
        'UNKNOWN_TYPE',
        JSON.stringify(unknown),
      );
      expect(detail).toContain(type);
    });

    it.each([
      ['text', 'not JSON at all'],
      ['half of a document', '{"payload":[{"id":"1"'],
      ['another document', '{"events":[]}'],
      ['bytes that are no text', '\u0000\ufffd'],
    ])('because the signed body is %s is parked whole', async (_what, text) => {
      const body = `${text}${' '.repeat(Math.ceil(Math.random() * 1000))}`;
      expect(await stack.upvest.control.sendRaw({ body })).toMatchObject({ status: 200 });
      await expectParked(stack, parkedEventWorkflowId('no-id', hashOf(body)), 'UNREADABLE', body);
    });

    it.each([
      ['a list', []],
      ['null', null],
      ['a number', 5],
      ['an object without members', {}],
      ['of an id that is no text', { id: 5, type: 'ORDER.NEW', object: {} }],
    ])('because it is %s is parked under no id', async (_what, raw) => {
      await send([raw]);
      const id = parkedId(raw, 'no-id');
      expect(await parkedInput(id)).toMatchObject({ reason: 'UNREADABLE', raw: JSON.stringify(raw) });
    });

    it('is parked whatever its id is, and can be decided; the rest of its batch is applied (14.31)', async () => {
      const ids = [
        '',
        '\ud83d',
        'a\u0000b',
        '../a\r\n/b',
        'i'.repeat(84),
        'i'.repeat(5_000),
        `${'i'.repeat(99)}😀`,
      ];
      const odd = ids.map((id) => ({ id, type: 'NOBODY.KNOWS', object: { at: randomUUID() } }));
      const { id: orderId, events } = await settledAtBroker(stack);
      await send([...odd, ...events]);

      expect((await finished(stack, orderId)).order).toMatchObject({ status: 'SETTLED' });
      await stack.upvest.control.releaseWebhooks();
      for (const event of odd) {
        const id = parkedEventId(parkedId(event, parkedName(event.id))) ?? '';
        const path = `/parked-events/${id}`;
        const token = stack.tokens.operate;
        expect(await call(stack, 'GET', path, { token })).toMatchObject({
          status: 200,
          body: { raw: JSON.stringify(event), state: 'OPEN' },
        });
        const json = { reason: 'seen' };
        expect(await call(stack, 'POST', `${path}/discard`, { token, json })).toMatchObject({ status: 200 });
      }
    });

    it('of a megabyte is parked whole', async () => {
      const object = { members: Array.from({ length: 20_000 }, (_, index) => ({ id: randomUUID(), index })) };
      const large = newEvent('NOBODY.KNOWS', object);
      const raw = JSON.stringify(large);
      expect(raw.length).toBeGreaterThan(1024 * 1024);
      await send([large]);
      expect((await parkedInput(parkedId(large))).raw).toBe(raw);
    });

    it('is parked once, however often it is delivered, and also after it was dealt with', async () => {
      const broken = brokenEvent();
      await send([broken, broken]);
      await send([broken]);
      const handle = testClient().workflow.getHandle(parkedId(broken));
      const { runId } = await handle.describe();
      await handle.executeUpdate(discardUpdate, { args: [{ actor: 'ada', reason: 'seen' }] });
      await send([broken]);
      const after = await handle.describe();
      expect(after).toMatchObject({ runId, status: { name: 'COMPLETED' } });
      expect(await parkedInput(parkedId(broken))).toMatchObject({ reason: 'UNREADABLE' });
    });

    it('waits for an operator who gives a name and the reason to discard it', async () => {
      const broken = brokenEvent();
      await send([broken]);
      const handle = testClient().workflow.getHandle(parkedId(broken));
      const discard = (actor: string, reason: string) =>
        handle.executeUpdate(discardUpdate, { args: [{ actor, reason }] });
      for (const [actor, reason] of [
        ['', 'seen'],
        ['ada', ''],
        ['', ''],
      ] as const) {
        await expect(discard(actor, reason)).rejects.toMatchObject({
          cause: { message: expect.stringContaining('actor') as string },
        });
      }
      await handle.cancel();
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await discard('ada', 'seen');
      expect(await handle.result()).toEqual({ outcome: 'discarded', actor: 'ada', reason: 'seen' });
    });
  });

  describe('an event of an order that Upvest must be asked for', () => {
    it('is parked while Upvest is away, and comes to its order by itself afterwards', async () => {
      const { id, events } = await settledAtBroker(stack);
      const settled = newest(events, 'EXECUTION.SETTLED');
      stack.upvest.control.setOutage(true);
      await send([settled]);
      await expectParked(stack, parkedId(settled), 'UNROUTED', JSON.stringify(settled));
      expect(await exists(portfolioOrderWorkflowId(id))).toBe(false);

      const handle = testClient().workflow.getHandle(parkedId(settled));
      await until('a try in vain', async () => {
        const { raw } = await handle.describe();
        return raw.pendingActivities?.some(({ lastFailure }) => lastFailure);
      });
      stack.upvest.control.setOutage(false);
      const outcome: unknown = await handle.result();
      expect(outcome).toEqual({ outcome: 'routed', portfolioOrderId: id });
      const executions = await until('the execution', async () => {
        const { order } = await show(stack, id);
        const found = order?.orders.flatMap((child) => child.executions) ?? [];
        return found.length > 0 && found;
      });
      expect(executions).toMatchObject([{ id: (settled.object as { id: string }).id, status: 'SETTLED' }]);

      await stack.upvest.control.releaseWebhooks();
      const { order } = await finished(stack, id);
      expect(recordOf(order)).toEqual(truthOf(stack, id));
    });

    it('is parked when Upvest does not know the order', async () => {
      const stray = newEvent('EXECUTION.FILLED', { ...execution, id: randomUUID(), order_id: randomUUID() });
      await send([stray]);
      const { detail } = await expectParked(stack, parkedId(stray), 'UNROUTED', JSON.stringify(stray));
      expect(detail).toContain('does not know');
    });

    it('costs no question when another event of the batch names its portfolio order', async () => {
      const { id, events } = await settledAtBroker(stack);
      stack.upvest.control.setOutage(true);
      await send([newest(events, 'EXECUTION.SETTLED'), newest(events, 'PORTFOLIO_ORDER.SETTLED')]);
      expect(await exists(portfolioOrderWorkflowId(id))).toBe(true);
      expect(await exists(parkedId(newest(events, 'EXECUTION.SETTLED')))).toBe(false);
      stack.upvest.control.setOutage(false);
      await stack.upvest.control.releaseWebhooks();
      await finished(stack, id);
    });
  });

  describe('an event of an order that belongs to no portfolio order', () => {
    it('is acknowledged, starts nothing and parks nothing', async () => {
      const orderId = randomUUID();
      // Upvest would find such a reference in any order; only the flow says that it is none of ours.
      const reference = randomUUID();
      const foreign = { ...childOrder, id: orderId, initiation_flow: 'API', client_reference: reference };
      // The simulated broker has portfolio orders only: this one order is put before it.
      const upvest = await startStub((response, arrived) => {
        if (arrived.url === `/orders/${orderId}`) {
          json(200, foreign)(response, arrived);
          return;
        }
        const { host, connection, 'content-length': length, ...headers } = arrived.headers;
        void request(`${stack.upvest.url}${arrived.url}`, {
          method: arrived.method as 'GET' | 'POST',
          headers,
          body: arrived.method === 'POST' ? arrived.body : null,
        }).then(async ({ statusCode, body }) => {
          response.writeHead(statusCode, { 'content-type': 'application/json' }).end(await body.text());
        });
      });
      undo.push(() => upvest.close());
      const server = await startServer(
        {
          ...stack.config,
          upvest: { ...stack.config.upvest, baseUrl: upvest.url },
          http: { ...stack.config.http, port: 0 },
        },
        testClient(),
        pino({ level: 'silent' }),
      );
      undo.push(() => server.stop());
      const interceptor = await startInterceptor(stack);
      undo.push(() => interceptor.close());
      const before = await allParked();
      const events = [
        newEvent('EXECUTION.FILLED', { ...execution, id: randomUUID(), order_id: orderId }),
        newEvent('ORDER.FILLED', foreign),
        newEvent('EXECUTION.SETTLED', { ...execution, id: randomUUID(), order_id: orderId }),
      ];
      for (const event of events) {
        const sealed = await interceptor.seal([event]);
        expect(await deliver(`${server.url}${stack.config.http.webhookPath}`, sealed)).toMatchObject({
          status: 200,
        });
      }
      expect(upvest.on(`/orders/${orderId}`)).toHaveLength(1);
      for (const id of [orderId, reference]) expect(await exists(portfolioOrderWorkflowId(id))).toBe(false);
      expect(await allParked()).toEqual(before);
    });
  });

  describe('an event after the end of its order', () => {
    it('is dropped when the order knew it, whatever the order of delivery', async () => {
      const { id, events } = await settledAtBroker(stack);
      await send(events);
      const { order } = await finished(stack, id);
      const before = await allParked();
      await stack.upvest.control.releaseWebhooks({ order: 'reverse', copies: 2, batches: 5 });
      for (const event of events) await send([event]);
      expect(await allParked()).toEqual(before);
      expect((await finished(stack, id)).order).toEqual(order);
    });

    it('is parked for an operator when it is a mistrade, once', async () => {
      const { id, events } = await settledAtBroker(stack);
      await send(events);
      await finished(stack, id);
      await stack.upvest.control.releaseWebhooks();
      const settled = newest(events, 'EXECUTION.SETTLED');
      const mistrade = newEvent('EXECUTION.CANCELLED', { ...settled.object, status: 'CANCELLED' });
      const before = await allParked();
      await send([mistrade]);
      await send([mistrade]);

      const raw = JSON.stringify(mistrade);
      const late = (await allParked()).filter((workflowId) => !before.includes(workflowId));
      expect(late).toHaveLength(1);
      const { detail } = await expectParked(stack, late[0] ?? '', 'LATE', raw);
      expect(detail).toContain(id);
      expect(detail).toContain('CANCELLED');
    });
  });
}
