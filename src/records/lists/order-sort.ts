/** How a list is sorted: one part of it after the other, each in the order of an index; and positions between two rows. */
import { sql } from 'kysely';
import { LISTED_TIMES, type OrderFilter, type OrderSort } from '../../app/ports/order-list';
import { isDecimal } from '../../domain/values/decimal';
import { decodePosition, encodePosition, isInstant, unreadablePosition } from './positions';
import { IS_FINISHED, IS_OPEN, isId, TIME_COLUMNS, type Condition } from './conditions';

/** Rows that meet a condition, in the order of a column and, for equal values, of the row's id. */
export interface SortedPart {
  where: Condition | undefined;
  column: Condition;
  /** Of the column's values in SQL. */
  kind: 'timestamptz' | 'numeric' | 'text';
  direction: 'asc' | 'desc';
}

/** The parts, first to last. A part that the filter leaves empty is left out. */
export function partsOf(filter: OrderFilter, sort = sortBy(filter)): SortedPart[] {
  if (sort === 'state') {
    const open: SortedPart = {
      where: IS_OPEN,
      column: sql`opened_at`,
      kind: 'timestamptz',
      direction: 'desc',
    };
    const finished: SortedPart = { ...open, where: IS_FINISHED, column: sql`finished_at` };
    const isOpen = filter.open ?? (filter.phase === undefined ? undefined : !isFinishedPhase(filter.phase));
    return [...(isOpen === false ? [] : [open]), ...(isOpen === true ? [] : [finished])];
  }
  if (sort === 'reference')
    return [{ where: undefined, column: sql`reference`, kind: 'text', direction: 'asc' }];
  const { by, direction } = sort;
  const column = by === 'amount' ? sql`ordered` : TIME_COLUMNS[by];
  const kind = by === 'amount' ? 'numeric' : 'timestamptz';
  const isAlwaysThere = by === 'opened' || by === 'changed';
  const known: SortedPart = {
    where: isAlwaysThere ? undefined : sql`${column} is not null`,
    column,
    kind,
    direction,
  };
  const isFiltered = by === 'amount' ? filter.amount !== undefined : filter.times?.[by] !== undefined;
  if (isAlwaysThere || isFiltered) return [known];
  const unknown: SortedPart = {
    where: sql`${column} is null`,
    column: sql`opened_at`,
    kind: 'timestamptz',
    direction: 'desc',
  };
  return [known, unknown];
}

const isFinishedPhase = (phase: OrderFilter['phase']): boolean => phase === 'FINISHED' || phase === 'REFUSED';

/**
 * Without a sort of its own, a list is sorted by the time that filters it: another order would pass all newer orders first, row
 * by row, since times of an order lie close together. References that begin alike lie together as well.
 */
function sortBy({ times = {}, search }: OrderFilter): OrderSort | 'state' | 'reference' {
  if (search !== undefined && !isId(search)) return 'reference';
  const by = LISTED_TIMES.toReversed().find((time) => times[time] !== undefined);
  return by === undefined ? 'state' : { by, direction: 'desc' };
}

/** The last row of a page. */
export interface Position {
  /** Index of the part. */
  part: number;
  /** Its value of the part's column, as PostgreSQL writes it; microseconds would be lost in a `Date`. */
  value: string;
  id: number;
}

export function writePosition({ part, value, id }: Position): string {
  return encodePosition([part, value, id]);
}

/** @throws UnreadablePosition */
export function readPosition(text: string, parts: readonly SortedPart[]): Position {
  const [part, value, id] = decodePosition(text);
  const sorted = typeof part === 'number' ? parts[part] : undefined;
  const isReadable =
    sorted !== undefined &&
    typeof value === 'string' &&
    FORMS[sorted.kind](value) &&
    Number.isSafeInteger(id);
  if (!isReadable) throw unreadablePosition();
  return { part: part as number, value, id: id as number };
}

const FORMS: Readonly<Record<SortedPart['kind'], (value: string) => boolean>> = {
  timestamptz: isInstant,
  numeric: isDecimal,
  text: (value) => /^[\x21-\x7e]{1,200}$/.test(value),
};

/** The rows behind a position of the part. */
export function after({ column, kind, direction }: SortedPart, { value, id }: Position): Condition {
  const position = sql`(${value}::${sql.raw(kind)}, ${id}::bigint)`;
  return direction === 'asc' ? sql`(${column}, id) > ${position}` : sql`(${column}, id) < ${position}`;
}
