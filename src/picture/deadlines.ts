/** Draws active deadlines: labelled lines through all lanes. */
import type { DeadlineId } from '../domain/order-state/state';
import type { DeadlineView } from '../domain/views/deadline-view';
import type { PortfolioOrderView } from '../domain/views/order-view';
import { clockTime, dayOf, timeIn } from './time-format';
import { rows } from './label-layout';
import type { Frame } from './order-lanes';
import { ATTENTION, CHECK, mark, SMALL, textAt, type Style } from './theme';
import { element, number, widthOf, type Xml } from './svg';

/** What each deadline checks for. Servers of other releases may have further rules. */
const CONDITIONS: Readonly<Record<string, string>> = {
  'deadline:new': 'still not started',
  'deadline:processing': 'still PROCESSING',
  'deadline:parts': 'order and children still disagree',
  'deadline:settlement': 'still not settled',
  'deadline:cancel': 'cancel still without result',
  'deadline:predecessor': 'earlier status still missing',
  'policy:resubmit': 'resubmission still undecided',
} satisfies Record<DeadlineId, string>;

interface Deadline {
  time: number;
  style: Style;
  text: string;
}

const ROW_PX = 17;

/** Labels in rows of their own, with lines that start below them. */
export interface DeadlineBand {
  height: number;
  labels: Xml[];
  /** Lines from the labels down to a pixel. */
  lines(bottom: number): Xml[];
}

export function deadlineBand(view: PortfolioOrderView, top: number, { scale, edge }: Frame): DeadlineBand {
  const taken = rows();
  const placed = deadlinesOf(view).map(({ time, style, text }) => {
    const x = scale.x(time);
    const label = `${text}  ${dayOf(time).slice(0, -5)} ${clockTime(time, 1_000)}`;
    const width = widthOf(label, SMALL) + 10;
    const isBefore = x + width > edge;
    const row = (isBefore ? taken.place(x - width, x + 6) : taken.place(x - 6, x + width)) ?? 0;
    return { x, y: top + ROW_PX / 2 + row * ROW_PX, style, label, isBefore };
  });
  return {
    height: taken.count() * ROW_PX + (placed.length > 0 ? 4 : 0),
    labels: placed.flatMap(({ x, y, style, label, isBefore }) => [
      mark(style, x, y),
      textAt(label, isBefore ? x - 9 : x + 9, y + 4, isBefore ? { anchor: 'end' } : {}),
    ]),
    lines: (bottom) =>
      placed.map(({ x, y, style, label }) =>
        element(
          'path',
          {
            d: `M${number(x)} ${number(y + 6)}V${number(bottom)}`,
            stroke: style.strong,
            'stroke-width': 1.3,
            'stroke-dasharray': style === ATTENTION ? '2 3' : '6 3',
            class: style === ATTENTION ? 'flag' : 'check',
          },
          element('title', {}, label),
        ),
      ),
  };
}

/** Times that the axis must include, milliseconds since the epoch. */
export function deadlineTimes(view: PortfolioOrderView): number[] {
  return deadlinesOf(view).map(({ time }) => time);
}

function deadlinesOf({ finished, waits }: PortfolioOrderView): Deadline[] {
  return finished ? [] : waits.flatMap(ofDeadline).sort((a, b) => a.time - b.time);
}

function ofDeadline({ rule, asksAt, asked, attentionAt, overdue }: DeadlineView): Deadline[] {
  const condition = CONDITIONS[rule] ?? rule;
  const asks = timeIn(asksAt);
  const flags = timeIn(attentionAt);
  const isFirstSettlementCheck = rule === 'deadline:settlement' && asked === 0;
  const check = isFirstSettlementCheck ? 'settlement due, we ask Upvest' : `we ask Upvest if ${condition}`;
  const count = asked === 0 ? '' : ` (asked ${asked} ${asked === 1 ? 'time' : 'times'})`;
  const flag = overdue ? `OVERDUE: ${condition}` : `flagged if ${condition}`;
  return [
    ...(asks === undefined ? [] : [{ time: asks, style: CHECK, text: `${check}${count}` }]),
    ...(flags === undefined ? [] : [{ time: flags, style: ATTENTION, text: flag }]),
  ];
}
