/** Attentions: what requires operator action. Findings of weight, overdue deadlines, and decisions that only people take. */
import { findingKey, findingsOf, needsAttention, type Finding } from '../findings/findings';
import { isOver } from '../order/transitions';
import type { OrderState } from '../order-state/state';
import type { Attention, OpenAttention } from './attention';
import { nextActions } from './attention-codes';
import { attentionsOfAnswers, attentionsOfBrokerCancel } from './broker-attentions';
import { attentionsOfEmission } from './emission-attentions';
import { attentionsOfHolds } from './hold-attentions';
import { attentionsOfDeadline, attentionsOfTroubles } from './overdue-attentions';

/** Findings of the order's record, by the rules that its run follows. */
export function findingsIn({ record, amountTolerance, revision = 0 }: OrderState): Finding[] {
  return findingsOf(record, amountTolerance, revision);
}

const ADVICE_WHEN_OVER =
  'The order has finished. Acknowledge it once resolved; to act on the order, reopen it first.';

/** All attentions that no operator has acknowledged. */
export function attentionsOf(state: OrderState, findings: Finding[] = findingsIn(state)): Attention[] {
  const { revision = 0 } = state;
  const isFinished = isOver(state);
  const known = new Set([...state.acknowledged, ...(state.closed?.settles ?? [])]);
  return [
    ...findings
      .filter((one) => needsAttention(one, revision))
      .filter((one) => !known.has(earlierKey(one)))
      .map((one) => ofFinding(one, revision)),
    ...attentionsOfEmission(state),
    ...attentionsOfTroubles(state),
    ...state.waits.flatMap((wait) => attentionsOfDeadline(wait, state.record)),
    ...attentionsOfAnswers(state),
    ...attentionsOfBrokerCancel(state),
    ...attentionsOfHolds(state),
  ]
    .filter(({ key }) => !known.has(key))
    .map((one) => ({
      ...one,
      advice: isFinished ? ADVICE_WHEN_OVER : one.advice,
      actions: (isFinished ? undefined : one.actions) ?? nextActions(one.code, isFinished),
    }));
}

/** Codes for the search attribute `Attention`, sorted. */
export function attentionCodes(attentions: Attention[]): string[] {
  return [...new Set(attentions.map(({ code }) => code))].sort();
}

/** Key of a finding by which runs of revision 0, and the runs that continue them, acknowledged it. */
function earlierKey({ code, subject, id, message }: Finding): string {
  return `${code}|${subject}|${id}|${message}`;
}

function ofFinding(finding: Finding, revision: number): OpenAttention {
  const { code, subject, id, message, cause } = finding;
  return {
    code,
    ...(cause && { since: cause.at }),
    key: revision === 0 ? earlierKey(finding) : findingKey(finding),
    message: `${subject} ${id}: ${message}`,
    advice: 'Check with Upvest. Acknowledge it once resolved.',
  };
}
