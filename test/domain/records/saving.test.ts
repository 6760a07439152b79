import {
  asArchived,
  beginSave,
  saveDueAt,
  VERSIONS_OF_A_BATCH,
  withBehind,
  withSaved,
  withSaveFailed,
  withSaveUndone,
  withSaving,
  withStaleness,
  withUnsavedEvents,
} from '../../../src/domain/records/saving';
import { isNewOrder, withPredecessor } from '../../../src/domain/order/recovery';
import { initialState, isDone, isOver, withObservations } from '../../../src/domain/order/transitions';
import { troubleOf } from '../../../src/domain/order/troubles';
import { viewOf } from '../../../src/domain/views/order-view';
import type { OrderState } from '../../../src/domain/order-state/state';
import { at, execution, order, PORTFOLIO_ORDER, portfolioOrder } from '../samples';
import { allAccepted, MINUTE, placedState, policies, SECOND, T } from '../order/waiting';

const saving = (state: OrderState): OrderState => ({ ...state, saving: { version: 5 } });
const open = (): OrderState => saving(allAccepted(placedState(portfolioOrder('PROCESSING'))));
const done = (): OrderState =>
  saving(
    allAccepted(
      placedState(portfolioOrder('SETTLED', { orders: [] }), order('FILLED'), execution('SETTLED')),
    ),
  );
const dueAt = (state: OrderState, now = T, isSending = false): number | undefined =>
  saveDueAt(state, now, policies, isSending);
const begun = (state: OrderState, now = T) => {
  const save = beginSave(state, now);
  if (save === undefined) throw new Error('The run does not save itself');
  return save;
};
const cut = (state: OrderState, status: 'PROCESSING' | 'FILLED'): OrderState => ({
  ...state,
  record: { ...state.record, status },
});

describe('a run', () => {
  it('of an earlier revision saves nothing', () => {
    const earlier = { ...open(), revision: 5 };
    delete earlier.saving;
    expect(withSaving(earlier, T)).toBe(earlier);
    expect(dueAt(withSaving(earlier, T))).toBeUndefined();
    expect(beginSave(earlier, T)).toBeUndefined();
  });

  it('of a new order has nothing to save until something arrives', () => {
    const state = withSaving(initialState(PORTFOLIO_ORDER, T, policies, 'orders'), T);
    expect(state.saving).toEqual({ version: 0 });
    expect(dueAt({ ...state, recovery: 'recovered' })).toBeUndefined();
  });

  it('that continues an order which was never saved, or was finished, saves it', () => {
    const { saving: _, ...unsaved } = open();
    expect(withSaving(unsaved, T).saving).toEqual({ version: 0, staleSince: T });
    expect(withSaving(asArchived(open(), at(1)), T).saving).toEqual({ version: 5, staleSince: T });
  });
});

describe('a change', () => {
  it('of what people see is saved within seconds, any other within half a minute', () => {
    const state = open();
    expect(dueAt(withStaleness(state, cut(state, 'FILLED'), T))).toBe(T + 2 * SECOND);
    const detail = { ...state, record: { ...state.record, allocationId: 'a' } };
    expect(dueAt(withStaleness(state, detail, T))).toBe(T + 25 * SECOND);
  });

  it('that an operator decided is saved at once', () => {
    const state = open();
    const seen = withStaleness(state, cut(state, 'FILLED'), T);
    const decided = withStaleness(seen, { ...seen, acknowledged: ['x'] }, T + SECOND);
    expect(dueAt(decided)).toBe(T);
    expect(withStaleness(decided, cut(decided, 'PROCESSING'), T + SECOND).saving?.urgency).toBe('now');
  });

  it('keeps the time of the oldest one that is unsaved', () => {
    const state = open();
    const first = withStaleness(state, { ...state, record: { ...state.record } }, T);
    const second = withStaleness(first, cut(first, 'FILLED'), T + 9 * SECOND);
    expect(second.saving).toEqual({ version: 5, staleSince: T, urgency: 'soon' });
  });

  it('of the inbox alone, or of deadlines that are equal, is none', () => {
    const state = open();
    const same = { ...state, waits: state.waits.map((wait) => ({ ...wait })), lastNewsAt: T + 1 };
    expect(withStaleness(state, withObservations(same, [portfolioOrder('FILLED')]), T).saving).toBe(
      state.saving,
    );
  });

  it('is not saved by a call of its own while a batch of events is about to save it', () => {
    const state = open();
    const stale = withStaleness(state, cut(state, 'FILLED'), T);
    const pending = { ...stale, emission: placedState(portfolioOrder('NEW')).emission };
    expect(dueAt(pending)).toBeUndefined();
    expect(dueAt(stale, T, true)).toBeUndefined();
    const esw = { kind: 'esw' as const, since: T, attempts: 1, cause: '503', nextTryAt: T + MINUTE };
    expect(dueAt({ ...pending, troubles: [esw] }, T, true)).toBe(T + 2 * SECOND);
  });

  it('during the recovery is not saved: the state lacks what the predecessor run knew', () => {
    const state = open();
    expect(
      dueAt({ ...withStaleness(state, cut(state, 'FILLED'), T), recovery: 'recovering' }),
    ).toBeUndefined();
  });
});

describe('a save', () => {
  it('has a version above all before it, also of runs that a restored Temporal has forgotten', () => {
    expect(begun(open()).save).toMatchObject({ version: T, basedOn: 5 });
    const late = { ...open(), saving: { version: T + 9 } };
    expect(begun(late).save).toMatchObject({ version: T + 10, basedOn: T + 9 });
  });

  it('of a batch uses a second version for the answers', () => {
    const save = beginSave(open(), T, VERSIONS_OF_A_BATCH);
    expect(save?.state.saving?.version).toBe(T + 1);
    expect(save?.save.candidate.saving).toEqual({ version: T + 1 });
  });

  it('leaves unsaved what changes while it is under way', () => {
    const { state, save } = begun(withStaleness(open(), cut(open(), 'FILLED'), T));
    expect(dueAt(state)).toBeUndefined();
    const later = withStaleness(state, { ...state, auditLog: [...state.auditLog] }, T + 1);
    expect(withSaved(later, save).saving).toMatchObject({ staleSince: T + 1 });
  });

  it('that fails is due again, is named as trouble, and stores the bytes that were sent meanwhile', () => {
    const stale = withStaleness(open(), cut(open(), 'FILLED'), T);
    const sent = { status: 'NEW', id: 'e-1', body: '{}' } as const;
    const { state, save } = begun(withUnsavedEvents(withUnsavedEvents(stale, [sent]), [sent]));
    expect(save.events).toEqual([sent]);
    const failed = withSaveFailed(state, save, 'away', { began: T, now: T + MINUTE }, policies);
    const trouble = troubleOf(failed, 'records');
    expect(trouble).toMatchObject({ since: T, attempts: 1, cause: 'away' });
    expect(dueAt(failed)).toBe(trouble?.nextTryAt);
    expect(viewOf(failed).waitingFor).toContain('The records database has not stored the order since');
    const again = begun(failed, T + 2 * MINUTE);
    expect(again.save.events).toEqual([sent]);
    expect(again.save.candidate.troubles).toBeUndefined();
    const saved = withSaved(again.state, again.save);
    expect(saved.saving).toEqual({ version: T + 2 * MINUTE });
    expect(saved.troubles).toBeUndefined();
  });

  it('that was not made with its batch is due at once', () => {
    const { state, save } = begun(withStaleness(open(), cut(open(), 'FILLED'), T));
    expect(withSaveUndone(state, save).saving).toMatchObject({ staleSince: T, urgency: 'soon' });
  });
});

describe('an order that is done', () => {
  it('is over only once its final record is stored', () => {
    const state = done();
    expect([isDone(state), isOver(state)]).toEqual([true, false]);
    expect(dueAt(state)).toBe(T);
    expect(viewOf(state)).toMatchObject({
      finished: false,
      waitingFor: 'The records database to store the final record.',
    });
    const archived = asArchived(begun(state).save.candidate, at(9));
    expect(isOver(archived)).toBe(true);
    expect(dueAt(archived)).toBeUndefined();
  });

  it('is open again when something changes before its workflow ends', () => {
    const archived = asArchived(done(), at(9));
    const changed = withStaleness(archived, { ...archived, acknowledged: ['x'] }, T);
    expect(isOver(changed)).toBe(false);
    expect(dueAt(changed)).toBe(T);
  });
});

describe('a workflow that is behind its row', () => {
  const ada = { actor: 'ada', reason: 'why', rule: 'operator:acknowledge' as const, text: 'Acknowledged' };

  it('goes on with the saved state, and with decisions that are newer than it', () => {
    const audit = (time: number) => ({ ...ada, at: new Date(time).toISOString() });
    const saved: OrderState = { ...cut(open(), 'FILLED'), run: 3, saving: { version: T + MINUTE } };
    const restored: OrderState = {
      ...open(),
      saving: { version: T },
      auditLog: [audit(T), audit(T + 2 * MINUTE)],
    };
    const behind = withBehind(restored, T + 3 * MINUTE);
    expect(behind).toMatchObject({ recovery: 'recovering', isBehind: true });
    expect(dueAt(behind)).toBeUndefined();
    const found = withPredecessor(behind, { kind: 'found', state: saved }, T + 3 * MINUTE);
    expect(found).toMatchObject({
      recovery: 'recovered',
      run: 4,
      record: { status: 'FILLED' },
      saving: { version: T + MINUTE, staleSince: T + 3 * MINUTE, urgency: 'soon' },
    });
    expect(found.isBehind).toBeUndefined();
    expect(found.resetAt).toBeUndefined();
    const decisions = found.auditLog.filter(({ actor }) => actor === 'ada');
    expect(decisions.map(({ at: time }) => Date.parse(time))).toEqual([T + 2 * MINUTE]);
    expect(found.auditLog.at(-1)?.text).toContain('Temporal had been restored from an older copy');
  });
});

it('an order is new for ten minutes after Upvest created it, by whatever reports it first', () => {
  const fresh = initialState(PORTFOLIO_ORDER, T, policies, 'orders');
  const reported = withObservations(fresh, [portfolioOrder('NEW', { createdAt: at(0) })]);
  expect(isNewOrder(reported, T + 9 * MINUTE)).toBe(true);
  expect(isNewOrder(reported, T + 10 * MINUTE)).toBe(false);
  expect(isNewOrder(withObservations(fresh, [order('NEW')]), T)).toBe(false);
});
