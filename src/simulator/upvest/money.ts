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

/** Splits an amount into equal parts in cents, the last one taking the rest. */
export function splitEvenly(amount: string, parts: number): string[] {
  const cents = new Big(amount).times(100);
  const count = cents.lt(parts) ? Math.max(1, cents.toNumber()) : parts;
  const share = cents.div(count).round(0, Big.roundDown);
  return lastTakesTheRest(
    cents,
    Array.from({ length: count }, () => share),
  ).map((part) => part.div(100).toFixed(2));
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

/** A deterministic price of the n-th instrument: between 10 and 207.99, two decimals. */
export function priceOf(instrument: number): string {
  const cents = 1000 + ((instrument * 7919) % 19_800);
  return new Big(cents).div(100).toFixed(2);
}
