/** Draws what ESW was told: accepted, refused, still waiting; the portfolio order's events in words, the others as ticks. */
import type { TimelineEntry } from '../domain/timeline';
import type { PortfolioOrderView } from '../domain/view';
import type { Lane } from './acts-lane';
import { clockTime, timeIn } from './clock-words';
import { rows, type Rows } from './labels';
import { NAME_X, type Frame } from './lanes';
import { ACCEPTED, mark, NORMAL, REFUSED, SMALL, WAITING, words } from './looks';
import { element, fit, widthOf, type Xml } from './svg';

const ROW_PX = 17;
const MAX_ROWS = 5;
const TICKS_PX = 12;
const WIDEST_WORDS_PX = 360;

export function eswLane(view: PortfolioOrderView, entries: TimelineEntry[], top: number, frame: Frame): Lane {
  const taken = rows(MAX_ROWS);
  const answers = entries.filter(({ source }) => source === 'esw');
  const isTold = ({ subject, rule }: TimelineEntry) =>
    subject === 'portfolio-order' || rule === 'emission:refused';
  const told = answers.filter(isTold).map((entry) => answer(entry, top, frame, taken));
  const waiting = pending(view, frame, top, taken);
  const height = Math.max(2, taken.count()) * ROW_PX + TICKS_PX + 4;
  const others = answers.filter((entry) => !isTold(entry));
  return {
    height,
    xml: element(
      'g',
      {},
      words('ESW', NAME_X, top + 13, { size: NORMAL }),
      words(fit(countsIn(view), frame.left - NAME_X - 8, SMALL), NAME_X, top + 28),
      told,
      waiting,
      ticks(others, top + height - TICKS_PX, frame),
    ),
  };
}

function countsIn({
  fulfillment: { accepted, pending: owed, children, refused },
}: PortfolioOrderView): string {
  const has = accepted.length + (children?.accepted ?? 0);
  const waits = owed.length + (children?.pending ?? 0);
  return `${has} accepted, ${refused.length} refused, ${waits} waiting`;
}

function answer(
  { at, rule, status = '', text, subject }: TimelineEntry,
  top: number,
  { scale, edge }: Frame,
  taken: Rows,
): (Xml | undefined)[] {
  const time = timeIn(at);
  if (time === undefined) return [];
  const x = scale.x(time);
  const isRefused = rule === 'emission:refused';
  const whose = subject === 'portfolio-order' ? '' : `${subject} `;
  const label = isRefused ? `refused ${whose}${fit(status, 90, SMALL)}` : fit(status, 90, SMALL);
  const width = widthOf(label, SMALL) + 10;
  const isBefore = x + width > edge;
  const row = isBefore ? taken.place(x - width, x + 6) : taken.place(x - 6, x + width);
  const y = top + ROW_PX / 2 + (row ?? 0) * ROW_PX;
  return [
    mark(isRefused ? REFUSED : ACCEPTED, x, y, `${clockTime(time, 0)} UTC: ${text}`),
    row === undefined
      ? undefined
      : words(label, isBefore ? x - 9 : x + 9, y + 4, {
          ...(isBefore && { anchor: 'end' as const }),
          ...(isRefused && { weight: 'bold' as const }),
        }),
  ];
}

/** What waits has no time: it stands where our knowledge ends. */
function pending(
  { fulfillment: { pending: own, children, paused } }: PortfolioOrderView,
  { scale, edge, knownUntil }: Frame,
  top: number,
  taken: Rows,
): Xml[] {
  const others = children?.pending ?? 0;
  if (own.length + others === 0) return [];
  const parts = [...own, ...(others > 0 ? [`${others} of the children`] : [])].join(', ');
  const label = fit(`${paused ? 'paused' : 'waiting'}: ${parts}`, WIDEST_WORDS_PX, SMALL);
  const width = widthOf(label, SMALL) + 10;
  const x = Math.min(scale.x(knownUntil) + 14, edge - width);
  const row = taken.place(x - 6, x + width) ?? 0;
  const y = top + ROW_PX / 2 + row * ROW_PX;
  return [mark(WAITING, x, y), words(label, x + 9, y + 4)];
}

/** One for each pixel: of thousands of events no more could be seen. */
function ticks(entries: TimelineEntry[], y: number, { scale }: Frame): Xml[] {
  const counts = new Map<number, number>();
  for (const { at } of entries) {
    const time = timeIn(at);
    if (time === undefined) continue;
    const x = Math.round(scale.x(time));
    counts.set(x, (counts.get(x) ?? 0) + 1);
  }
  return [...counts].map(([x, count]) =>
    element(
      'path',
      { d: `M${x} ${y}v7`, stroke: ACCEPTED.strong, 'stroke-width': 1.5, class: 'mark' },
      element('title', {}, `${count} of children and executions accepted`),
    ),
  );
}
