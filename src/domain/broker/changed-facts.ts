/** Compares two records of one portfolio order by every fact that is kept: amounts, prices, dates, reasons. */
import { EXECUTION_FACTS, ORDER_FACTS, PORTFOLIO_ORDER_FACTS } from './field-merge';
import { executionsOf, type PortfolioOrderRecord } from './record';
import type { Subject } from './status-tables';
import { isDecimal, sameAmount } from '../values/decimal';

/**
 * What differs in the facts of objects that both records know, one phrase each: `execution 4f…: price 144.24 → 145.00`.
 * Statuses, and the times and sources of reports, are not facts. Amounts are equal in any notation.
 */
export function changedFacts(before: PortfolioOrderRecord, after: PortfolioOrderRecord): string[] {
  const { portfolioOrderId: id } = after;
  return [
    ...changesOf('portfolio-order', PORTFOLIO_ORDER_FACTS, [{ ...before, id }], [{ ...after, id }]),
    ...changesOf('order', ORDER_FACTS, before.orders, after.orders),
    ...changesOf('execution', EXECUTION_FACTS, executionsOf(before), executionsOf(after)),
  ];
}

function changesOf(
  subject: Subject,
  { fields }: { fields: readonly string[] },
  before: readonly { id: string }[],
  after: readonly { id: string }[],
): string[] {
  const earlier = new Map(before.map((one) => [one.id, one]));
  return after.flatMap((entity) => {
    const known = earlier.get(entity.id);
    if (known === undefined || known === entity) return [];
    const old = known as unknown as Readonly<Record<string, unknown>>;
    const current = entity as unknown as Readonly<Record<string, unknown>>;
    return fields
      .filter((field) => field !== 'snapshot' && !isSame(old[field], current[field]))
      .map(
        (field) => `${subject} ${entity.id}: ${words(field)} ${text(old[field])} → ${text(current[field])}`,
      );
  });
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string' && isDecimal(a) && isDecimal(b)) return sameAmount(a, b);
  return a === b;
}

function words(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function text(value: unknown): string {
  return value === undefined ? 'unknown' : String(value);
}
