/**
 * The closing event of a cancelled portfolio order: children may be filled before the cancel, and what they bought or sold
 * settles days later. ESW is told of the cancel at once, and of the final balances when they are final
 * (`esw-order-event.md` 8.7).
 */
import { isFinishedAtBroker } from './aggregate';
import { executionLifecycle, isTerminal } from './lifecycle';
import { executionsOf, type PortfolioOrderRecord, type Reached } from './record';

/** True once a portfolio order that was cancelled with executions has nothing more to come. */
export function isClosedOut(record: PortfolioOrderRecord): boolean {
  return record.status === 'CANCELLED' && executionsOf(record).length > 0 && isFinishedAtBroker(record);
}

/** The proof that made it so: of all ends, of the portfolio order and of its executions, the last one at the broker. */
export function closingProof(record: PortfolioOrderRecord): Reached | undefined {
  const ends = executionsOf(record).flatMap(({ status, reached }) => {
    const proof =
      status !== undefined && isTerminal(executionLifecycle, status) ? reached[status] : undefined;
    return proof === undefined ? [] : [proof];
  });
  const { CANCELLED: cancelled } = record.reached;
  return [...(cancelled ? [cancelled] : []), ...ends].reduce<Reached | undefined>(
    (last, one) => (last !== undefined && last.at >= one.at ? last : one),
    undefined,
  );
}
