/** Operators and orders that have ended: finished, reopened, terminated or failed, and with no worker at hand. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { searchAttributes } from '../../contracts/search-attributes';
import { call, finished, show, statusesAtEsw, submit, until } from '../support/stack';
import { EVERY_STATE, expectEachOnceAtEsw, handleOf, place, viewWhen } from '../support/orders';
import { recordOf, truthOf } from '../support/truth';
import {
  decidedAtLast,
  expectDecided,
  expectForbidden,
  impatientServer,
  operate,
  OPERATIONS,
  terminate,
  timelineOf,
} from './operations';
import { expectProblem } from './problem';
import { parkedIds } from './webhooks';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';
import { retryUpdate, type ParkedEventWorkflow } from '../../contracts/parked-event';

export function operationsEndsSuite(running: () => Stack): void {
  let stack: Stack;
  beforeAll(() => {
    stack = running();
  });
  afterEach(() => {
    stack.upvest.control.clearFaults();
  });

  describe('a finished order', () => {
    it('takes no decision except reopen and acknowledge, which each refusal says', async () => {
      const reference = await submit(stack);
      const { order } = await finished(stack, reference);
      for (const name of [reference, order.portfolioOrderId]) {
        expectForbidden(await operate(stack, name, 'cancel'), 'portfolio-order:SETTLED>CANCELLED');
        expectForbidden(await operate(stack, name, 'acknowledge'), 'operator:acknowledge');
        const others = ['reconcile', 'release', 'retry-emission', 'skip-emission', 'close'] as const;
        for (const operation of others) {
          expect(expectForbidden(await operate(stack, name, operation), `operator:${operation}`)).toContain(
            'reopen',
          );
        }
      }
      expectForbidden(await operate(stack, reference, 'identify'), 'placement:identified');
    });

    it('is acknowledged, and by this or by a close it leaves the list of open issues (14.20)', async () => {
      const listed = async (): Promise<string[]> => {
        const path = '/portfolio-orders?attention=MISTRADE&open=false';
        const { body } = await call(stack, 'GET', path, { token: stack.tokens.read });
        return (body as { orders: { reference: string }[] }).orders.map((one) => one.reference);
      };
      const { reference, id } = await place(stack, { scenario: 'MISTRADE' });
      const untilAllowed = (actions: string[]) =>
        until(`${actions.join(', ')} to be allowed`, async () => {
          const { phase, order } = await show(stack, reference);
          return phase === 'FINISHED' && order?.actions.join() === actions.join() && order;
        });
      expect((await untilAllowed(['acknowledge', 'reopen'])).attention).toEqual(['MISTRADE']);
      await until('it to be listed', async () => (await listed()).includes(reference));

      const key = randomUUID();
      const seen = { codes: ['MISTRADE'] };
      const said = expectDecided(
        await operate(stack, reference, 'acknowledge', seen, { key }),
        'operator:acknowledge',
      );
      // Neither the repeated call nor another one finds anything to acknowledge again.
      expect(
        expectDecided(await operate(stack, id, 'acknowledge', seen, { key }), 'operator:acknowledge'),
      ).toBe(said);
      expect((await untilAllowed(['reopen'])).attention).toEqual([]);
      expectForbidden(await operate(stack, reference, 'acknowledge', seen), 'operator:acknowledge');
      await until('it not to be listed', async () => !(await listed()).includes(reference));
      expectEachOnceAtEsw(stack, reference, EVERY_STATE);

      expectDecided(await operate(stack, reference, 'reopen'), 'operator:reopen');
      expectDecided(await operate(stack, reference, 'close'), 'operator:close');
      const { order: closed } = await finished(stack, reference);
      expect(closed.attention).toEqual([]);
      const { typedSearchAttributes } = await handleOf(stack, id).describe();
      expect(typedSearchAttributes.get(searchAttributes.attention) ?? []).toEqual([]);
    });

    it('is reopened for a late mistrade, which ESW gets as a correction, until it is closed (14.13)', async () => {
      const { reference, id } = await place(stack, { scenario: 'MISTRADE_AFTER_SETTLED' });
      // The mistrade waits until it is asked for, and the order ends before.
      stack.upvest.control.changePace({ settleAfterMs: 3_000 });
      const { order: before } = await finished(stack, reference);
      expect(before.status).toBe('SETTLED');
      stack.upvest.control.proceed(id);
      const parked = await until(
        'the mistrade to be parked',
        async () => (await parkedIds(stack, 'PARKED_LATE'))[0],
      );

      const key = randomUUID();
      expectDecided(await operate(stack, reference, 'reopen', { actor: 'ada' }, { key }), 'operator:reopen');
      const { order: open, phase } = await show(stack, reference);
      expect({ phase, reopened: open?.reopened?.actor }).toEqual({
        phase: 'TRACKED',
        reopened: 'ada (demo-operate)',
      });
      expect(open?.run).toBe(before.run + 1);
      expect(open?.attention).toContain('REOPENED');
      // The same decision again is the same; another one finds the order open.
      expectDecided(await operate(stack, id, 'reopen', { actor: 'ada' }, { key }), 'operator:reopen');
      const reused = await operate(stack, id, 'reopen', {}, { key });
      expectProblem(reused, 409, 'IDEMPOTENCY_KEY_REUSED');
      expectForbidden(await operate(stack, id, 'reopen'), 'operator:reopen');

      const handle = stack.client.workflow.getHandle<ParkedEventWorkflow>(parked);
      const operator = { actor: 'ada', reason: 'the order is open again' };
      await handle.executeUpdate(retryUpdate, { args: [operator] });
      expect(await handle.result()).toEqual({ outcome: 'routed', portfolioOrderId: id });
      const mistraded = await viewWhen(stack, id, 'the mistrade', ({ attention }) =>
        attention.includes('MISTRADE'),
      );
      expect(recordOf(mistraded)).toEqual(truthOf(stack, id));
      expect(mistraded.reference).toBe(reference);
      await viewWhen(stack, id, 'the correction at ESW', ({ fulfillment }) =>
        fulfillment.accepted.some(({ status }) => status === 'CORRECTED-1'),
      );

      expectDecided(await operate(stack, reference, 'close'), 'operator:close');
      const { order: closed } = await finished(stack, reference);
      expect(recordOf(closed)).toEqual(truthOf(stack, id));
      expect(closed.closed).toMatchObject({ actor: 'demo-operate', evidence: 'ticket 4711' });
      // The last one has the balances without the mistrade.
      expectEachOnceAtEsw(stack, reference, [...EVERY_STATE, 'Settled']);
      const rules = (await timelineOf(stack, reference)).map(({ rule }) => rule);
      const recorded = rules.filter(
        (rule) => rule.startsWith('operator:') || rule === 'execution:SETTLED>CANCELLED',
      );
      expect(recorded.sort()).toEqual(['execution:SETTLED>CANCELLED', 'operator:close', 'operator:reopen']);
    });

    it('is found by the same search attributes when it is reopened', async () => {
      const reference = await submit(stack);
      const { order } = await finished(stack, reference);
      const handle = handleOf(stack, order.portfolioOrderId);
      const before = (await handle.describe()).typedSearchAttributes;
      const rowOf = async () => {
        const path = `/portfolio-orders?reference=${reference}`;
        const { body } = await call(stack, 'GET', path, { token: stack.tokens.read });
        return (body as { orders: Record<string, string>[] }).orders.find(({ phase }) => phase !== 'PLACING');
      };
      const row = await until('it to be listed', async () => {
        const listed = await rowOf();
        return listed?.phase === 'FINISHED' && listed;
      });
      // Nothing is due to settle any more (14.59).
      expect(row).not.toHaveProperty('settlementDue');
      expectDecided(await operate(stack, reference, 'reopen'), 'operator:reopen');
      await viewWhen(stack, order.portfolioOrderId, 'the run', ({ run }) => run === order.run + 1);
      const again = await until('it to be listed as open', async () => {
        const listed = await rowOf();
        return listed?.phase === 'TRACKED' && listed;
      });
      // It was opened when its first run began, and not when it was reopened (14.59).
      expect((again.openedAt ?? '') < (row.closedAt ?? '')).toBe(true);
      const after = await handle.describe();
      for (const key of [
        searchAttributes.accountId,
        searchAttributes.orderReference,
        searchAttributes.cashAmount,
      ] as const)
        expect(after.typedSearchAttributes.get(key)).toEqual(before.get(key));
      expect(after.typedSearchAttributes.get(searchAttributes.attention)).toEqual(['REOPENED']);
      expect(await after.staticSummary()).toContain(order.portfolioOrderId);
      expectDecided(await operate(stack, reference, 'close'), 'operator:close');
      await finished(stack, reference);
    });
  });

  describe('an order whose workflow was terminated or failed', () => {
    it('is resumed by reconcile with its full state; ESW gets nothing twice', async () => {
      const { reference, id } = await place(stack, { scenario: 'WAITS_IN_PROCESSING' });
      const before = await viewWhen(
        stack,
        id,
        'all events',
        ({ fulfillment }) => fulfillment.accepted.length === 2 && fulfillment.children?.pending === 0,
      );
      await terminate(stack, id);
      expect(await show(stack, reference)).toMatchObject({ phase: 'TRACKED', interrupted: true });
      for (const operation of OPERATIONS) {
        if (operation === 'reconcile' || operation === 'identify') continue;
        const detail = expectForbidden(await operate(stack, reference, operation), `operator:${operation}`);
        expect(detail).toContain('reconcile');
      }

      const key = randomUUID();
      expectDecided(await operate(stack, reference, 'reconcile', {}, { key }), 'operator:reconcile');
      expectDecided(await operate(stack, reference, 'reconcile', {}, { key }), 'operator:reconcile');
      const after = await viewWhen(stack, id, 'the answer', ({ questions }) => questions.nothingNew > 0);
      expect(after.run).toBe(before.run + 1);
      expect(after.fulfillment).toEqual(before.fulfillment);
      expect(recordOf(after)).toEqual(truthOf(stack, id));
      expect(after.orders.map(({ number }) => number)).toEqual(before.orders.map(({ number }) => number));
      expect((await show(stack, reference)).interrupted).toBeUndefined();
      expect((await timelineOf(stack, id)).map(({ rule }) => rule)).toContain('recovery:resumed');

      stack.upvest.control.proceed(id);
      const { order } = await finished(stack, reference);
      expect(recordOf(order)).toEqual(truthOf(stack, id));
      expectEachOnceAtEsw(stack, reference, EVERY_STATE);
    });

    it('after it was reopened, goes on as reopened', async () => {
      const reference = await submit(stack);
      const { order } = await finished(stack, reference);
      expectDecided(await operate(stack, reference, 'reopen'), 'operator:reopen');
      await viewWhen(stack, order.portfolioOrderId, 'the run', ({ run }) => run === order.run + 1);
      await terminate(stack, order.portfolioOrderId);
      expectDecided(await operate(stack, reference, 'reconcile'), 'operator:reconcile');
      const again = await viewWhen(
        stack,
        order.portfolioOrderId,
        'the third run',
        ({ run }) => run === order.run + 2,
      );
      expect(again.reopened?.actor).toBe('demo-operate');
      expect(again.fulfillment.accepted).toEqual(order.fulfillment.accepted);
      expectDecided(await operate(stack, reference, 'close'), 'operator:close');
      await finished(stack, reference);
      expectEachOnceAtEsw(stack, reference, EVERY_STATE);
    });
  });

  describe('while no worker runs', () => {
    it('the outcome is unknown; a retry when a worker is back decides it, and once', async () => {
      const { reference, id } = await place(stack, { scenario: 'WAITS_IN_NEW' });
      await viewWhen(stack, id, 'the order', ({ status }) => status === 'NEW');
      const ended = await finished(stack, await submit(stack));
      await stack.stopWorker();
      const key = randomUUID();
      const startedAt = performance.now();
      try {
        const answer = await operate(stack, id, 'cancel', {}, { key });
        expect(expectProblem(answer, 504, 'OUTCOME_UNKNOWN').detail).toContain('Idempotency-Key');
        expect(performance.now() - startedAt).toBeLessThan(8_000);
        // What is finished needs no worker.
        const path = `/portfolio-orders/${ended.reference ?? ''}/timeline`;
        expect((await call(stack, 'GET', path, { token: stack.tokens.read })).status).toBe(200);
        expectForbidden(await operate(stack, ended.order.portfolioOrderId, 'close'), 'operator:close');
      } finally {
        await stack.startWorker();
      }
      expectDecided(await decidedAtLast(() => operate(stack, id, 'cancel', {}, { key })), 'operator:cancel');
      const { order } = await finished(stack, reference);
      expect(order).toMatchObject({ status: 'CANCELLED', cancel: { actor: 'demo-operate' } });
      expectDecided(await operate(stack, id, 'cancel', {}, { key }), 'operator:cancel');
      const deletes = stack.upvest.control.requests({ method: 'DELETE', path: '/portfolios/orders/{id}' });
      expect(deletes.filter(({ url }) => url.endsWith(id))).toHaveLength(1);
      expect(statusesAtEsw(stack, reference)).toEqual(['Created', 'Cancelled']);
    });

    it('an order that was terminated or failed is started nevertheless, and decided when one is back', async () => {
      const { reference, id } = await place(stack, { scenario: 'WAITS_IN_NEW' });
      await viewWhen(stack, id, 'the order', ({ fulfillment }) => fulfillment.accepted.length === 1);
      await terminate(stack, id);
      const impatient = await impatientServer(stack);
      await stack.stopWorker();
      try {
        const answer = await operate({ ...stack, url: impatient.url }, id, 'reconcile');
        expectProblem(answer, 504, 'OUTCOME_UNKNOWN');
      } finally {
        await stack.startWorker();
        await impatient.stop();
      }
      expectDecided(await decidedAtLast(() => operate(stack, id, 'reconcile')), 'operator:reconcile');
      await viewWhen(stack, id, 'the second run', ({ run }) => run === 2);
      expectDecided(await operate(stack, reference, 'cancel'), 'operator:cancel');
      await finished(stack, reference);
      expectEachOnceAtEsw(stack, reference, ['Created', 'Cancelled']);
      const { status } = await stack.client.workflow.getHandle(portfolioOrderWorkflowId(id)).describe();
      expect(status.name).toBe('COMPLETED');
    });
  });
}
