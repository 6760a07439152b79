import { applyObservation, type ApplyResult } from '../broker/apply-observation';
import type { Observation } from '../broker/observation';
import type { PortfolioOrderRecord } from '../broker/record';
import { DEFAULT_AMOUNT_TOLERANCE, findingKey, findingsOf, type Finding } from './findings';

/** Result of an observation, with the findings that it raised. */
export interface ApplyResultWithFindings extends ApplyResult {
  /** Findings that the record did not have before. */
  findings: Finding[];
}

/**
 * Applies one observation and determines the new findings. Not for hot paths: computing the findings of 500 children costs
 * more than applying the observation. For `amountTolerance` see `findingsOf`.
 */
export function applyWithFindings(
  record: PortfolioOrderRecord,
  observation: Observation,
  amountTolerance = DEFAULT_AMOUNT_TOLERANCE,
): ApplyResultWithFindings {
  const changed = applyObservation(record, observation);
  const known = new Set(findingsOf(record, amountTolerance).map(findingKey));
  const findings = findingsOf(changed.record, amountTolerance).filter(
    (finding) => !known.has(findingKey(finding)),
  );
  return { ...changed, findings };
}
