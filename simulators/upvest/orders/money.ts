import Big from 'big.js';

/** Arithmetic on decimal strings, without floating point. */

/** Decimals of `share_quantity`. With prices up to a few hundred, quantity times price rounds to the exact cent. */
const quantityPlaces = 10;

/** Splits an amount by decreasing weights; each part is at least a cent, and the last takes the remainder. */
export function splitByWeights(amount: string, parts: number): string[] {
  const cents = new Big(amount).times(100);
  const count = cents.lt(parts) ? cents.toNumber() : parts;
  // Each part gets one cent first, so that no child of a small order is empty; the weights split the rest.
  const free = cents.minus(count);
  const weights = Array.from({ length: count }, (_, index) => 2 * count - index);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => free.times(weight).div(total).round(0, Big.roundDown).plus(1));
  return lastTakesRemainder(cents, shares).map((share) => share.div(100).toFixed(2));
}

/** Splits an amount into equal parts with `places` decimals; the last takes the remainder. */
export function splitEvenly(amount: string, parts: number, places = 2): string[] {
  const unit = new Big(10).pow(places);
  const units = new Big(amount).times(unit);
  const count = units.lt(parts) ? Math.max(1, units.toNumber()) : parts;
  const share = units.div(count).round(0, Big.roundDown);
  return lastTakesRemainder(
    units,
    Array.from({ length: count }, () => share),
  ).map((part) => part.div(unit).toFixed(places));
}

function lastTakesRemainder(total: Big, shares: Big[]): Big[] {
  const before = shares.slice(0, -1);
  const rest = before.reduce((left, share) => left.minus(share), total);
  return [...before, rest];
}

/** `amount` times `ratio`, rounded to cents. */
export function scaled(amount: string, ratio: string): string {
  return new Big(amount).times(ratio).round(2, Big.roundHalfUp).toFixed(2);
}

/** Number of shares for `cash` at `price`. */
export function shareQuantity(cash: string, price: string): string {
  return new Big(cash).div(price).round(quantityPlaces, Big.roundHalfUp).toFixed();
}

/** Cash for `quantity` shares at `price`, rounded to cents. */
export function cashFor(quantity: string, price: string): string {
  return new Big(quantity).times(price).round(2, Big.roundHalfUp).toFixed(2);
}

/** Fixed price of an instrument, derived from its ISIN: 10.00 to 207.99. */
export function priceOf(isin: string): string {
  const number = Array.from(isin).reduce(
    (hash, character) => (hash * 31 + character.charCodeAt(0)) % 1_000_003,
    7,
  );
  return new Big(1000 + (number % 19_800)).div(100).toFixed(2);
}
