/**
 * Decimal arithmetic on strings. Amounts and quantities are never floating point numbers inside this project; the only
 * `number` is made for ESW's wire format, and only when it is exact.
 */
import Big from 'big.js';

/** references/upvest.md#place-a-portfolio-order: no sign, no exponent. */
const DECIMAL = /^\d+(\.\d+)?$/;

const Decimal = Big();
// In strict mode the library rejects floating point input and any conversion that would lose digits.
Decimal.strict = true;

/** True for a valid amount or quantity: digits with an optional fraction, no sign or exponent. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** True for zero in any notation ("0", "0.00"). */
export function isZero(amount: string): boolean {
  return new Decimal(amount).eq('0');
}

/** True for equal amounts in any notation ("250" and "250.00"). */
export function sameAmount(a: string, b: string): boolean {
  return new Decimal(a).eq(b);
}

function scaleOf(amount: string): number {
  return amount.split('.')[1]?.length ?? 0;
}

/** Exact sum with as many decimals as the term that has the most ("1.50" + "1.50" = "3.00"). "0" without terms. */
export function sum(amounts: readonly string[]): string {
  const scale = Math.max(0, ...amounts.map(scaleOf));
  return amounts.reduce((total, amount) => total.plus(amount), new Decimal('0')).toFixed(scale);
}

/** `a - b`, at least zero. */
export function differenceNotBelowZero(a: string, b: string): string {
  const difference = new Decimal(a).minus(b);
  return difference.lt('0') ? '0' : difference.toFixed(Math.max(scaleOf(a), scaleOf(b)));
}

/** True when `a` is above `b`. */
export function isMore(a: string, b: string): boolean {
  return new Decimal(a).gt(b);
}

/** The amount increased by a percentage, exact. */
export function plusPercent(amount: string, percent: string): string {
  return new Decimal(amount).times(new Decimal(percent).plus('100')).times('0.01').toFixed();
}

/** The amount reduced by a percentage, exact, at least zero. */
export function minusPercent(amount: string, percent: string): string {
  const left = new Decimal('100').minus(percent);
  return left.lt('0') ? '0' : left.times(amount).times('0.01').toFixed();
}

/** Canonical text: no trailing zeros after the point, no leading zeros before it. */
export function canonical(amount: string): string {
  return new Decimal(amount).toFixed();
}

/** Canonical text of a decimal; any other text as it is. Equal for equal amounts in any notation. */
export function inOneNotation(text: string): string {
  return isDecimal(text) ? canonical(text) : text;
}

/**
 * The JSON number for an amount (references/esw.md#amounts): at most 15 significant digits, without an exponent. Undefined
 * for an amount with more digits: a JSON number is never rounded.
 */
export function toWireNumber(amount: string): number | undefined {
  const text = canonical(amount);
  const digits = text.replace('.', '').replace(/^0+/, '');
  const number = Number(text);
  return digits.length <= 15 && String(number) === text ? number : undefined;
}

/** True for an amount that {@link toWireNumber} converts. */
export function isWireNumber(amount: string): boolean {
  return hasFewDigits([amount]) || toWireNumber(amount) !== undefined;
}

/** True if it is certain, and cheap to see, that the amounts, their sums and their differences are wire numbers. */
export function hasFewDigits(amounts: readonly string[]): boolean {
  const decimals = Math.max(0, ...amounts.map(scaleOf));
  const integers = Math.max(0, ...amounts.map((amount) => amount.split('.')[0]?.length ?? 0));
  const carry = amounts.length > 1 ? String(amounts.length).length : 0;
  return decimals <= 6 && integers + decimals + carry <= 15;
}

/** Thrown when an amount cannot be written as a JSON number under the rules of revision 4 and earlier. */
export class InexactAmountError extends Error {
  override readonly name = 'InexactAmountError';
  constructor(readonly amount: string) {
    super(`Amount ${amount} cannot be sent as a JSON number without changing its value`);
  }
}

/** @throws InexactAmountError for an amount with more than 6 decimals or 15 significant digits. */
export function requireShortAmount(amount: string): void {
  if (scaleOf(canonical(amount)) > 6 || !isWireNumber(amount)) throw new InexactAmountError(amount);
}
