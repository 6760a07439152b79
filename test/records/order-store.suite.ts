/** Saving orders, on whatever database it runs. */
import { sql } from 'kysely';
import type { RecordsDatabase } from '../../src/records/connect';
import { createOrderStore } from '../../src/records/orders/order-store';
import { withoutUserId } from '../../src/records/orders/saved-state';
import { verifyChain } from '../../src/records/chain/verify';
import type { FinalRecord } from '../../src/records/orders/final-record';
import { reopened } from '../../src/domain/operator/operator-commands';
import { timelineOf } from '../../src/domain/views/timeline';
import { T } from '../domain/order/waiting';
import {
  accepted,
  childOf,
  closed,
  emptyRecords,
  eventIdOf,
  FINISHED_AT,
  finishOf,
  inFlight,
  openOrder,
  saveOf,
  savedSettings,
  settled,
} from '../support/saved-orders';

const USER = 'aaaaaaaa-1111-4222-8333-444444444444';

export function describeOrderStore(records: () => RecordsDatabase): void {
  describe('saving orders', () => {
    const db = (): RecordsDatabase => records();
    const faults: unknown[] = [];
    const log = { error: (fault: unknown) => void faults.push(fault) };
    const store = (): ReturnType<typeof createOrderStore> => createOrderStore(db(), { log });
    beforeEach(async () => {
      faults.splice(0);
      await emptyRecords(db());
    });
    const rows = () => db().selectFrom('orders').selectAll().orderBy('id').execute();
    const contents = async (): Promise<FinalRecord[]> =>
      (await db().selectFrom('records').select('content').orderBy('seq').execute()).map(
        ({ content }) => JSON.parse(content ?? '') as FinalRecord,
      );

    it('makes one row for an order, and gives its state and settings back', async () => {
      const state = openOrder({ reference: 'SP-1' });
      const { portfolioOrderId } = state.record;
      expect(await store().read(portfolioOrderId)).toBeUndefined();
      expect(await store().save(saveOf(state, { version: 7 }))).toBe('saved');
      expect(await rows()).toMatchObject([
        {
          portfolio_order_id: portfolioOrderId,
          reference: 'SP-1',
          version: 7,
          phase: 'TRACKED',
          origin: 'placed',
          status: 'NEW',
          account_id: 'b8a1f3de-64c2-4d0e-8f0b-2f6d7f1b9a20',
          currency: 'EUR',
          ordered: '1000.00',
          executed: '0',
          children: 1,
          opened_at: new Date(T),
          finished_at: null,
          deployment: 'test',
        },
      ]);
      expect(await store().read(portfolioOrderId)).toEqual({ version: 7, state, settings: savedSettings });
    });

    it('shares the children of an order, and leaves a child with the order that had it first', async () => {
      const [first, second] = [openOrder(), openOrder()];
      await store().save(saveOf(first));
      const [mine] = second.record.orders;
      if (mine === undefined) throw new Error('the order has a child');
      const theirs = { ...mine, id: childOf(first.record.portfolioOrderId) };
      await store().save(saveOf({ ...second, record: { ...second.record, orders: [theirs, mine] } }));
      const children = await db().selectFrom('order_children').selectAll().execute();
      expect(new Map(children.map((row) => [row.order_id, row.portfolio_order_id]))).toEqual(
        new Map([
          [theirs.id, first.record.portfolioOrderId],
          [mine.id, second.record.portfolioOrderId],
        ]),
      );
    });

    it('changes nothing for a version that is stored, or an earlier one of the same workflow', async () => {
      const state = openOrder();
      const save = saveOf(state, { version: 100, basedOn: 50 });
      const later = saveOf(accepted(inFlight(state)), { version: 101, basedOn: 100 });
      await store().save(save);
      expect(await store().save(later)).toBe('saved');
      const before = await rows();
      expect(await store().save(save)).toBe('saved');
      expect(await store().save({ ...later, state: settled(state) })).toBe('saved');
      expect(await rows()).toEqual(before);
    });

    it('of a further attempt changes nothing once the workflow has saved more, and is behind a version of another run', async () => {
      const state = openOrder();
      await store().save(saveOf(state, { version: 300, basedOn: 200 }));
      const before = await rows();
      const mayBeOvertaken = true as const;
      expect(await store().save(saveOf(state, { version: 200, basedOn: 100, mayBeOvertaken }))).toBe('saved');
      expect(await store().save(saveOf(state, { version: 400, basedOn: 250, mayBeOvertaken }))).toBe(
        'behind',
      );
      expect(await rows()).toEqual(before);
    });

    it.each([
      ['below', 150, 100, 200],
      ['above', 300, 100, 200],
    ])(
      'of a run that knew less than a stored version %s its own changes nothing',
      async (_, stored, basedOn, version) => {
        const state = openOrder();
        await store().save(saveOf(state, { version: stored, basedOn: stored - 1 }));
        const before = await rows();
        expect(await store().save(finishOf(state, { version, basedOn }))).toBe('behind');
        expect(await rows()).toEqual(before);
        expect(await contents()).toEqual([]);
      },
    );

    it('updates the row of the run that went on', async () => {
      const state = openOrder();
      await store().save(saveOf(state, { version: 100 }));
      await store().save(saveOf(settled(state), { version: 200, basedOn: 100 }));
      expect(await rows()).toMatchObject([
        { version: 200, status: 'SETTLED', executed: '450.10', settled: '450.10', executions_settled: 1 },
      ]);
    });

    describe('beside the row of the reference', () => {
      const register = () =>
        db()
          .insertInto('orders')
          .values({
            reference: 'SP-1',
            phase: 'PLACING',
            origin: 'placed',
            request_digest: 'digest',
            submitter: 'desk',
            requested_at: '2026-03-02T08:59:59.000Z',
            placement_started_at: '2026-03-02T09:00:00.000Z',
            placement: JSON.stringify({ attempt: 1 }),
            opened_at: '2026-03-02T08:59:59.000Z',
            changed_at: '2026-03-02T08:59:59.000Z',
          })
          .execute();
      const REQUEST = {
        reference: 'SP-1',
        request_digest: 'digest',
        submitter: 'desk',
        requested_at: new Date('2026-03-02T08:59:59.000Z'),
        placement_started_at: new Date('2026-03-02T09:00:00.000Z'),
        placement: { attempt: 1 },
      };

      it('becomes one row with it', async () => {
        await register();
        const state = openOrder({ reference: 'SP-1' });
        await store().save(saveOf(state));
        expect(await rows()).toMatchObject([
          { ...REQUEST, portfolio_order_id: state.record.portfolioOrderId, version: 1, phase: 'TRACKED' },
        ]);
      });

      it('becomes one row with it, also if it was adopted before', async () => {
        const adopted = openOrder();
        const { portfolioOrderId } = adopted.record;
        await store().save(saveOf(adopted, { version: 10 }));
        await register();
        const placed = openOrder({ reference: 'SP-1', portfolioOrderId });
        expect(await store().save(saveOf(placed, { version: 20, basedOn: 10 }))).toBe('saved');
        expect(await rows()).toMatchObject([
          { ...REQUEST, portfolio_order_id: portfolioOrderId, version: 20 },
        ]);
      });

      it('saves an order whose reference another order has, and leaves it with that one', async () => {
        const [first, second] = [openOrder({ reference: 'SP-1' }), openOrder({ reference: 'SP-1' })];
        await store().save(saveOf(first));
        expect(await store().save(saveOf(second))).toBe('saved');
        expect(await rows()).toMatchObject([
          { portfolio_order_id: first.record.portfolioOrderId, reference: 'SP-1' },
          { portfolio_order_id: second.record.portfolioOrderId, reference: null },
        ]);
      });

      it('keeps the first reference of an order that two placements take for theirs', async () => {
        const first = openOrder({ reference: 'SP-0' });
        await store().save(saveOf(first));
        await register();
        const again = openOrder({ reference: 'SP-1', portfolioOrderId: first.record.portfolioOrderId });
        expect(await store().save(saveOf(again, { version: 2, basedOn: 1 }))).toBe('saved');
        expect(await rows()).toMatchObject([
          { portfolio_order_id: first.record.portfolioOrderId, reference: 'SP-0', version: 2 },
          { portfolio_order_id: null, reference: 'SP-1' },
        ]);
      });
    });

    describe('with events', () => {
      const events = () => db().selectFrom('order_events').selectAll().orderBy('status').execute();

      it('keeps the bytes of each, and ESW’s answers', async () => {
        const state = inFlight(openOrder());
        const id = eventIdOf(state, 'NEW');
        await store().save(saveOf(state));
        expect(await events()).toMatchObject([
          { event_id: id, status: 'NEW', body: '{"status":"NEW"}', outcome: null, answered_at: null },
        ]);
        await store().save(saveOf(accepted(state), { version: 2, basedOn: 1 }));
        expect(await events()).toMatchObject([
          { event_id: id, body: '{"status":"NEW"}', outcome: 'accepted', answered_at: new Date(T + 5_000) },
        ]);
      });

      it('keeps those that the state no longer has the bytes of', async () => {
        const sent = inFlight(openOrder());
        await store().save(saveOf(accepted(sent), { events: sent.emission.inFlight }));
        expect(await events()).toMatchObject([{ body: '{"status":"NEW"}', outcome: 'accepted' }]);
      });

      it('follows a rejected event that is sent again, and one that is left out', async () => {
        const state = inFlight(openOrder());
        const [event] = state.emission.inFlight;
        if (event === undefined) throw new Error('an event is in flight');
        const refusal = { status: 422, message: 'no', at: '2026-03-02T09:00:06.000Z' };
        const emission = { ...state.emission, inFlight: [] };
        const refused = { ...state, emission: { ...emission, refused: [{ ...event, refusal }] } };
        const retried = { ...state, emission: { ...emission, retryQueue: [event] } };
        const { body: _, ...topic } = event;
        const skipped = { ...state, emission: { ...emission, skipped: [{ ...topic, refusal }] } };
        const outcomes: unknown[] = [];
        for (const [index, next] of [refused, retried, refused, skipped].entries()) {
          await store().save(saveOf(next, { version: index + 1, basedOn: index }));
          outcomes.push((await events())[0]?.outcome);
        }
        expect(outcomes).toEqual(['refused', null, 'refused', 'skipped']);
      });

      it('never changes bytes: other ones for the same id are reported as a fault', async () => {
        const state = openOrder();
        await store().save(saveOf(inFlight(state, 'first')));
        await store().save(saveOf(inFlight(state, 'second'), { version: 2, basedOn: 1 }));
        expect(await events()).toMatchObject([{ body: 'first' }]);
        expect(faults).toEqual([
          { portfolioOrderId: state.record.portfolioOrderId, eventId: eventIdOf(state, 'NEW') },
        ]);
      });
    });

    it('stores each decision of a person once, with who, why, by which token and on what evidence', async () => {
      const state = closed(openOrder({ reference: 'SP-1' }));
      await store().save(saveOf(state));
      await store().save(saveOf(state, { version: 2, basedOn: 1 }));
      const decisions = await db().selectFrom('decisions').selectAll().execute();
      expect(decisions).toMatchObject([
        {
          portfolio_order_id: state.record.portfolioOrderId,
          reference: 'SP-1',
          subject: `portfolio-order/${state.record.portfolioOrderId}`,
          rule: 'operator:close',
          actor: 'ada (ops-desk)',
          reason: 'Upvest confirms',
          decided_at: new Date(T + 20_000),
        },
      ]);
      expect(JSON.parse(decisions[0]?.content ?? '')).toMatchObject({
        token: 'ops-desk',
        evidence: 'ticket 4711',
        status: 'NEW',
        text: 'Closed as NEW, on this evidence: ticket 4711',
      });
    });

    it('stores a decision that repeats itself as often as it was saved', async () => {
      const entry = {
        rule: 'operator:reconcile',
        text: 'Reconcile requested',
        actor: 'ada',
        reason: 'late',
      } as const;
      const at = '2026-03-02T09:00:10.000Z';
      const first = { ...openOrder(), auditLog: [{ at, ...entry }] };
      const lastAt = '2026-03-02T09:00:20.000Z';
      const thrice = { ...first, auditLog: [{ at, ...entry, times: 3, lastAt }] };
      await store().save(saveOf(first));
      await store().save(saveOf(thrice, { version: 2, basedOn: 1 }));
      const decisions = await db()
        .selectFrom('decisions')
        .select(['decided_at', 'content'])
        .orderBy('seq')
        .execute();
      expect(decisions.map(({ decided_at }) => decided_at.toISOString())).toEqual([at, lastAt]);
      expect(JSON.parse(decisions[1]?.content ?? '')).toMatchObject({ times: 3, firstAt: at });
    });

    it('does not take for a person’s decision what the coordinator did by itself', async () => {
      const entry = { at: '2026-03-02T09:00:10.000Z', rule: 'policy:cancel-if-new', text: 'x' } as const;
      const auditLog = [entry, { ...entry, actor: 'policy', reason: 'y' }];
      await store().save(saveOf({ ...openOrder(), auditLog }));
      expect(await db().selectFrom('decisions').select('id').execute()).toEqual([]);
    });

    describe('at its end', () => {
      it('stores the final record, which has all of the order', async () => {
        const save = finishOf(openOrder({ reference: 'SP-1' }));
        await store().save(save);
        expect(await rows()).toMatchObject([{ phase: 'FINISHED', finished_at: new Date(FINISHED_AT) }]);
        const { state } = save;
        expect(await contents()).toEqual([
          {
            format: 1,
            portfolioOrderId: state.record.portfolioOrderId,
            version: 1,
            reference: 'SP-1',
            outcome: 'NEW',
            openedAt: new Date(T).toISOString(),
            finishedAt: FINISHED_AT,
            deployment: 'test',
            state: JSON.parse(JSON.stringify(state)) as unknown,
            settings: savedSettings,
            timeline: timelineOf(state),
            decisions: [expect.objectContaining({ rule: 'operator:close', evidence: 'ticket 4711' })],
            events: [
              {
                id: eventIdOf(state, 'NEW'),
                status: 'NEW',
                outcome: 'accepted',
                answeredAt: new Date(T + 5_000).toISOString(),
                body: '{"status":"NEW"}',
              },
            ],
          },
        ]);
      });

      it('appends nothing when it is saved again, and a further version when the order finishes again', async () => {
        const first = finishOf(openOrder(), { version: 10 });
        await store().save(first);
        await store().save(first);
        await store().save({ ...first, version: 11, basedOn: 10 });
        expect((await contents()).map(({ version }) => version)).toEqual([1]);

        const again = reopened(first.state, { actor: 'ada', reason: 'mistrade' }, T + 60_000);
        await store().save(saveOf(again, { version: 20, basedOn: 11 }));
        expect(await rows()).toMatchObject([{ phase: 'TRACKED', finished_at: null }]);
        const finishedAt = new Date(T + 90_000).toISOString();
        await store().save(
          saveOf(closed(again, { now: T + 80_000 }), { version: 30, basedOn: 20, finishedAt }),
        );
        const [, second] = await contents();
        expect(second).toMatchObject({ version: 2, finishedAt });
        expect(second?.decisions.map(({ rule }) => rule)).toEqual([
          'operator:close',
          'operator:reopen',
          'operator:close',
        ]);
        expect(await rows()).toMatchObject([{ phase: 'FINISHED', finished_at: new Date(finishedAt) }]);
        expect(await verifyChain(db())).toMatchObject({ records: 2, decisions: 3 });
      });
    });

    it('stores a user id nowhere', async () => {
      const state = openOrder({ reference: 'SP-1', userId: USER });
      expect(state.placed?.userId).toBe(USER);
      await store().save(saveOf(state, { version: 1 }));
      await store().save(finishOf(state, { version: 2, basedOn: 1 }));
      const saved = await store().read(state.record.portfolioOrderId);
      expect(saved?.state.placed).toEqual(withoutUserId(state).placed);
      expect(JSON.stringify(saved)).not.toContain(USER);
      const dump: string[] = [];
      for (const table of ['orders', 'order_children', 'order_events', 'records', 'decisions'] as const) {
        const { rows: texts } = await sql<{ text: string }>`
          select ${sql.table(table)}::text as text from ${sql.table(table)}`.execute(db());
        dump.push(...texts.map(({ text }) => text));
      }
      expect(dump.join('\n')).toContain(state.record.portfolioOrderId);
      expect(dump.join('\n')).not.toContain(USER);
    });

    it('keeps one row, one set of events and a valid chain when saves of the same orders race', async () => {
      const states = Array.from({ length: 8 }, (_, index) => openOrder({ reference: `SP-${index}` }));
      const stores = [store(), store()];
      // Two orders at a time: with more, calls would wait for a connection longer than they may.
      for (let index = 0; index < states.length; index += 2) {
        const saves = states
          .slice(index, index + 2)
          .flatMap((state) => [
            saveOf(inFlight(state), { version: 10, basedOn: 0 }),
            saveOf(accepted(inFlight(state)), { version: 11, basedOn: 10 }),
            finishOf(state, { version: 12, basedOn: 11 }),
          ]);
        await Promise.all(saves.flatMap((save) => stores.map((one) => one.save(save))));
      }
      expect(await rows()).toHaveLength(states.length);
      expect(await contents()).toHaveLength(states.length);
      const report = await verifyChain(db());
      expect(report).toMatchObject({ records: states.length, decisions: states.length });
      expect(report.fault).toBeUndefined();
    });
  });
}
