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

/** Thrown when an amount cannot be written as a JSON number without changing its value. */
export class InexactAmountError extends Error {
  override readonly name = 'InexactAmountError';
  constructor(readonly amount: string) {
    super(`Amount ${amount} cannot be sent as a JSON number without changing its value`);
  }
}

/**
 * The JSON number for an amount (references/esw.md#amounts): at most 6 decimals and 15 significant digits, never
 * rounded.
 *
 * @throws InexactAmountError when the amount has more digits.
 */
export function toWireNumber(amount: string): number {
  const text = canonical(amount);
  const digits = text.replace('.', '').replace(/^0+/, '');
  const number = Number(text);
  if (scaleOf(text) > 6 || digits.length > 15 || String(number) !== text)
    throw new InexactAmountError(amount);
  return number;
}
