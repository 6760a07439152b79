/** Expectations: references/esw.md#amounts. */
import { array, assert, property } from 'fast-check';
import {
  canonical,
  differenceNotBelowZero,
  hasFewDigits,
  InexactAmountError,
  isDecimal,
  isMore,
  isWireNumber,
  isZero,
  minusPercent,
  plusPercent,
  requireShortAmount,
  sameAmount,
  sum,
  toWireNumber,
} from '../../../src/domain/values/decimal';
import { amounts, RUNS, wireAmounts } from './decimals';

test.each([
  ['450.10', true],
  ['0', true],
  ['007', true],
  ['0.0000000001', true],
  ['', false],
  ['.5', false],
  ['5.', false],
  ['-1', false],
  ['+1', false],
  ['1e3', false],
  ['1,5', false],
  [' 1', false],
  ['1\n', false],
  ['NaN', false],
])('%j is a decimal: %j', (text, expected) => {
  expect(isDecimal(text)).toBe(expected);
});

test.each([
  { terms: ['450.10', '299.95', '249.92'], total: '999.97' },
  { terms: ['0.1', '0.2'], total: '0.3' },
  { terms: ['100', '0.50'], total: '100.50' },
  { terms: ['1.50', '1.50'], total: '3.00' },
  { terms: ['3.1204000000'], total: '3.1204000000' },
  {
    terms: ['99999999999999999999', '0.0000000000000000000000001'],
    total: '99999999999999999999.0000000000000000000000001',
  },
  { terms: [], total: '0' },
])('the sum of $terms is exactly $total', ({ terms, total }) => {
  expect(sum(terms)).toBe(total);
});

test.each([
  ['250', '250.00', true],
  ['0', '0.000', true],
  ['007.10', '7.1', true],
  ['0.1', '0.10000000000000001', false],
  ['1', '10', false],
])('%s and %s are the same amount: %j', (a, b, expected) => {
  expect(sameAmount(a, b)).toBe(expected);
  expect(sameAmount(b, a)).toBe(expected);
});

test.each([
  ['0', true],
  ['0.00', true],
  ['000', true],
  ['0.0000000000000000000000000001', false],
])('%s is zero: %j', (amount, expected) => {
  expect(isZero(amount)).toBe(expected);
});

test.each([
  ['1000.00', '999.97', '0.03'],
  ['999.97', '999.97', '0.00'],
  ['1000', '0.5', '999.5'],
  ['1', '2', '0'],
])('%s minus %s is %s', (a, b, expected) => {
  expect(differenceNotBelowZero(a, b)).toBe(expected);
});

test.each([
  ['2', '10', false],
  ['10', '2', true],
  ['1.0', '1', false],
  ['1.00000000000000000000000001', '1', true],
])('%s is more than %s: %j', (a, b, expected) => {
  expect(isMore(a, b)).toBe(expected);
});

test.each([
  ['1000.00', '5', '950', '1050'],
  ['0.01', '0.5', '0.00995', '0.01005'],
  ['1000', '0', '1000', '1000'],
  ['99999999999999999999.99', '0.001', '99998999999999999999.9900001', '100000999999999999999.9899999'],
  ['1000', '100', '0', '2000'],
  ['1000', '250.5', '0', '3505'],
])('%s minus and plus %s percent is exactly %s and %s', (amount, percent, least, most) => {
  expect(minusPercent(amount, percent)).toBe(least);
  expect(plusPercent(amount, percent)).toBe(most);
});

test.each([
  ['1000.00', '1000'],
  ['007.1200', '7.12'],
  ['0.0', '0'],
  ['0.0000001', '0.0000001'],
  ['100000000000000000000000', '100000000000000000000000'],
])('the canonical form of %s is %s', (amount, expected) => {
  expect(canonical(amount)).toBe(expected);
});

test.each([
  ['1000.00', '1000'],
  ['999.97', '999.97'],
  ['0', '0'],
  ['0.00', '0'],
  ['0.000001', '0.000001'],
  ['1.5000000000', '1.5'],
  ['99.99', '99.99'],
  ['123456789012345', '123456789012345'],
  ['123456789.012345', '123456789.012345'],
  ['0.123456', '0.123456'],
  ['999999999.999999', '999999999.999999'],
])('%s is sent as %s', (amount, printed) => {
  expect(JSON.stringify(toWireNumber(amount))).toBe(printed);
});

test.each([
  ['1234567890123456', '16 digits'],
  ['9007199254740993', '16 digits that a double cannot hold'],
  ['1234567890.123456', '16 digits with decimals'],
  ['0.0000001', 'would be printed with an exponent'],
])('%s is no JSON number, and never rounded: %s', (amount) => {
  expect(toWireNumber(amount)).toBeUndefined();
  expect(isWireNumber(amount)).toBe(false);
  expect(() => {
    requireShortAmount(amount);
  }).toThrow(new InexactAmountError(amount));
});

test.each(['0.1234567', '1.00000010'])(
  '%s is a JSON number, but not by the rules of earlier runs',
  (amount) => {
    expect(toWireNumber(amount)).toBe(Number(amount));
    expect(() => {
      requireShortAmount(amount);
    }).toThrow(InexactAmountError);
  },
);

test('whether few digits make all sums JSON numbers is decided on the safe side', () => {
  assert(
    property(array(wireAmounts, { minLength: 1, maxLength: 12 }), (amounts) => {
      const all = [
        ...amounts,
        sum(amounts),
        ...amounts.map((one) => differenceNotBelowZero(sum(amounts), one)),
      ];
      if (hasFewDigits(amounts)) expect(all.map(toWireNumber)).not.toContain(undefined);
      for (const one of all) expect(isWireNumber(one)).toBe(toWireNumber(one) !== undefined);
    }),
    RUNS,
  );
});

test('the JSON number equals the canonical amount', () => {
  assert(
    property(wireAmounts, (amount) => {
      expect(JSON.stringify(toWireNumber(amount))).toBe(canonical(amount));
    }),
    RUNS,
  );
});

test('a sum is exact for terms of any scale', () => {
  assert(
    property(amounts, (terms) => {
      const units = (amount: string): bigint => {
        const [whole = '', fraction = ''] = amount.split('.');
        return BigInt(whole + fraction.padEnd(10, '0'));
      };
      expect(units(sum(terms))).toBe(terms.map(units).reduce((a, b) => a + b, 0n));
    }),
    RUNS,
  );
});
