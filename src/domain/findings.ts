/**
 * Findings: what a human or the reconciler has to know about a record. They are computed from the record alone, so they
 * converge as the record does and need no storage.
 */
import {
  executionLifecycle,
  orderLifecycle,
  portfolioOrderLifecycle,
  type Lifecycle,
  type Subject,
} from './lifecycle';
import { executionsOf, type PortfolioOrderRecord, type Row } from './record';
import { UUID } from './uuid';

export const FINDING_CODES = [
  /** A status was reached and one on the way to it was never observed. */
  'SKIPPED_STATE',
  /** Two statuses were observed that exclude each other. */
  'CONTRADICTION',
  /** A filled execution was cancelled. */
  'MISTRADE',
  /** A status word that our tables do not know. */
  'UNKNOWN_STATUS',
  /** The portfolio order is cancelled or has cancelled children, and some children are filled. */
  'MIXED_OUTCOME',
  /** The broker refused to cancel a child order. */
  'CANCELLATION_REFUSED',
  /** An id of the broker's that is no UUID, although all are documented as such. */
  'IRREGULAR_ID',
  /** The broker sent something for a time that cannot be read. */
  'UNREADABLE_TIME',
] as const;

export type FindingCode = (typeof FINDING_CODES)[number];

export interface Finding {
  code: FindingCode;
  subject: Subject;
  id: string;
  /** One sentence for humans. */
  message: string;
}

/** Codes that somebody has to look at; the others explain. */
const NEEDS_ATTENTION: ReadonlySet<FindingCode> = new Set([
  'CONTRADICTION',
  'MISTRADE',
  'UNKNOWN_STATUS',
  'MIXED_OUTCOME',
]);

export function needsAttention(finding: Finding): boolean {
  return NEEDS_ATTENTION.has(finding.code);
}

/** All findings about the present state of a record, portfolio order first, then children in order of first sight. */
export function findingsOf(record: PortfolioOrderRecord): Finding[] {
  return [
    ...rowFindings(portfolioOrderLifecycle, record.portfolioOrderId, record),
    ...mixedOutcome(record),
    ...record.orders.flatMap((order) => [
      ...rowFindings(orderLifecycle, order.id, order),
      ...(order.cancellationRefused ? [refusal(order.id, order.cancellationRefused.reason)] : []),
    ]),
    ...executionsOf(record).flatMap((execution) => [
      ...rowFindings(executionLifecycle, execution.id, execution),
      ...(execution.status === 'CANCELLED' ? [mistrade(execution.id)] : []),
    ]),
  ];
}

/** The statuses on the way to the present one that were never observed, in order. */
export function skippedStatuses<S extends string>(lifecycle: Lifecycle<S>, row: Row<S>, status: S): S[] {
  return lifecycle.path[status].filter((earlier) => row.reached[earlier] === undefined);
}

function rowFindings<S extends string>(lifecycle: Lifecycle<S>, id: string, row: Row<S>): Finding[] {
  const { subject } = lifecycle;
  const findings: Finding[] = [];
  if (row.status !== undefined) {
    const skipped = skippedStatuses(lifecycle, row, row.status);
    // Children are often first seen inside a snapshot; only the portfolio order's own gaps mean a lost webhook.
    if (skipped.length > 0 && subject === 'portfolio-order') {
      findings.push({
        code: 'SKIPPED_STATE',
        subject,
        id,
        message: `${row.status} was seen, ${skipped.join(', ')} was not`,
      });
    }
  }
  for (const step of lifecycle.steps) {
    if (step.verdict !== 'contradicts' || step.from === 'START') continue;
    if (row.reached[step.from] && row.reached[step.to]) {
      findings.push({
        code: 'CONTRADICTION',
        subject,
        id,
        message: `both ${step.from} and ${step.to} were reported`,
      });
    }
  }
  if (!UUID.test(id)) {
    findings.push({ code: 'IRREGULAR_ID', subject, id, message: 'the id is no UUID' });
  }
  if (row.unreadableTimes !== undefined) {
    const message = `could not be read as a time: ${row.unreadableTimes.join(', ')}`;
    findings.push({ code: 'UNREADABLE_TIME', subject, id, message });
  }
  for (const word of row.unknownStatuses ?? []) {
    findings.push({
      code: 'UNKNOWN_STATUS',
      subject,
      id,
      message: `the broker reported the unknown status "${word}"`,
    });
  }
  return findings;
}

function mixedOutcome(record: PortfolioOrderRecord): Finding[] {
  const filled = record.orders.filter(
    (order) => order.status === 'FILLED' || order.executions.length > 0,
  ).length;
  const cancelled = record.orders.filter((order) => order.status === 'CANCELLED').length;
  const isMixed = filled > 0 && (cancelled > 0 || record.status === 'CANCELLED');
  if (!isMixed) return [];
  const message = `${filled} of ${record.orders.length} orders have executions, ${cancelled} are cancelled`;
  return [{ code: 'MIXED_OUTCOME', subject: 'portfolio-order', id: record.portfolioOrderId, message }];
}

function mistrade(id: string): Finding {
  return {
    code: 'MISTRADE',
    subject: 'execution',
    id,
    message: 'the execution was filled and later cancelled',
  };
}

function refusal(id: string, reason: string | undefined): Finding {
  const message = `the broker refused to cancel${reason === undefined ? '' : `: ${reason}`}`;
  return { code: 'CANCELLATION_REFUSED', subject: 'order', id, message };
}
