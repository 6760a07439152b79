/** Upvest's clock: real UTC time, strictly increasing. */
export interface Clock {
  /** The next timestamp as RFC 3339 UTC, at least a millisecond after the previous one. */
  next: () => string;
}

export function createClock(now: () => number): Clock {
  let last = 0;
  return {
    next: () => {
      last = Math.max(now(), last + 1);
      return rfc3339(last);
    },
  };
}

/**
 * Upvest's samples show none, two or three fraction digits (references/upvest.md#objects), so trailing zeros are cut
 * off.
 */
function rfc3339(ms: number): string {
  const [seconds = '', fraction = ''] = new Date(ms).toISOString().slice(0, -1).split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? `${seconds}Z` : `${seconds}.${digits}Z`;
}

/** The date `days` trading days (Monday to Friday) after `timestamp`, as YYYY-MM-DD. */
export function tradingDaysLater(timestamp: string, days: number): string {
  const date = new Date(timestamp);
  for (let left = days; left > 0;) {
    date.setUTCDate(date.getUTCDate() + 1);
    if (date.getUTCDay() !== 0 && date.getUTCDay() !== 6) left -= 1;
  }
  return date.toISOString().slice(0, 10);
}
