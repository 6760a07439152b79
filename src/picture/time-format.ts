/** Formats times and durations, always UTC. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `09:15`, `09:15:30` or `09:15:30.250`, as precise as a step of `stepMs` requires. */
export function clockTime(time: number, stepMs: number): string {
  const iso = new Date(time).toISOString();
  const start = iso.indexOf('T') + 1;
  return iso.slice(start, start + (stepMs >= MINUTE ? 5 : stepMs >= SECOND ? 8 : 12));
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Mon 2 Mar 2026` */
export function dayOf(time: number): string {
  const date = new Date(time);
  const [day = '', month = ''] = [DAYS[date.getUTCDay()], MONTHS[date.getUTCMonth()]];
  return `${day} ${date.getUTCDate()} ${month} ${date.getUTCFullYear()}`;
}

/** A duration in its two largest units: `2 d 9 h`, `14 min`. */
export function duration(ms: number): string {
  const units: [name: string, ms: number][] = [
    ['d', DAY],
    ['h', HOUR],
    ['min', MINUTE],
    ['s', SECOND],
  ];
  const first = units.findIndex(([, unit]) => ms >= unit);
  let rest = ms;
  const parts = units.slice(first, first + 2).flatMap(([name, unit]) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return first === -1 ? `${ms} ms` : parts.join(' ');
}

/** Milliseconds since the epoch; undefined for text that is not a valid time. */
export function timeIn(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
