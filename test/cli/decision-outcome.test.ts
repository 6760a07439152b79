/** What a command says about the outcome of a decision, by the entries of the timeline. */
import { outcomeIn } from '../../src/cli/commands/decision-outcome';
import type { TimelineEntry } from '../../src/domain/views/timeline';

const entry = (rule: string, text: string, actor?: string): TimelineEntry => ({
  at: '2026-11-30T12:00:00.000Z',
  source: 'coordinator',
  rule,
  subject: 'portfolio-order',
  id: 'po',
  text,
  ...(actor !== undefined && { actor }),
});
const requested = entry('operator:reconcile', 'Reconcile requested', 'ada');
const failed = entry('operator:reconcile', 'Reconciliation failed: Upvest answered 503');

test('the outcome is the first one after the decision, a failure too (14.57)', () => {
  const earlier = [requested, entry('operator:reconcile', 'Reconciled: no change')];
  const between = entry('emission:accepted', 'ESW has it');
  expect(outcomeIn([...earlier, requested], 'reconcile', 'operator:reconcile')).toBeUndefined();
  expect(outcomeIn([...earlier, requested, between, failed], 'reconcile', 'operator:reconcile')).toBe(failed);
});

test('without the decision there is no outcome', () => {
  expect(outcomeIn([failed], 'reconcile', 'operator:reconcile')).toBeUndefined();
});

test('what ESW answers is the outcome of a resend, whatever it is', () => {
  const resent = entry('operator:retry-emission', 'Resent NEW', 'ada');
  for (const rule of ['emission:accepted', 'emission:refused', 'emission:paused', 'emission:delayed']) {
    const answer = entry(rule, 'so it is');
    expect(outcomeIn([answer, resent, answer], 'retry-emission', 'operator:retry-emission')).toBe(answer);
    expect(outcomeIn([answer, resent], 'retry-emission', 'operator:retry-emission')).toBeUndefined();
  }
});
