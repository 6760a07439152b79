/** Compares two records of one portfolio order by every fact that is kept: amounts, prices, dates, reasons. */
import { EXECUTION_FACTS, ORDER_FACTS, PORTFOLIO_ORDER_FACTS } from './field-merge';
import { executionsOf, type PortfolioOrderRecord } from './record';
import type { Subject } from './status-tables';
import { isDecimal, sameAmount } from '../values/decimal';
import { own } from '../values/own';

/**
 * What differs in the facts of objects that both records know, one phrase each: `execution 4f…: price 144.24 → 145.00`.
 * Statuses, and the times and sources of reports, are not facts. Amounts are equal in any notation. A fee of zero changes
 * nothing where none was known: records of older code have no fees.
 */
export function changedFacts(before: PortfolioOrderRecord, after: PortfolioOrderRecord): string[] {
  const { portfolioOrderId: id } = after;
  return [
    ...changesOf('portfolio-order', PORTFOLIO_ORDER_FACTS, [{ ...before, id }], [{ ...after, id }]),
    ...changesOf('order', ORDER_FACTS, before.orders, after.orders),
    ...changesOf('execution', EXECUTION_FACTS, executionsOf(before), executionsOf(after)),
  ];
}

type Fact = string | boolean | undefined;
type Facts = Readonly<Record<string, Fact>>;

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
    const [old, current] = [known, entity] as unknown as [Facts, Facts];
    return fields.flatMap((field) => {
      const [a, b] = [own(old, field), own(current, field)];
      if (field === 'snapshot' || isSame(a, b) || (field === 'fee' && isSame(a ?? '0', b ?? '0'))) return [];
      return [`${subject} ${entity.id}: ${words(field)} ${text(a)} → ${text(b)}`];
    });
  });
}

function isSame(a: Fact, b: Fact): boolean {
  if (typeof a === 'string' && typeof b === 'string' && isDecimal(a) && isDecimal(b)) return sameAmount(a, b);
  return a === b;
}

function words(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function text(value: Fact): string {
  return value === undefined ? 'unknown' : String(value);
}
