/** Draws events to ESW, accepted, rejected and pending: those of the portfolio order with labels, others as ticks. */
import type { TimelineEntry } from '../domain/views/timeline';
import type { PortfolioOrderView } from '../domain/views/order-view';
import type { LaneDrawing } from './actions-lane';
import { clockTime, timeIn } from './time-format';
import { rows, type Rows } from './label-layout';
import { NAME_X, type Frame } from './order-lanes';
import { ACCEPTED, mark, NORMAL, REJECTED, SMALL, PENDING, textAt } from './theme';
import { element, fit, widthOf, type Xml } from './svg';

const ROW_PX = 17;
const MAX_ROWS = 5;
const TICKS_PX = 12;
const MAX_LABEL_PX = 360;

export function eswLane(
  view: PortfolioOrderView,
  entries: TimelineEntry[],
  top: number,
  frame: Frame,
): LaneDrawing {
  const taken = rows(MAX_ROWS);
  const responses = entries.filter(({ source }) => source === 'esw');
  const isLabelled = ({ subject, rule }: TimelineEntry) =>
    subject === 'portfolio-order' || rule === 'emission:refused';
  const labelled = responses.filter(isLabelled).map((entry) => response(entry, top, frame, taken));
  const pending = pendingEvents(view, frame, top, taken);
  const height = Math.max(2, taken.count()) * ROW_PX + TICKS_PX + 4;
  const others = responses.filter((entry) => !isLabelled(entry));
  return {
    height,
    xml: element(
      'g',
      {},
      textAt('ESW', NAME_X, top + 13, { size: NORMAL }),
      textAt(fit(countsIn(view), frame.left - NAME_X - 8, SMALL), NAME_X, top + 28),
      labelled,
      pending,
      ticks(others, top + height - TICKS_PX, frame),
    ),
  };
}

function countsIn({ fulfillment: { accepted, pending, children, refused } }: PortfolioOrderView): string {
  const acceptedCount = accepted.length + (children?.accepted ?? 0);
  const pendingCount = pending.length + (children?.pending ?? 0);
  return `${acceptedCount} accepted, ${refused.length} rejected, ${pendingCount} pending`;
}

function response(
  { at, rule, status = '', text, subject }: TimelineEntry,
  top: number,
  { scale, edge }: Frame,
  taken: Rows,
): (Xml | undefined)[] {
  const time = timeIn(at);
  if (time === undefined) return [];
  const x = scale.x(time);
  const isRejected = rule === 'emission:refused';
  const owner = subject === 'portfolio-order' ? '' : `${subject} `;
  const label = isRejected ? `rejected ${owner}${fit(status, 90, SMALL)}` : fit(status, 90, SMALL);
  const width = widthOf(label, SMALL) + 10;
  const isBefore = x + width > edge;
  const row = isBefore ? taken.place(x - width, x + 6) : taken.place(x - 6, x + width);
  const y = top + ROW_PX / 2 + (row ?? 0) * ROW_PX;
  return [
    mark(isRejected ? REJECTED : ACCEPTED, x, y, `${clockTime(time, 0)} UTC: ${text}`),
    row === undefined
      ? undefined
      : textAt(label, isBefore ? x - 9 : x + 9, y + 4, {
          ...(isBefore && { anchor: 'end' as const }),
          ...(isRejected && { weight: 'bold' as const }),
        }),
  ];
}

/** Pending events have no time: they are drawn at the latest known time. */
function pendingEvents(
  { fulfillment: { pending: own, children, paused } }: PortfolioOrderView,
  { scale, edge, knownUntil }: Frame,
  top: number,
  taken: Rows,
): Xml[] {
  const others = children?.pending ?? 0;
  if (own.length + others === 0) return [];
  const parts = [...own, ...(others > 0 ? [`${others} of children`] : [])].join(', ');
  const label = fit(`${paused ? 'paused' : 'pending'}: ${parts}`, MAX_LABEL_PX, SMALL);
  const width = widthOf(label, SMALL) + 10;
  const x = Math.min(scale.x(knownUntil) + 14, edge - width);
  const row = taken.place(x - 6, x + width) ?? 0;
  const y = top + ROW_PX / 2 + row * ROW_PX;
  return [mark(PENDING, x, y), textAt(label, x + 9, y + 4)];
}

/** At most one tick per pixel. */
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
      element('title', {}, `${count} child order or execution events accepted`),
    ),
  );
}
