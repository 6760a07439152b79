import { changedFacts } from '../broker/changed-facts';
import type { Observation } from '../broker/observation';
import type { PortfolioOrderRecord } from '../broker/record';
import { TRANSITION_KINDS } from '../broker/status-tables';
import { applyWithFindings } from '../findings/new-findings';
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
    const applied = applyWithFindings(current, observation, amountTolerance);
    current = applied.record;
    const moves = applied.transitions.filter(({ rule }) => TRANSITION_KINDS[rule.verdict].moves);
    const findings = applied.findings.filter(({ code }) => code !== 'SKIPPED_STATE');
    news.push(...moves.map(nameOf));
    news.push(...findings.map((finding) => finding.message));
  }
  return [...news, ...changedFacts(record, current)];
}
