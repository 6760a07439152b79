import { changedFacts } from '../broker/changed-facts';
import type { Observation } from '../broker/observation';
import type { PortfolioOrderRecord } from '../broker/record';
import { TRANSITION_KINDS } from '../broker/status-tables';
import { applyObservation } from '../broker/apply-observation';
import { findingKey, findingsOf } from '../findings/findings';
import { nameOf } from '../outbox/outbox';

/**
 * What observations add to the record of a finished order, one phrase each: statuses that it had not reached, findings, and
 * every fact that differs. Empty for redeliveries and for late webhooks about what the record already knows, which are
 * normal.
 */
export function lateNews(
  record: PortfolioOrderRecord,
  observations: Observation[],
  amountTolerance: string,
): string[] {
  let current = record;
  const news: string[] = [];
  for (const observation of observations) {
    const applied = applyObservation(current, observation);
    current = applied.record;
    const moves = applied.transitions.filter(({ rule }) => TRANSITION_KINDS[rule.verdict].moves);
    news.push(...moves.map(nameOf));
  }
  // Once for all observations: the findings of a large record cost more than applying one.
  const known = new Set(findingsOf(record, amountTolerance).map(findingKey));
  const findings = findingsOf(current, amountTolerance).filter(
    (finding) => finding.code !== 'SKIPPED_STATE' && !known.has(findingKey(finding)),
  );
  news.push(...findings.map(({ message }) => message));
  return [...news, ...changedFacts(record, current)];
}
