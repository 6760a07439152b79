/**
 * references/esw.md#amounts, rules 1 to 3: amounts are exact from the broker's text to the digits on the wire, or the
 * event is not built. These tests calculate with integers and read amounts from the body as text.
 */
import { array, assert, bigInt, constantFrom, integer, property, record as planOf, tuple } from 'fast-check';
import { InexactAmountError } from '../../../src/domain/values/decimal';
import { isUnbuildable } from '../../../src/domain/order-event/build';
import { OverlongTextError } from '../../../src/domain/order-event/limits';
import type { Observation } from '../../../src/domain/broker/observation';
import { bytes, child, whole } from './built-events';
import { decimal, RUNS } from '../values/decimals';
import { childId, execution, executionId, order, portfolioOrder, recordOf } from '../samples';

const SCALE = 6;

/** `millionths` as a decimal amount with trailing zeros. */
function amountOf(millionths: bigint, zeros: number): string {
  return decimal(millionths, SCALE) + '0'.repeat(zeros);
}

/** `millionths` as the shortest decimal. */
function printed(millionths: bigint): string {
  return decimal(millionths, SCALE).replace(/\.?0+$/, '');
}

const significantDigits = (millionths: bigint): number =>
  printed(millionths).replace(/\D/g, '').replace(/^0+/, '').length;

/** Name and digits of each charge of the only currency, without conversion to a JavaScript number. */
function digitsOf(body: string): [name: string, digits: string][] {
  const [, list = ''] = /"balancesInCurrency":\[\{"type":"OrderBalance","charges":\[(.*?)\]/.exec(body) ?? [];
  return [...list.matchAll(/"name":"(\w+)","value":\{"currency":"EUR","amount":([^}]*)\}/g)].map(
    ([, name = '', digits = '']): [string, string] => [name, digits],
  );
}

const trades = array(
  planOf({
    millionths: bigInt(0n, 10n ** 15n - 1n),
    zeros: integer({ min: 0, max: 3 }),
    status: constantFrom('FILLED', 'SETTLED', 'CANCELLED'),
  }),
  { minLength: 1, maxLength: 6 },
);
const orderedAmounts = tuple(bigInt(1n, 10n ** 15n - 1n), integer({ min: 0, max: 3 }));

function observationsOf(
  [ordered, zeros]: [bigint, number],
  fills: { millionths: bigint; zeros: number; status: string }[],
): Observation[] {
  const cashAmount = amountOf(ordered, zeros);
  return [
    portfolioOrder('PROCESSING', { cashAmount }),
    order('PROCESSING', { cashAmount, currency: 'EUR' }),
    ...fills.map((one, index) =>
      execution(one.status, {
        id: executionId(index + 1),
        cashAmount: amountOf(one.millionths, one.zeros),
      }),
    ),
  ];
}

const total = (fills: { millionths: bigint; status: string }[], ...statuses: string[]): bigint =>
  fills.filter((one) => statuses.includes(one.status)).reduce((all, one) => all + one.millionths, 0n);

test.each([
  ['portfolio order', whole('PROCESSING')],
  ['order', child('PROCESSING')],
])('amounts of a %s print as the exact sums', (_, topic) => {
  assert(
    property(orderedAmounts, trades, (ordered, fills) => {
      const [whole_] = ordered;
      const settled = total(fills, 'SETTLED');
      const expected: [string, bigint][] = [
        ['Ordered', whole_],
        ['Executed', total(fills, 'FILLED', 'SETTLED')],
        ['Settled', settled],
        ['BalanceDue', whole_ > settled ? whole_ - settled : 0n],
      ];
      const build = (): string => bytes(recordOf(...observationsOf(ordered, fills)), topic);
      if (expected.some(([, amount]) => significantDigits(amount) > 15)) {
        expect(build).toThrow(InexactAmountError);
        return;
      }
      const body = build();
      expect(digitsOf(body)).toEqual(expected.map(([name, amount]) => [name, printed(amount)]));
      expect(body).toContain(`"CashAmount","value":{"currency":"EUR","amount":${printed(whole_)}}`);
    }),
    RUNS,
  );
});

test('no event with more than 15 significant digits or 6 decimals is built', () => {
  const units = bigInt(1n, 10n ** 18n).filter((one) => one % 10n !== 0n);
  assert(
    property(units, integer({ min: 0, max: 12 }), (one, scale) => {
      const cashAmount = decimal(one, scale);
      const isExact = scale <= 6 && one.toString().length <= 15;
      const build = (): string => bytes(recordOf(portfolioOrder('NEW', { cashAmount })), whole('NEW'));
      if (isExact) expect(digitsOf(build())[0]).toEqual(['Ordered', cashAmount.replace(/^0+(?=\d)/, '')]);
      else expect(build).toThrow(InexactAmountError);
    }),
    { numRuns: 1000 },
  );
});

test('the example of the reference: 450.10 and 299.95 and 249.92 are 999.97', () => {
  const fills = ['450.10', '299.95', '249.92'].map((cashAmount, index) =>
    execution('SETTLED', { id: executionId(index + 1), cashAmount }),
  );
  const body = bytes(recordOf(portfolioOrder('SETTLED'), ...fills), whole('SETTLED'));
  expect(digitsOf(body)).toContainEqual(['Executed', '999.97']);
  expect(body).toContain('"amount":1000}');
});

test('amounts that are inexact alone may have an exact sum', () => {
  const fills = [1, 2].map((n) =>
    execution('FILLED', { id: executionId(n), of: childId(n), cashAmount: '0.0000005' }),
  );
  const record = recordOf(portfolioOrder('PROCESSING'), order('FILLED'), ...fills);
  expect(digitsOf(bytes(record, whole('PROCESSING')))).toContainEqual(['Executed', '0.000001']);
  expect(() => bytes(record, child('FILLED'))).toThrow(InexactAmountError);
});

test('the errors are recognised as errors of data, not of code', () => {
  expect(isUnbuildable(new InexactAmountError('1.0000001'))).toBe(true);
  expect(isUnbuildable(new OverlongTextError('aggregateIds.value', 257))).toBe(true);
  expect(isUnbuildable(new Error('other'))).toBe(false);
});
