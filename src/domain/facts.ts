/**
 * Facts: the details of an object that are no status, such as amounts, reasons and dates. They may change, so each one is
 * a register in which the last writer wins:
 *
 * - The value of a field is the one that the newest telling **of that field** gave. What a newer telling leaves out stays.
 * - Told in the same moment, or both without a time, the greater text wins (by UTF-16 code units, `false` below `true`);
 *   of statuses, the higher rank. Which of the two is right nobody can know; what matters is that it does not depend on
 *   who comes first.
 * - A telling without a time counts as older than all that have one.
 *
 * For each field that is the greatest pair of time and text ever told, and the greatest of a set depends neither on the
 * order nor on repetition. So facts converge as statuses do, and no store of event ids is needed.
 *
 * Stored are the time of the newest telling (`updatedAt`, or `toldAt` for executions, which have no time of change of
 * their own: see `executions.ts`) and, in `older`, the times of those fields whose value is older than that. Snapshots mostly have all fields,
 * so there is mostly no `older`.
 */

import { ORDER_STATUSES, PORTFOLIO_ORDER_STATUSES } from './lifecycle';

/** The time of tellings without one: before every other. */
export const UNDATED = '';

type Fact = string | boolean | undefined;

interface Facts {
  /** Names of the fields that are facts of this kind of row. */
  fields: readonly string[];
  /** Which member of the row holds the time of the newest telling. */
  clock: 'updatedAt' | 'toldAt';
  /** The rank order of `shown`, lowest first, where this kind of row has it. */
  ranks?: readonly string[];
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
    'shown',
  ],
  clock: 'updatedAt',
  ranks: PORTFOLIO_ORDER_STATUSES,
} as const satisfies Facts;

export const ORDER_FACTS = {
  fields: ['side', 'instrumentId', 'cashAmount', 'quantity', 'currency', 'cancellationReason', 'shown'],
  clock: 'updatedAt',
  ranks: ORDER_STATUSES,
} as const satisfies Facts;

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
  clock: 'toldAt',
} as const satisfies Facts;

interface Dated {
  updatedAt?: string;
  toldAt?: string;
  older?: Record<string, string>;
}

/** Joins what was told at `time` into the row. Members of `told` that are no facts of this kind of row are left out. */
export function withFacts<R extends Dated>(row: R, kind: Facts, told: object, time: string): R {
  const known = row as unknown as Readonly<Record<string, Fact>>;
  const news = told as Readonly<Record<string, Fact>>;
  const knownTime = row[kind.clock] ?? UNDATED;
  const newestTime = time > knownTime ? time : knownTime;
  const values: Record<string, Fact> = {};
  const times: Record<string, string> = {};
  for (const field of kind.fields) {
    const fieldTime = row.older?.[field] ?? knownTime;
    const takesNews =
      news[field] !== undefined &&
      (known[field] === undefined ||
        time > fieldTime ||
        (time === fieldTime && isGreater(kind, field, news[field], known[field])));
    const value = takesNews ? news[field] : known[field];
    if (value === undefined) continue;
    values[field] = value;
    const valueTime = takesNews ? time : fieldTime;
    if (valueTime !== newestTime) times[field] = valueTime;
  }
  const { older, ...rest } = row;
  return {
    ...rest,
    ...values,
    ...(newestTime !== UNDATED && { [kind.clock]: newestTime }),
    ...(Object.keys(times).length > 0 && { older: times }),
  } as R;
}

function isGreater({ ranks }: Facts, field: string, value: Fact, than: Fact): boolean {
  const [a, b] = [String(value), String(than)];
  return field === 'shown' && ranks !== undefined ? ranks.indexOf(a) > ranks.indexOf(b) : a > b;
}
