/** The timeline of an order as lines for a terminal. */
import { styleText } from 'node:util';
import type { TimelineEntry } from '../domain/timeline';
import { plain, timeOf } from './text';

const RULE_WIDTH = 32;
const SOURCE_WIDTH = 11;

/** One line for each step, in UTC: time, source, rule, what happened, and who decided it why. */
export function timelineLines(entries: TimelineEntry[]): string[] {
  return entries.map((entry) => {
    const { at, source, rule } = entry;
    return [
      styleText('dim', timeOf(at)),
      styleText('yellow', plain(source).padEnd(SOURCE_WIDTH)),
      styleText('cyan', plain(rule).padEnd(RULE_WIDTH)),
      whatHappened(entry),
    ].join('  ');
  });
}

function whatHappened(entry: TimelineEntry): string {
  const { subject, id, text, actor, reason, times, lastAt, eventId } = entry;
  const what = subject === 'portfolio-order' ? plain(text) : `${subject} ${plain(id)}: ${plain(text)}`;
  const often = times === undefined ? '' : ` (${times} times, last ${timeOf(lastAt ?? '')})`;
  const why = actor === undefined ? '' : ` — ${plain(actor)}: ${plain(reason ?? '')}`;
  const event = eventId === undefined ? '' : styleText('dim', `  [${plain(eventId)}]`);
  return `${what}${often}${why}${event}`;
}
