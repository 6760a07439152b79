/** Draws what operators and the coordinator did. */
import type { TimelineEntry } from '../domain/timeline';
import { clockTime, timeIn } from './clock-words';
import { rows, type Rows } from './labels';
import { COORDINATOR, mark, NORMAL, OPERATOR, SMALL, words } from './looks';
import { NAME_X, type Frame } from './lanes';
import { element, fit, path, plain, widthOf, type Xml } from './svg';

/** A lane, and how high it came out. */
export interface Lane {
  xml: Xml;
  height: number;
}

const ROW_PX = 17;
const MAX_ROWS = 6;
const WIDEST_WORDS_PX = 360;
/** Marks nearer than this to the one before are the same mark. */
const SAME_PX = 4;

interface Act {
  x: number;
  texts: string[];
  isOperator: boolean;
}

/** @returns undefined when nobody did anything */
export function actsLane(entries: TimelineEntry[], top: number, frame: Frame): Lane | undefined {
  const acts = actsOf(entries, frame);
  if (acts.length === 0) return undefined;
  const taken = rows(MAX_ROWS);
  const placed = acts.map((act) => placeWords(act, taken, frame.edge));
  // Where no row has room for more words, a row below has the marks.
  const below = taken.count();
  const drawn = placed.map(({ x, texts, isOperator, label, isBefore, row }) => {
    const y = top + ROW_PX / 2 + (row ?? below) * ROW_PX;
    return [
      mark(isOperator ? OPERATOR : COORDINATOR, x, y, titleOf(texts)),
      row === undefined
        ? undefined
        : words(label, isBefore ? x - 9 : x + 9, y + 4, isBefore ? { anchor: 'end' } : {}),
    ];
  });
  const used = placed.some(({ row }) => row === undefined) ? below + 1 : below;
  const height = Math.max(2, used) * ROW_PX + 4;
  const lines = acts.map(({ x }) => `M${Math.round(x)} ${top}v${height}`);
  return {
    height,
    xml: element(
      'g',
      {},
      path(lines, { class: 'rule', stroke: '#e3e7ec', 'stroke-width': 1 }),
      words('Operators,', NAME_X, top + 13, { size: NORMAL }),
      words('coordinator', NAME_X, top + 28, { size: NORMAL }),
      drawn,
    ),
  };
}

type Placed = Act & { label: string; isBefore: boolean; row: number | undefined };

function placeWords(act: Act, taken: Rows, edge: number): Placed {
  const { x, texts } = act;
  const [first = ''] = texts;
  const more = texts.length > 1 ? ` (+${texts.length - 1})` : '';
  const label = `${fit(first, WIDEST_WORDS_PX, SMALL)}${more}`;
  const width = widthOf(label, SMALL) + 10;
  // Near the right edge words stand before their mark.
  const isBefore = x + width > edge;
  const row = isBefore ? taken.place(x - width, x + 6) : taken.place(x - 6, x + width);
  return { ...act, label, isBefore, row };
}

function actsOf(entries: TimelineEntry[], { scale }: Frame): Act[] {
  const acts: Act[] = [];
  for (const entry of entries) {
    const time = timeIn(entry.at);
    const isOperator = entry.source === 'operator';
    if (time === undefined || (!isOperator && entry.source !== 'coordinator')) continue;
    const x = scale.x(time);
    const last = acts.at(-1);
    const text = sentence(entry);
    if (last?.isOperator === isOperator && x - last.x < SAME_PX)
      last.texts.push(`${text} (${clockTime(time, 0)})`);
    else acts.push({ x, texts: [text], isOperator });
  }
  return acts;
}

function sentence({ text, actor, reason, times }: TimelineEntry): string {
  const often = times === undefined ? '' : ` (${times} times)`;
  const why = reason === undefined ? '' : ` — ${reason}`;
  return plain(`${actor === undefined ? '' : `${actor}: `}${text}${often}${why}`);
}

const MAX_TITLES = 8;

function titleOf(texts: string[]): string {
  const more = texts.length > MAX_TITLES ? [`and ${texts.length - MAX_TITLES} more`] : [];
  return [...texts.slice(0, MAX_TITLES), ...more].join('; ');
}
