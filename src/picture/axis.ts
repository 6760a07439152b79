/** Draws the time axis: times, days, and the breaks where idle time is left out. */
import { clockTime, DAY, dayOf, duration } from './time-format';
import { rows } from './label-layout';
import { NAME_X, type Drawing, type Frame } from './order-lanes';
import { SMALL, textAt } from './theme';
import type { Break, Segment } from './time-scale';
import { element, number, widthOf, type Xml } from './svg';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28, 91, 365, 3_650].map((count) => count * DAY),
];
const MIN_TICK_PX = 82;

export const AXIS_PX = 38;

interface Tick {
  time: number;
  x: number;
  label: string;
}

/** Tick labels, `AXIS_PX` pixels high from `top`, with grid lines below them down to `bottom`. */
export function axis(top: number, bottom: number, { scale }: Frame): Drawing {
  const taken = rows(1);
  const ticks = scale.segments.flatMap((segment) => ticksOf(segment, (time) => scale.x(time)));
  const labelled = ticks.filter(({ x, label }) => {
    const half = widthOf(label, SMALL) / 2;
    return taken.place(x - half, x + half) !== undefined;
  });
  const gaps = scale.breaks.filter(({ x0, x1, ms }) => {
    const [middle, half] = [(x0 + x1) / 2, widthOf(duration(ms), SMALL) / 2];
    return taken.place(middle - half, middle + half) !== undefined;
  });
  const y = top + 28;
  const lines = labelled.map(({ x }) => `M${number(x)} ${number(top + 33)}V${number(bottom)}`);
  return {
    shapes: element('path', { d: lines.join(''), class: 'rule', stroke: '#e3e7ec', 'stroke-width': 1 }),
    labels: [
      textAt('UTC', NAME_X, y, { isDim: true }),
      ...days(labelled, top + 13),
      ...labelled.map(({ x, label }) => textAt(label, x, y, { anchor: 'middle', isDim: true })),
      ...gaps.map(({ x0, x1, ms }) =>
        textAt(duration(ms), (x0 + x1) / 2, y, { anchor: 'middle', isDim: true }),
      ),
    ],
  };
}

/** Dates, each above the first tick of its day. */
function days(ticks: Tick[], y: number): Xml[] {
  const taken = rows(1);
  let last = '';
  return ticks.flatMap(({ time, x }) => {
    const day = dayOf(time);
    if (day === last) return [];
    last = day;
    const half = widthOf(day, SMALL) / 2;
    return taken.place(x - half, x + half) === undefined ? [] : [textAt(day, x, y, { anchor: 'middle' })];
  });
}

function ticksOf({ from, to, x0, x1 }: Segment, x: (time: number) => number): Tick[] {
  const tick = (time: number, step: number): Tick => ({
    time,
    x: x(time),
    label: clockTime(time, time % SECOND === 0 ? Math.max(SECOND, step) : step),
  });
  const single = tick(from, SECOND);
  const perPixel = (to - from) / Math.max(1, x1 - x0);
  const step = STEPS.find((one) => one >= perPixel * MIN_TICK_PX) ?? to - from;
  const first = Math.ceil(from / step) * step;
  if (to === from || first > to) return [single];
  const count = Math.floor((to - first) / step) + 1;
  return Array.from({ length: count }, (_, index) => tick(first + index * step, step));
}

/** Zigzag lines where idle time is omitted, drawn over the lanes. */
export function axisBreaks(breaks: Break[], top: number, bottom: number): Xml[] {
  return breaks.flatMap(({ x0, x1, ms }) => {
    const middle = (x0 + x1) / 2;
    const half = Math.min(4, (x1 - x0) / 4);
    const zigzag = (x: number): string => {
      const steps = Array.from({ length: Math.ceil((bottom - top) / 8) }, (_, index) => {
        const y = Math.min(bottom, top + 8 * (index + 1));
        return `L${number(x + (index % 2 === 0 ? 3 : -3))} ${number(y)}`;
      });
      return `M${number(x)} ${number(top)}${steps.join('')}`;
    };
    return [
      element(
        'path',
        { d: zigzag(middle), class: 'paper-line', stroke: '#ffffff', 'stroke-width': 2 * half, fill: 'none' },
        element('title', {}, `${duration(ms)} omitted`),
      ),
      element('path', {
        d: zigzag(middle - half) + zigzag(middle + half),
        class: 'axis-break',
        stroke: '#9aa5b1',
        'stroke-width': 1,
        fill: 'none',
      }),
    ];
  });
}
