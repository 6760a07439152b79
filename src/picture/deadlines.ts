/** Draws the deadlines that are on: lines through all lanes, with words above them. */
import { ACTS } from '../domain/acts';
import type { PortfolioOrderView, WaitView } from '../domain/view';
import { clockTime, dayOf, timeIn } from './clock-words';
import { rows } from './labels';
import type { Frame } from './lanes';
import { ATTENTION, mark, QUESTION, SMALL, words, type Look } from './looks';
import { element, number, widthOf, type Xml } from './svg';

interface Deadline {
  time: number;
  look: Look;
  text: string;
}

const ROW_PX = 17;

/** Words on rows of their own; the lines begin below their words. */
export interface DeadlineBand {
  height: number;
  words: Xml[];
  /** Lines from the words down to a pixel. */
  lines(bottom: number): Xml[];
}

export function deadlineBand(view: PortfolioOrderView, top: number, { scale, edge }: Frame): DeadlineBand {
  const taken = rows();
  const placed = deadlinesOf(view).map(({ time, look, text }) => {
    const x = scale.x(time);
    const label = `${text}  ${dayOf(time).slice(0, -5)} ${clockTime(time, 1_000)}`;
    const width = widthOf(label, SMALL) + 10;
    const isBefore = x + width > edge;
    const row = (isBefore ? taken.place(x - width, x + 6) : taken.place(x - 6, x + width)) ?? 0;
    return { x, y: top + ROW_PX / 2 + row * ROW_PX, look, label, isBefore };
  });
  return {
    height: taken.count() * ROW_PX + (placed.length > 0 ? 4 : 0),
    words: placed.flatMap(({ x, y, look, label, isBefore }) => [
      mark(look, x, y),
      words(label, isBefore ? x - 9 : x + 9, y + 4, isBefore ? { anchor: 'end' } : {}),
    ]),
    lines: (bottom) =>
      placed.map(({ x, y, look, label }) =>
        element(
          'path',
          {
            d: `M${number(x)} ${number(y + 6)}V${number(bottom)}`,
            stroke: look.strong,
            'stroke-width': 1.3,
            'stroke-dasharray': look === ATTENTION ? '2 3' : '6 3',
            class: look === ATTENTION ? 'human' : 'ask',
          },
          element('title', {}, label),
        ),
      ),
  };
}

/** Moments that the picture has to reach. */
export function deadlineTimes(view: PortfolioOrderView): number[] {
  return deadlinesOf(view).map(({ time }) => time);
}

function deadlinesOf({ finished, waits }: PortfolioOrderView): Deadline[] {
  return finished ? [] : waits.flatMap(ofWait).sort((a, b) => a.time - b.time);
}

function ofWait({ rule, asksAt, asked, attentionAt, overdue }: WaitView): Deadline[] {
  const what = ACTS.find(({ id }) => id === rule)?.title ?? rule;
  const asks = timeIn(asksAt);
  const tells = timeIn(attentionAt);
  const question =
    rule === 'deadline:settlement' && asked === 0
      ? 'settlement due, Upvest is asked'
      : `Upvest is asked (${what})`;
  const times = asked === 0 ? '' : `, ${asked} times so far`;
  const call = overdue ? `OVERDUE: a human was told (${what})` : `a human is told (${what})`;
  return [
    ...(asks === undefined ? [] : [{ time: asks, look: QUESTION, text: `${question}${times}` }]),
    ...(tells === undefined ? [] : [{ time: tells, look: ATTENTION, text: call }]),
  ];
}
