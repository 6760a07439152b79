/** A moment on Upvest's clock: real UTC time, but never twice the same. */
export interface Clock {
  /** The next moment as RFC 3339 UTC; later than every one before, by at least a millisecond. */
  next: () => string;
}

export function createClock(): Clock {
  let last = 0;
  return {
    next: () => {
      last = Math.max(Date.now(), last + 1);
      return rfc3339(last);
    },
  };
}

/** Upvest's samples show none, two or three fraction digits (upvest.md 4), so trailing zeros go. */
function rfc3339(ms: number): string {
  const [seconds = '', fraction = ''] = new Date(ms).toISOString().slice(0, -1).split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? `${seconds}Z` : `${seconds}.${digits}Z`;
}

/** The date `days` trading days (Monday to Friday) after `moment`, as YYYY-MM-DD. */
export function tradingDaysLater(moment: string, days: number): string {
  const date = new Date(moment);
  for (let left = days; left > 0;) {
    date.setUTCDate(date.getUTCDate() + 1);
    if (date.getUTCDay() !== 0 && date.getUTCDay() !== 6) left -= 1;
  }
  return date.toISOString().slice(0, 10);
}
