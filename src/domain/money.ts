/**
 * Decimal arithmetic on strings. No amount or quantity is ever a floating point number inside this project; the only
 * `number` is made at the very end, for ESW's wire format, and only when it is exact.
 */
import Big from 'big.js';

/** `upvest.md` 3.2: no sign, no exponent. */
const DECIMAL = /^\d+(\.\d+)?$/;

const Decimal = Big();
// Strict mode makes the library refuse floating point input, and any conversion that would lose digits.
Decimal.strict = true;

/** True for text that this project takes as an amount or quantity: digits with an optional fraction, no sign or exponent. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** True for zero in any spelling ("0", "0.00"). */
export function isZero(amount: string): boolean {
  return new Decimal(amount).eq('0');
}

/** True when both are the same amount, however they are spelt ("250" and "250.00"). */
export function sameAmount(a: string, b: string): boolean {
  return new Decimal(a).eq(b);
}

function scaleOf(amount: string): number {
  return amount.split('.')[1]?.length ?? 0;
}

/** Exact sum; keeps the largest number of decimals among the terms, so that money still looks like money. "0" for no terms. */
export function sum(amounts: readonly string[]): string {
  const scale = Math.max(0, ...amounts.map(scaleOf));
  return amounts.reduce((total, amount) => total.plus(amount), new Decimal('0')).toFixed(scale);
}

/** `a - b`, but not below zero. */
export function differenceNotBelowZero(a: string, b: string): string {
  const difference = new Decimal(a).minus(b);
  return difference.lt('0') ? '0' : difference.toFixed(Math.max(scaleOf(a), scaleOf(b)));
}

/** True when `a` is above `b`. */
export function isMore(a: string, b: string): boolean {
  return new Decimal(a).gt(b);
}

/** The amount and so many percent of it, exactly. */
export function plusPercent(amount: string, percent: string): string {
  return new Decimal(amount).times(new Decimal(percent).plus('100')).times('0.01').toFixed();
}

/** The amount less so many percent of it, exactly, but not below zero. */
export function minusPercent(amount: string, percent: string): string {
  const left = new Decimal('100').minus(percent);
  return left.lt('0') ? '0' : left.times(amount).times('0.01').toFixed();
}

/** Canonical text: no trailing zeros after the point, no leading zeros before it. */
export function canonical(amount: string): string {
  return new Decimal(amount).toFixed();
}

/** Thrown when an amount cannot be written as a JSON number without changing its value. */
export class InexactAmountError extends Error {
  override readonly name = 'InexactAmountError';
  constructor(readonly amount: string) {
    super(`Amount ${amount} cannot be sent as a JSON number without changing its value`);
  }
}

/**
 * The JSON number for an amount (`esw-order-event.md` 8.6): at most 6 decimals and 15 significant digits, never rounded.
 *
 * @throws InexactAmountError when the amount has more digits than that.
 */
export function toWireNumber(amount: string): number {
  const text = canonical(amount);
  const digits = text.replace('.', '').replace(/^0+/, '');
  const number = Number(text);
  if (scaleOf(text) > 6 || digits.length > 15 || String(number) !== text)
    throw new InexactAmountError(amount);
  return number;
}
