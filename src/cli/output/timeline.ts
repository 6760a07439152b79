/** Formats the timeline of an order for a terminal. */
import { styleText } from 'node:util';
import type { TimelineEntry } from '../../domain/views/timeline';
import { sanitized, timeOf } from './text';

const RULE_WIDTH = 32;
const SOURCE_WIDTH = 11;

/** One line per entry: time in UTC, source, rule, event, and who decided and why. */
export function timelineLines(entries: TimelineEntry[]): string[] {
  return entries.map((entry) => {
    const { at, source, rule } = entry;
    return [
      styleText('dim', timeOf(at)),
      styleText('yellow', sanitized(source).padEnd(SOURCE_WIDTH)),
      styleText('cyan', sanitized(rule).padEnd(RULE_WIDTH)),
      eventText(entry),
    ].join('  ');
  });
}

function eventText(entry: TimelineEntry): string {
  const { subject, id, text, actor, reason, times, lastAt, eventId } = entry;
  const what =
    subject === 'portfolio-order' || subject === 'placement'
      ? sanitized(text)
      : `${subject} ${sanitized(id)}: ${sanitized(text)}`;
  const often = times === undefined ? '' : ` (${times} times, last ${timeOf(lastAt ?? '')})`;
  const why = actor === undefined ? '' : ` — ${sanitized(actor)}: ${sanitized(reason ?? '')}`;
  const event = eventId === undefined ? '' : styleText('dim', `  [${sanitized(eventId)}]`);
  return `${what}${often}${why}${event}`;
}
