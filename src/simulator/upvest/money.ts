import Big from 'big.js';

/** Sums and splits of decimal strings; nothing here touches floating point. */

/** Places of `share_quantity`. With prices up to a few hundred, quantity times price rounds to the exact cent. */
const quantityPlaces = 10;

/** Splits an amount by falling weights, each part at least a cent, the last part taking the rest: the sum is exact. */
export function splitByWeights(amount: string, parts: number): string[] {
  const cents = new Big(amount).times(100);
  const count = cents.lt(parts) ? cents.toNumber() : parts;
  // One cent each first, so that no child of a small order is empty; weights decide about the rest.
  const free = cents.minus(count);
  const weights = Array.from({ length: count }, (_, index) => 2 * count - index);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => free.times(weight).div(total).round(0, Big.roundDown).plus(1));
  return lastTakesTheRest(cents, shares).map((share) => share.div(100).toFixed(2));
}

/** Splits an amount into equal parts of so many decimals, the last one taking the rest. */
export function splitEvenly(amount: string, parts: number, places = 2): string[] {
  const unit = new Big(10).pow(places);
  const units = new Big(amount).times(unit);
  const count = units.lt(parts) ? Math.max(1, units.toNumber()) : parts;
  const share = units.div(count).round(0, Big.roundDown);
  return lastTakesTheRest(
    units,
    Array.from({ length: count }, () => share),
  ).map((part) => part.div(unit).toFixed(places));
}

function lastTakesTheRest(total: Big, shares: Big[]): Big[] {
  const before = shares.slice(0, -1);
  const rest = before.reduce((left, share) => left.minus(share), total);
  return [...before, rest];
}

/** `amount` times `ratio`, in cents. */
export function scaled(amount: string, ratio: string): string {
  return new Big(amount).times(ratio).round(2, Big.roundHalfUp).toFixed(2);
}

/** Shares that `cash` buys at `price`. */
export function shareQuantity(cash: string, price: string): string {
  return new Big(cash).div(price).round(quantityPlaces, Big.roundHalfUp).toFixed();
}

/** Cash for so many shares at `price`, in cents. */
export function cashFor(quantity: string, price: string): string {
  return new Big(quantity).times(price).round(2, Big.roundHalfUp).toFixed(2);
}

/** A price that an instrument keeps: between 10 and 207.99, two decimals. */
export function priceOf(isin: string): string {
  const number = Array.from(isin).reduce((hash, sign) => (hash * 31 + sign.charCodeAt(0)) % 1_000_003, 7);
  return new Big(1000 + (number % 19_800)).div(100).toFixed(2);
}
