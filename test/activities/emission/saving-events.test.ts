/** How the emission activity saves the order: before its events are sent, and with the answers. */
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createEmissionActivities } from '../../../activities/emission/emit-order-events';
import { ORDER_STATE_BEHIND, type OrderEventBatch, type RecordSave } from '../../../contracts/activities';
import type { FulfillmentSink, SinkOutcome } from '../../../src/app/ports/fulfillment-sink';
import type { OrderStore } from '../../../src/app/ports/order-store';
import { standardPolicies } from '../../../src/config/policies';
import { portfolioOrder, PORTFOLIO_ORDER } from '../../domain/samples';
import { placedState } from '../../domain/order/waiting';
import { awayStore, memoryStore, type MemoryStore } from '../../support/order-stores';

const EVENT = { status: 'NEW' as const, id: 'e-1', body: '{"id":"e-1"}' };

const BATCH: OrderEventBatch = {
  correlationId: `portfolio-order/${PORTFOLIO_ORDER}`,
  events: [{ id: EVENT.id, body: EVENT.body }],
};

function recordSave(): RecordSave {
  const state = placedState(portfolioOrder('NEW'));
  return {
    portfolioOrderId: PORTFOLIO_ORDER,
    version: 7,
    basedOn: 3,
    state: {
      ...state,
      emission: { ...state.emission, outbox: [], inFlight: [EVENT] },
      saving: { version: 8 },
    },
    settings: {
      policies: standardPolicies(),
      emission: { tenantCode: 'T', actor: 'a', detail: 'orders' },
      brokerTaskQueue: 'upvest',
    },
    events: [],
  };
}

/** The save of a batch whose answers finish the order. */
function lastSave(): RecordSave {
  const save = recordSave();
  const statuses = ['PROCESSING', 'FILLED', 'SETTLED'].map((status) => portfolioOrder(status));
  const { record } = placedState(portfolioOrder('NEW'), ...statuses);
  return { ...save, state: { ...save.state, record, waits: [] }, mayFinish: true };
}

/** Runs the activity against an ESW that answers so. */
function emit(
  store: OrderStore,
  answer: SinkOutcome,
  attempt = 1,
  onSend: () => void = () => undefined,
  save = recordSave(),
) {
  const sink: FulfillmentSink = {
    deliver() {
      onSend();
      return Promise.resolve(answer);
    },
  };
  const environment = new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') });
  return environment.run(() =>
    createEmissionActivities(sink, store).emitOrderEvents(BATCH, { compressible: save }),
  );
}

const ACCEPTED = { id: EVENT.id, outcome: 'accepted' };

it('saves the order with the bytes before it sends them, and then with ESW’s answers', async () => {
  const store = memoryStore();
  const before: number[] = [];
  const answer = await emit(store, { outcome: 'accepted' }, 1, () => before.push(store.saves.length));
  expect(before).toEqual([1]);
  expect(answer).toEqual({
    results: [ACCEPTED],
    savedBefore: true,
    savedAfter: true,
    answeredAt: expect.any(Number) as number,
  });
  const [first, second] = store.saves;
  expect(first).toMatchObject({ version: 7, basedOn: 3, state: { emission: { inFlight: [EVENT] } } });
  expect(second).toMatchObject({
    version: 8,
    state: { emission: { inFlight: [], accepted: [{ id: EVENT.id, status: 'NEW' }] } },
  });
});

it('sends the events although the database is away, and says that the order is not saved', async () => {
  const answer = await emit(awayStore, { outcome: 'accepted' });
  expect(answer).toEqual({
    results: [ACCEPTED],
    savedBefore: false,
    savedAfter: false,
    answeredAt: expect.any(Number) as number,
  });
});

it('sends the events that the saved state has in flight, where the call names none', async () => {
  const sent: unknown[] = [];
  const sink: FulfillmentSink = {
    deliver({ id, body, sentBefore }) {
      sent.push({ id, body, sentBefore });
      return Promise.resolve({ outcome: 'accepted' });
    },
  };
  const { correlationId } = BATCH;
  await new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(() =>
    createEmissionActivities(sink, memoryStore()).emitOrderEvents(
      { correlationId },
      { compressible: recordSave() },
    ),
  );
  expect(sent).toEqual([{ id: EVENT.id, body: EVENT.body, sentBefore: false }]);
});

/** A store that leaves a version that is stored already as it is. */
function leavesStored(store: MemoryStore): OrderStore {
  return {
    save: (order) =>
      store.saves.some(({ version }) => version >= order.version)
        ? Promise.resolve('saved')
        : store.save(order),
    read: (portfolioOrderId) => store.read(portfolioOrderId),
  };
}

it('stores the final record with the answers that finish the order, once for all attempts', async () => {
  const store = memoryStore();
  const accept = { outcome: 'accepted' } as const;
  const first = await emit(store, accept, 1, undefined, lastSave());
  const [, final] = store.saves;
  const finishedAt = final?.finishedAt;
  expect(finishedAt).toBeDefined();
  expect(final?.state.saving).toEqual({ version: 8, archivedAt: finishedAt });
  expect(first).toMatchObject({ savedAfter: true, archivedAt: finishedAt });

  const again = await emit(leavesStored(store), accept, 2, undefined, lastSave());
  expect(again).toMatchObject({ savedAfter: true, archivedAt: finishedAt });
  expect(store.saves).toHaveLength(2);
});

it('stores no final record for a call that does not say so, nor while something is left', async () => {
  const accept = { outcome: 'accepted' } as const;
  const { mayFinish: _, ...earlier } = lastSave();
  for (const save of [earlier, { ...recordSave(), mayFinish: true as const }]) {
    const store = memoryStore();
    expect(await emit(store, accept, 1, undefined, save)).not.toHaveProperty('archivedAt');
    expect(store.saves.map(({ finishedAt }) => finishedAt)).toEqual([undefined, undefined]);
  }
});

it('sends nothing if a later save knows more', async () => {
  const store = memoryStore();
  store.outcome = 'behind';
  let isSent = false;
  const failure = await emit(store, { outcome: 'accepted' }, 1, () => {
    isSent = true;
  }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: ORDER_STATE_BEHIND, nonRetryable: true });
  expect(isSent).toBe(false);
});

it('says of a further attempt that the workflow itself may have saved more since', async () => {
  const store = memoryStore();
  await emit(store, { outcome: 'accepted' }, 2);
  expect(store.saves[0]).toMatchObject({ basedOn: 3, mayBeOvertaken: true });
  const first = memoryStore();
  await emit(first, { outcome: 'accepted' });
  expect(first.saves[0]).not.toHaveProperty('mayBeOvertaken');
});

it('says whether the order was saved when ESW takes no event', async () => {
  const refused = { outcome: 'unauthorised' as const, refusal: { status: 401, message: 'no' } };
  const failure = await emit(memoryStore(), refused).catch((error: unknown) => error);
  expect(failure).toMatchObject({ details: [{ results: [], saved: true }] });
});
