/** Currency codes. The broker's spelling is kept; codes are compared, and sent to ESW, in capitals as ISO 4217 has them. */
export function currencyCode(spelt: string): string {
  return spelt.toUpperCase();
}

/** True for the same currency in any spelling ("eur" and "EUR"). */
export function sameCurrency(a: string, b: string): boolean {
  return currencyCode(a) === currencyCode(b);
}
