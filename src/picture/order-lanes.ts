/** Draws the lanes of the portfolio order and its children. */
import { clockTime } from './time-format';
import { styleOf, mark, NORMAL, SMALL, textAt } from './theme';
import type { ExecutionBar, OrderRow, StatusPeriod } from './order-rows';
import type { TimeScale } from './time-scale';
import { element, fit, number, widthOf, type Xml } from './svg';

/** Horizontal layout in pixels: names left of `left`, time from `left` to `right`, canvas up to `edge`. */
export interface Frame {
  scale: TimeScale;
  left: number;
  right: number;
  edge: number;
  /** Latest known time, milliseconds since the epoch: open bars end here. */
  knownUntil: number;
}

export const LANE_PX = 32;
export const NAME_X = 14;
const BAR_PX = 15;
const MARK_ROOM = 13;

/** Shapes, and labels that are drawn over all shapes. */
export interface Drawing {
  shapes: Xml;
  labels: Xml[];
}

/** Draws one lane below `top`. */
export function orderLane(row: OrderRow, top: number, frame: Frame): Drawing {
  const middle = top + 2 + BAR_PX / 2;
  const bars = row.periods.map((period, index) =>
    bar(period, index === row.periods.length - 1, top + 2, frame),
  );
  return {
    shapes: element(
      'g',
      {},
      element('title', {}, row.title),
      bars.map(({ shapes }) => shapes),
      row.executions.slice(0, MAX_EXECUTIONS).map((one) => execution(one, top + LANE_PX - 8, frame)),
    ),
    labels: [...laneHeading(row, middle, frame.left), ...bars.flatMap((one) => one.labels)],
  };
}

/** More executions of one child would be indistinguishable. */
const MAX_EXECUTIONS = 20;
const STATUS_ROOM = 108;

function laneHeading(row: OrderRow, middle: number, left: number): Xml[] {
  const end = left - 10;
  const weight = row.isPortfolioOrder ? { weight: 'bold' as const } : {};
  return [
    textAt(fit(row.name, end - STATUS_ROOM - NAME_X, NORMAL), NAME_X, middle + 4, {
      size: NORMAL,
      ...weight,
    }),
    mark(styleOf(row.status), end - STATUS_ROOM + 12, middle),
    textAt(fit(row.status, STATUS_ROOM - 22, SMALL), end - STATUS_ROOM + 22, middle + 4),
  ];
}

function bar(
  period: StatusPeriod,
  isLast: boolean,
  top: number,
  { scale, knownUntil, edge }: Frame,
): Drawing {
  const { status, from, to, isFinal } = period;
  const style = styleOf(status);
  const x0 = scale.x(from);
  const middle = top + BAR_PX / 2;
  const title = element('title', {}, `${status} ${clockTime(from, 0)} UTC`);
  if (isFinal && isLast) {
    const isRoom = x0 + MARK_ROOM + widthOf(status, SMALL) < edge;
    return {
      shapes: element('g', {}, title, mark(style, x0, middle)),
      labels: isRoom ? [textAt(status, x0 + 10, middle + 4, { weight: 'bold' })] : [],
    };
  }
  const x1 = Math.max(x0 + 1.5, scale.x(to ?? Math.max(from, knownUntil)));
  // An open bar ends in a tip.
  const tip = to === undefined ? `L${number(x1 + 6)} ${number(middle)}` : '';
  const d = `M${number(x0)} ${number(top)}H${number(x1)}${tip}L${number(x1)} ${number(top + BAR_PX)}H${number(x0)}z`;
  const free = longestFree(x0, x1, scale);
  const room = free.x1 - free.x0;
  const hasLabel = room >= MARK_ROOM + 6 + widthOf(status, SMALL);
  return {
    shapes: element(
      'g',
      {},
      title,
      element('path', { d, fill: style.soft, stroke: style.strong, 'stroke-width': 1 }),
      room >= MARK_ROOM + 2 ? mark(style, free.x0 + 9, middle) : undefined,
    ),
    labels: hasLabel ? [textAt(status, free.x0 + 18, middle + 4, { isOnBar: true })] : [],
  };
}

/** The longest part of a bar without an axis break. */
function longestFree(x0: number, x1: number, { breaks }: TimeScale): { x0: number; x1: number } {
  const overlapping = breaks.filter((one) => one.x1 > x0 && one.x0 < x1);
  const starts = [x0, ...overlapping.map((one) => one.x1)];
  const ends = [...overlapping.map((one) => one.x0), x1];
  let longest = { x0, x1: x0 };
  for (const [index, start] of starts.entries()) {
    const end = ends[index] ?? x1;
    if (end - start > longest.x1 - longest.x0) longest = { x0: start, x1: end };
  }
  return longest;
}

function execution(
  { title, periods }: ExecutionBar,
  y: number,
  { scale, knownUntil }: Frame,
): Xml | undefined {
  const [first] = periods;
  const last = periods.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const end = last.isFinal ? last.from : Math.max(last.from, knownUntil);
  return element(
    'g',
    {},
    element('title', {}, title),
    element('path', {
      d: `M${number(scale.x(first.from))} ${number(y)}H${number(scale.x(end))}`,
      stroke: styleOf(last.status).strong,
      'stroke-width': 1.5,
      'stroke-dasharray': last.isFinal ? undefined : '2 3',
      class: 'mark',
    }),
    periods.map(({ status, from }) => mark(styleOf(status), scale.x(from), y)),
  );
}
