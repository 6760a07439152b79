/**
 * references/esw.md#amounts, rules 1 to 3: amounts are exact from the broker's text to the digits on the wire; those that no
 * JSON number holds are text. These tests calculate with integers and read amounts from the body as text.
 */
import { array, assert, bigInt, constantFrom, integer, property, record as planOf, tuple } from 'fast-check';
import { canonical, InexactAmountError } from '../../../src/domain/values/decimal';
import { isUnbuildable } from '../../../src/domain/order-event/build';
import { OverlongTextError } from '../../../src/domain/order-event/limits';
import type { Observation } from '../../../src/domain/broker/observation';
import { balances, build, bytes, child, namesOf, valueOf, whole } from './built-events';
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

/** Name and text of each balance that is text. */
function textsOf(body: string): [name: string, text: string][] {
  return [...body.matchAll(/"name":"(\w+-EUR)","value":"([^"]*)"/g)]
    .map(([, name = '', text = '']): [string, string] => [name, text])
    .filter(([name]) => name !== 'CashAmount-EUR');
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
      const body = bytes(recordOf(...observationsOf(ordered, fills)), topic);
      const isLong = ([, amount]: [string, bigint]): boolean => significantDigits(amount) > 15;
      expect(digitsOf(body)).toEqual(
        expected.filter((one) => !isLong(one)).map(([name, amount]) => [name, printed(amount)]),
      );
      expect(textsOf(body).map(([name, text]) => [name, canonical(text)])).toEqual(
        expected.filter(isLong).map(([name, amount]) => [`${name}-EUR`, printed(amount)]),
      );
      if (!isLong(['CashAmount', whole_]))
        expect(body).toContain(`"CashAmount","value":{"currency":"EUR","amount":${printed(whole_)}}`);
    }),
    RUNS,
  );
});

test('an amount of any digits reaches ESW exactly: as number up to 15 digits, else as text (14.8)', () => {
  const units = bigInt(1n, 10n ** 18n).filter((one) => one % 10n !== 0n);
  assert(
    property(units, integer({ min: 0, max: 27 }), (one, scale) => {
      const cashAmount = decimal(one, scale);
      const event = build(recordOf(portfolioOrder('NEW', { cashAmount })), whole('NEW'));
      const body = JSON.stringify(event);
      const text = valueOf(event.metadataItems, 'Ordered-EUR');
      if (text === undefined)
        expect(digitsOf(body)[0]).toEqual(['Ordered', cashAmount.replace(/^0+(?=\d)/, '')]);
      else {
        expect(text).toBe(cashAmount);
        expect(one.toString().length > 15 || scale > 6).toBe(true);
        expect(valueOf(event.metadataItems, 'AmountsOmitted')).toBe('3');
        expect([event.orderCharges, event.balances]).toEqual([undefined, undefined]);
      }
    }),
    { numRuns: 1000 },
  );
});

test('runs of earlier rules build no event with more than 15 significant digits or 6 decimals', () => {
  const build = (cashAmount: string): string =>
    bytes(recordOf(portfolioOrder('NEW', { cashAmount })), whole('NEW'), { revision: 4 });
  expect(digitsOf(build('123456789.012345'))[0]).toEqual(['Ordered', '123456789.012345']);
  expect(() => build('250.1234567')).toThrow(InexactAmountError);
  expect(() => build('1234567890.123456')).toThrow(InexactAmountError);
});

test.each<[string, number]>([
  ['250.1234567', 250.1234567],
  ['0.000001', 0.000001],
])('7 decimals are no obstacle: %s is sent as %d (14.8)', (cashAmount, amount) => {
  const event = build(recordOf(portfolioOrder('NEW', { cashAmount })), whole('NEW'));
  expect(balances(event).EUR?.[0]).toEqual(['Ordered', amount]);
  expect(namesOf(event.metadataItems)).not.toContain('AmountsOmitted');
});

test('the example of the reference: 450.10 and 299.95 and 249.92 are 999.97', () => {
  const fills = ['450.10', '299.95', '249.92'].map((cashAmount, index) =>
    execution('SETTLED', { id: executionId(index + 1), cashAmount }),
  );
  const body = bytes(recordOf(portfolioOrder('SETTLED'), ...fills), whole('SETTLED'));
  expect(digitsOf(body)).toContainEqual(['Executed', '999.97']);
  expect(body).toContain('"amount":1000}');
});

test('amounts that are text alone may have a sum that is a number', () => {
  const fills = [1, 2].map((n) =>
    execution('FILLED', { id: executionId(n), of: childId(n), cashAmount: '0.0000005' }),
  );
  const record = recordOf(portfolioOrder('PROCESSING'), order('FILLED'), ...fills);
  expect(digitsOf(bytes(record, whole('PROCESSING')))).toContainEqual(['Executed', '0.000001']);
  expect(textsOf(bytes(record, child('FILLED')))).toContainEqual(['Executed-EUR', '0.0000005']);
});

test('the errors are recognised as errors of data, not of code', () => {
  expect(isUnbuildable(new InexactAmountError('1.0000001'))).toBe(true);
  expect(isUnbuildable(new OverlongTextError('aggregateIds.value', 257))).toBe(true);
  expect(isUnbuildable(new Error('other'))).toBe(false);
});
