/** What page, command line and API propose is allowed, and following it leaves nothing that needs attention. */
import { assert, property } from 'fast-check';
import { stepsFor } from '../../../src/cli/output/next-steps';
import { attentionsOf } from '../../../src/domain/operator/attentions';
import type { AttentionCode } from '../../../src/domain/operator/attention-codes';
import type { OrderAction } from '../../../src/domain/operator/order-action';
import * as operators from '../../../src/domain/operator/operator-commands';
import { isOver } from '../../../src/domain/order/transitions';
import type { OrderState } from '../../../src/domain/order-state/state';
import { viewOf } from '../../../src/domain/views/order-view';
import { lifeOf, lifePlans } from '../generated-lives';
import { frozen } from '../samples';
import { T } from '../order/waiting';

const ada = { actor: 'ada', reason: 'why', evidence: 'ticket' };

/** As the use case decides: a finished order is only acknowledged and reopened. */
function decide(state: OrderState, action: OrderAction, code: AttentionCode): OrderState {
  if (action === 'reopen') {
    expect(isOver(state)).toBe(true);
    return operators.reopened(state, ada, T);
  }
  if (isOver(state)) expect(action).toBe('acknowledge');
  const command = {
    cancel: operators.cancel,
    reconcile: operators.reconcile,
    acknowledge: operators.acknowledge,
    'retry-emission': operators.retryEmission,
    'skip-emission': operators.skipEmission,
    release: operators.release,
    close: operators.close,
    identify: undefined,
  }[action] as operators.OperatorCommand | undefined;
  const decision = action === 'acknowledge' ? { ...ada, codes: [code] } : ada;
  expect([action, command?.forbidden(state, decision)]).toEqual([action, undefined]);
  return command?.apply(state, decision, T).state ?? state;
}

test('each proposal for each attention is allowed in the state in which it is shown (14.20)', () => {
  const met = new Set<string>();
  assert(
    property(lifePlans, (plan) => {
      const state = frozen(lifeOf(plan));
      const { attentions, actions, finished } = viewOf(state);
      for (const attention of attentions) {
        met.add(`${attention.code}${finished ? ', finished' : ''}`);
        expect(attention.actions.length).toBeGreaterThan(0);
        for (const action of attention.actions) {
          decide(state, action, attention.code);
          // The page has a button for each.
          expect(actions).toContain(action);
        }
        const commands = stepsFor(attention, { reference: 'SP-1' }).map((step) => step.split(' ')[1]);
        expect(commands.filter((name) => name !== 'timeline' && name !== 'parked')).toEqual(
          attention.actions,
        );
      }
      for (const action of actions) if (action !== 'acknowledge') decide(state, action, 'REOPENED');
    }),
    { numRuns: 150, seed: 14 },
  );
  expect([...met]).toEqual(
    expect.arrayContaining([
      ...['EMISSION_REFUSED', 'EMISSION_STOPPED', 'NEW_OVERDUE', 'SETTLEMENT_OVERDUE', 'CANCEL_REFUSED'],
      ...['UNKNOWN_TO_BROKER', 'FIRST_SEEN_FINISHED', 'UNUSABLE_MESSAGE', 'REOPENED', 'MISTRADE'],
      // Only an answer that comes after an operator's close.
      'EMISSION_REFUSED, finished',
    ]),
  );
});

test('following the proposals leaves nothing that needs attention (14.20)', () => {
  assert(
    property(lifePlans, (plan) => {
      let state = lifeOf(plan);
      for (let round = 0; round < 60; round += 1) {
        const [attention] = attentionsOf(state);
        if (attention === undefined) break;
        for (const action of attention.actions) {
          const isStillShown = attentionsOf(state).some(({ code }) => code === attention.code);
          if (isStillShown) state = decide(state, action, attention.code);
        }
      }
      expect(attentionsOf(state)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('close settles what needs attention, and a reopened order shows it again (14.20)', () => {
  assert(
    property(lifePlans, (plan) => {
      const open = lifeOf({ ...plan, end: 'reopened' });
      const before = attentionsOf(open).map(({ key }) => key);
      expect(before.length).toBeGreaterThan(0);
      const closed = operators.close.apply(open, ada, T).state;
      expect(attentionsOf(closed)).toEqual([]);
      const again = attentionsOf(operators.reopened(closed, ada, T + 1)).map(({ key }) => key);
      const isOfTheOrder = (key: string): boolean => !key.startsWith('REOPENED');
      expect(again.filter(isOfTheOrder)).toEqual(before.filter(isOfTheOrder));
    }),
    { numRuns: 40 },
  );
});
