/** Decisions by idempotency key: the same key gives the first outcome, also in a later run of the workflow. */
import type { DecisionOutcome } from '../order-state/state';
import type { DecisionDigest } from '../values/decision';
import type { Decided } from './operator-commands';

/** A caller retries within minutes, so the oldest keys beyond this number are dropped. */
const MAX_DECISIONS = 100;

/** State of an order or a placement. */
interface DecidedState {
  decisions?: DecisionOutcome[];
}

/** The outcome of an earlier decision with this key; undefined for a new key. */
export function firstOutcome(
  { decisions = [] }: DecidedState,
  key: string,
): (Decided & DecisionDigest) | undefined {
  const first = decisions.find((one) => one.key === key);
  if (first === undefined) return undefined;
  const { key: _key, ...outcome } = first;
  return outcome;
}

/** Remembers the outcome of a decision under its key. */
export function withOutcome<S extends DecidedState>(
  state: S,
  key: string,
  outcome: Decided & DecisionDigest,
): S {
  const { decisions = [] } = state;
  return { ...state, decisions: [...decisions, { key, ...outcome }].slice(-MAX_DECISIONS) };
}
