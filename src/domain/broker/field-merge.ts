/**
 * Merges facts: the details of an object other than its status, such as amounts, reasons and dates. Each field is a
 * last-writer-wins register:
 *
 * - A field has the value of the newest report **that contains the field**. Fields that a newer report leaves out stay.
 * - Of two reports at the same time, or both without a time, the greater text wins (by UTF-16 code units, `false` below
 *   `true`); of snapshot statuses, the higher rank. The choice is arbitrary, but independent of the order of arrival.
 * - A report without a time counts as older than all that have one.
 *
 * So each field has the greatest pair of time and value ever reported, which depends neither on order nor on repetition.
 * Facts converge as statuses do, and no store of event ids is needed.
 *
 * Stored are the time of the newest report (`updatedAt`, or `reportedAt` for executions, which carry no time of change: see
 * `execution-merge.ts`) and, in `fieldTimes`, the times of fields with an older value. Most snapshots contain all fields, so
 * `fieldTimes` is mostly absent.
 */

import { ORDER_STATUSES, PORTFOLIO_ORDER_STATUSES } from './status-tables';
import { own } from '../values/own';

/** Stands for the time of a report without one: before every other. */
export const EPOCH = '';

type Fact = string | boolean | undefined;

/** How the facts of one kind of object are merged. */
interface FactFields {
  /** Names of the fields. */
  fields: readonly string[];
  /** Member that holds the time of the newest report. */
  timeField: 'updatedAt' | 'reportedAt';
  /** Statuses that `snapshot` can have, lowest rank first. */
  snapshotRanks?: readonly string[];
}

export const PORTFOLIO_ORDER_FACTS = {
  fields: [
    'accountId',
    'cashAmount',
    'currency',
    'type',
    'postTax',
    'initiationFlow',
    'allocationId',
    'clientReference',
    'createdAt',
    'cancellationReason',
    'cancellationDetails',
    'snapshot',
  ],
  timeField: 'updatedAt',
  snapshotRanks: PORTFOLIO_ORDER_STATUSES,
} as const satisfies FactFields;

export const ORDER_FACTS = {
  fields: [
    'side',
    'instrumentId',
    'cashAmount',
    'quantity',
    'currency',
    'fee',
    'cancellationReason',
    'snapshot',
  ],
  timeField: 'updatedAt',
  snapshotRanks: ORDER_STATUSES,
} as const satisfies FactFields;

export const EXECUTION_FACTS = {
  fields: [
    'side',
    'cashAmount',
    'currency',
    'shareQuantity',
    'price',
    'taxes',
    'transactionTime',
    'settlementDate',
  ],
  timeField: 'reportedAt',
} as const satisfies FactFields;

interface Timestamped {
  updatedAt?: string;
  reportedAt?: string;
  fieldTimes?: Record<string, string>;
}

/** Merges the fields of a report made at `time`. Members of `report` that are not among `kind.fields` are ignored. */
export function withFacts<R extends Timestamped>(
  entity: R,
  kind: FactFields,
  report: object,
  time: string,
): R {
  const known = entity as unknown as Readonly<Record<string, Fact>>;
  const reported = report as Readonly<Record<string, Fact>>;
  const knownTime = entity[kind.timeField] ?? EPOCH;
  const newestTime = time > knownTime ? time : knownTime;
  const values: Record<string, Fact> = {};
  const times: Record<string, string> = {};
  for (const field of kind.fields) {
    const fieldTime = own(entity.fieldTimes ?? {}, field) ?? knownTime;
    const before = own(known, field);
    const after = own(reported, field);
    const takesReported =
      after !== undefined &&
      (before === undefined ||
        time > fieldTime ||
        (time === fieldTime && isGreater(kind, field, after, before)));
    const value = takesReported ? after : before;
    if (value === undefined) continue;
    values[field] = value;
    const valueTime = takesReported ? time : fieldTime;
    if (valueTime !== newestTime) times[field] = valueTime;
  }
  const { fieldTimes, ...rest } = entity;
  return {
    ...rest,
    ...values,
    ...(newestTime !== EPOCH && { [kind.timeField]: newestTime }),
    ...(Object.keys(times).length > 0 && { fieldTimes: times }),
  } as R;
}

function isGreater({ snapshotRanks }: FactFields, field: string, value: Fact, than: Fact): boolean {
  const [a, b] = [String(value), String(than)];
  return field === 'snapshot' && snapshotRanks !== undefined
    ? snapshotRanks.indexOf(a) > snapshotRanks.indexOf(b)
    : a > b;
}
