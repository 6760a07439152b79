/** Reports about thousands of rows: the same result as by a search for each, at a cost that grows as their number does. */
import fc from 'fast-check';
import { applyObservation } from '../../../src/domain/broker/apply-observation';
import { emptyRecord } from '../../../src/domain/broker/record';
import { rowOf, sortLast, withReports } from '../../../src/domain/broker/rows';
import { childId, executionId, facts, order, PORTFOLIO_ORDER, portfolioOrder } from '../samples';

interface Row {
  id: string;
  seen: string[];
}
interface Report {
  id: string;
  what: string;
}

const see = (known: Row | undefined, { id, what }: Report, number: number): Row => ({
  id,
  seen: [...(known?.seen ?? [String(number)]), what],
});
const reports = fc.array(
  fc.record({ id: fc.integer({ max: 60, min: 0 }).map(String), what: fc.string({ maxLength: 1 }) }),
  { maxLength: 80 },
);

it('are merged as if each row were searched for, in one list or in many, from whichever list it goes on', () => {
  fc.assert(
    fc.property(reports, reports, reports, (first, abandoned, second) => {
      const expected: Row[] = [];
      for (const report of [...first, ...second]) {
        const position = expected.findIndex(({ id }) => id === report.id);
        if (position === -1) expected.push(see(undefined, report, expected.length + 1));
        else expected[position] = see(expected[position], report, position + 1);
      }
      const middle = withReports<Row, Report>([], first, see);
      withReports(middle, abandoned, see);
      const oneByOne = second.reduce((rows, report) => withReports(rows, [report], see), middle);
      expect(withReports(middle, second, see)).toEqual(expected);
      expect(oneByOne).toEqual(expected);
      for (const row of expected) expect(rowOf(oneByOne, row.id)).toEqual(row);
      expect(rowOf(oneByOne, 'unknown')).toBeUndefined();
    }),
  );
});

it('put a last row into its place', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), fc.string(), (ids, last) => {
      const rows = [...ids.sort(), last].map((id) => ({ id }));
      sortLast(rows);
      expect(rows.map(({ id }) => id)).toEqual([...ids, last].sort());
    }),
  );
});

describe('a report of rows that are all known', () => {
  /** The rows, with every read of an id counted. Changed rows count no more, so that reports begin with the last one. */
  function counted<R extends { id: string }>(rows: R[], reads: { count: number }): R[] {
    return rows.toReversed().map((row) =>
      Object.defineProperty({ ...row }, 'id', {
        enumerable: true,
        get: () => {
          reads.count += 1;
          return row.id;
        },
      }),
    );
  }

  it.each([500, 4000])('reads each of %i children a few times, never each for each (14.29)', (size) => {
    const orders = Array.from({ length: size }, (_, n) => ({ id: childId(n), status: 'NEW' }));
    const { record } = applyObservation(emptyRecord(PORTFOLIO_ORDER), portfolioOrder('NEW', { orders }));
    const reads = { count: 0 };
    const known = { ...record, orders: counted(record.orders, reads) };
    const filled = orders.map((one) => ({ ...one, status: 'FILLED' }));
    const after = applyObservation(known, portfolioOrder('FILLED', { orders: filled }));
    expect(after.transitions).toHaveLength(size + 1);
    expect(reads.count).toBeGreaterThan(0);
    expect(reads.count).toBeLessThan(6 * size);
  });

  it.each([500, 4000])('reads each of %i executions a few times, never each for each (14.29)', (size) => {
    const executions = Array.from({ length: size }, (_, n) => facts('FILLED', { id: executionId(n) }));
    const { record } = applyObservation(emptyRecord(PORTFOLIO_ORDER), order('FILLED', { executions }));
    const reads = { count: 0 };
    const [child] = record.orders;
    if (child === undefined) throw new Error('The order has no child.');
    const known = { ...record, orders: [{ ...child, executions: counted(child.executions, reads) }] };
    const settled = executions.map((one) => ({ ...one, status: 'SETTLED' }));
    applyObservation(known, order('FILLED', { executions: settled }));
    expect(reads.count).toBeGreaterThan(0);
    expect(reads.count).toBeLessThan(6 * size);
  });
});
