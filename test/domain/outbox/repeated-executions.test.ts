/** An execution that two child orders report has one event at ESW, whichever report comes first. */
import { drainInbox, initialState, withObservations } from '../../../src/domain/order/transitions';
import type { Observation } from '../../../src/domain/broker/observation';
import { topicKey } from '../../../src/domain/order-event/topic';
import { childId, executionId, facts, order, PORTFOLIO_ORDER } from '../samples';
import { policies, T } from '../order/waiting';

const ofChild = (n: number, status: string): Observation =>
  order('PROCESSING', { id: childId(n), executions: [facts(status)] });

/** The events about the execution, by the order that they name. */
function events(...batches: Observation[][]): string[] {
  const begun = initialState(PORTFOLIO_ORDER, T, policies, 'executions');
  const state = batches.reduce((before, batch) => drainInbox(withObservations(before, batch), T), begun);
  const of = ({ executionId: id }: { executionId?: string | undefined }): boolean => id === executionId(1);
  return state.emission.outbox.filter(of).map(topicKey);
}
const key = (n: number, status: string): string => `${childId(n)}/${executionId(1)}|${status}`;

it.each([
  ['in one batch', [[ofChild(1, 'FILLED'), ofChild(2, 'FILLED')]], [key(1, 'FILLED')]],
  ['one after the other', [[ofChild(2, 'FILLED')], [ofChild(1, 'FILLED')]], [key(2, 'FILLED')]],
  [
    'one settled, and later the other',
    [[ofChild(1, 'FILLED')], [ofChild(2, 'FILLED')], [ofChild(2, 'SETTLED')], [ofChild(1, 'SETTLED')]],
    [key(1, 'FILLED'), key(2, 'SETTLED')],
  ],
])('reported by both %s (14.1)', (_when, batches, expected) => {
  expect(events(...batches)).toEqual(expected);
});
