/** Days in UTC: Upvest's list takes no other times (references/upvest.md#read-portfolio-orders). */
const DAY_MS = 24 * 60 * 60_000;

/** Days of a window, `YYYY-MM-DD`, both ends included. */
export function daysOf(since: string, until: string): string[] {
  const days: string[] = [];
  const last = dayOf(Date.parse(until));
  for (let day = dayOf(Date.parse(since)); day <= last; day = nextDay(day)) days.push(day);
  return days;
}

export function nextDay(day: string): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
