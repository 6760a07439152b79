/** Draws the lanes of the portfolio order and of its children. */
import { clockTime } from './clock-words';
import { lookOf, mark, NORMAL, SMALL, words } from './looks';
import type { ExecutionBar, OrderRow, Stay } from './rows-of-order';
import type { TimeScale } from './scale';
import { element, fit, number, widthOf, type Xml } from './svg';

/** Where things stand: the names left, time from `left` to `right`, the paper ends at `edge`. */
export interface Frame {
  scale: TimeScale;
  left: number;
  right: number;
  edge: number;
  /** Up to when anything is known, milliseconds since the epoch: what is open goes on from there. */
  knownUntil: number;
}

export const LANE_PX = 32;
export const NAME_X = 14;
const BAR_PX = 15;
const MARK_ROOM = 13;

/** What is drawn, and the words that stand over everything. */
export interface Drawing {
  shapes: Xml;
  words: Xml[];
}

/** One lane from its upper edge on. */
export function orderLane(row: OrderRow, top: number, frame: Frame): Drawing {
  const middle = top + 2 + BAR_PX / 2;
  const bars = row.stays.map((stay, index) => bar(stay, index === row.stays.length - 1, top + 2, frame));
  return {
    shapes: element(
      'g',
      {},
      element('title', {}, row.title),
      bars.map(({ shapes }) => shapes),
      row.executions.slice(0, MAX_EXECUTIONS).map((one) => execution(one, top + LANE_PX - 8, frame)),
    ),
    words: [...laneName(row, middle, frame.left), ...bars.flatMap((one) => one.words)],
  };
}

/** More of one child could not be told apart. */
const MAX_EXECUTIONS = 20;
const STATUS_ROOM = 108;

function laneName(row: OrderRow, middle: number, left: number): Xml[] {
  const end = left - 10;
  const weight = row.isWhole ? { weight: 'bold' as const } : {};
  return [
    words(fit(row.name, end - STATUS_ROOM - NAME_X, NORMAL), NAME_X, middle + 4, { size: NORMAL, ...weight }),
    mark(lookOf(row.status), end - STATUS_ROOM + 12, middle),
    words(fit(row.status, STATUS_ROOM - 22, SMALL), end - STATUS_ROOM + 22, middle + 4),
  ];
}

function bar(stay: Stay, isLast: boolean, top: number, { scale, knownUntil, edge }: Frame): Drawing {
  const { status, from, to, isFinal } = stay;
  const look = lookOf(status);
  const x0 = scale.x(from);
  const middle = top + BAR_PX / 2;
  const title = element('title', {}, `${status} ${clockTime(from, 0)} UTC`);
  if (isFinal && isLast) {
    const isRoom = x0 + MARK_ROOM + widthOf(status, SMALL) < edge;
    return {
      shapes: element('g', {}, title, mark(look, x0, middle)),
      words: isRoom ? [words(status, x0 + 10, middle + 4, { weight: 'bold' })] : [],
    };
  }
  const x1 = Math.max(x0 + 1.5, scale.x(to ?? Math.max(from, knownUntil)));
  // What is open ends in a point: it goes on, nobody knows until when.
  const tip = to === undefined ? `L${number(x1 + 6)} ${number(middle)}` : '';
  const d = `M${number(x0)} ${number(top)}H${number(x1)}${tip}L${number(x1)} ${number(top + BAR_PX)}H${number(x0)}z`;
  const free = longestFree(x0, x1, scale);
  const room = free.x1 - free.x0;
  const hasWord = room >= MARK_ROOM + 6 + widthOf(status, SMALL);
  return {
    shapes: element(
      'g',
      {},
      title,
      element('path', { d, fill: look.soft, stroke: look.strong, 'stroke-width': 1 }),
      room >= MARK_ROOM + 2 ? mark(look, free.x0 + 9, middle) : undefined,
    ),
    words: hasWord ? [words(status, free.x0 + 18, middle + 4, { isOnBar: true })] : [],
  };
}

/** The longest part of a bar that no break tears. */
function longestFree(x0: number, x1: number, { breaks }: TimeScale): { x0: number; x1: number } {
  const torn = breaks.filter((one) => one.x1 > x0 && one.x0 < x1);
  const starts = [x0, ...torn.map((one) => one.x1)];
  const ends = [...torn.map((one) => one.x0), x1];
  let longest = { x0, x1: x0 };
  for (const [index, start] of starts.entries()) {
    const end = ends[index] ?? x1;
    if (end - start > longest.x1 - longest.x0) longest = { x0: start, x1: end };
  }
  return longest;
}

function execution({ title, stays }: ExecutionBar, y: number, { scale, knownUntil }: Frame): Xml | undefined {
  const [first] = stays;
  const last = stays.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const end = last.isFinal ? last.from : Math.max(last.from, knownUntil);
  return element(
    'g',
    {},
    element('title', {}, title),
    element('path', {
      d: `M${number(scale.x(first.from))} ${number(y)}H${number(scale.x(end))}`,
      stroke: lookOf(last.status).strong,
      'stroke-width': 1.5,
      'stroke-dasharray': last.isFinal ? undefined : '2 3',
      class: 'mark',
    }),
    stays.map(({ status, from }) => mark(lookOf(status), scale.x(from), y)),
  );
}
