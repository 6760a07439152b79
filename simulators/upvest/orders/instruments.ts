/** Fictitious ISIN of the simulator's n-th instrument, with a valid check digit (ISO 6166). */
export function isinOf(instrument: number): string {
  const body = `IE00SM${String(instrument).padStart(5, '0')}`;
  return body + checkDigit(body);
}

/** Luhn check digit with letters as numbers (A = 10 ... Z = 35), as in ISO 6166. */
function checkDigit(body: string): string {
  const digits = Array.from(body, (character) => parseInt(character, 36).toString()).join('');
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return String((10 - (sum % 10)) % 10);
}
