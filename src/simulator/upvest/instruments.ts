/** ISIN of the simulator's n-th instrument: well-formed, with a true check digit (ISO 6166), and made up. */
export function isinOf(instrument: number): string {
  const body = `IE00SM${String(instrument).padStart(5, '0')}`;
  return body + checkDigit(body);
}

/** Luhn over the letters' numbers (A = 10 ... Z = 35), as ISO 6166 asks. */
function checkDigit(body: string): string {
  const digits = Array.from(body, (sign) => parseInt(sign, 36).toString()).join('');
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, sign, index) => {
      const value = Number(sign) * (index % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return String((10 - (sum % 10)) % 10);
}
