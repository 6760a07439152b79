/** Draws actions of operators and the coordinator. */
import type { TimelineEntry } from '../domain/views/timeline';
import { clockTime, timeIn } from './time-format';
import { rows, type Rows } from './label-layout';
import { COORDINATOR, mark, NORMAL, OPERATOR, SMALL, textAt } from './theme';
import { NAME_X, type Frame } from './order-lanes';
import { element, fit, path, singleLine, widthOf, type Xml } from './svg';

/** A lane and its height in pixels. */
export interface LaneDrawing {
  xml: Xml;
  height: number;
}

const ROW_PX = 17;
const MAX_ROWS = 6;
const MAX_LABEL_PX = 360;
/** Actions closer together than this share one mark. */
const MERGE_PX = 4;

interface Action {
  x: number;
  texts: string[];
  isOperator: boolean;
}

/** @returns undefined when there are no actions */
export function actionsLane(entries: TimelineEntry[], top: number, frame: Frame): LaneDrawing | undefined {
  const actions = actionsOf(entries, frame);
  if (actions.length === 0) return undefined;
  const taken = rows(MAX_ROWS);
  const placed = actions.map((action) => placeLabel(action, taken, frame.edge));
  // Marks without room for a label go to an extra row below.
  const below = taken.count();
  const drawn = placed.map(({ x, texts, isOperator, label, isBefore, row }) => {
    const y = top + ROW_PX / 2 + (row ?? below) * ROW_PX;
    return [
      mark(isOperator ? OPERATOR : COORDINATOR, x, y, titleOf(texts)),
      row === undefined
        ? undefined
        : textAt(label, isBefore ? x - 9 : x + 9, y + 4, isBefore ? { anchor: 'end' } : {}),
    ];
  });
  const used = placed.some(({ row }) => row === undefined) ? below + 1 : below;
  const height = Math.max(2, used) * ROW_PX + 4;
  const lines = actions.map(({ x }) => `M${Math.round(x)} ${top}v${height}`);
  return {
    height,
    xml: element(
      'g',
      {},
      path(lines, { class: 'rule', stroke: '#e3e7ec', 'stroke-width': 1 }),
      textAt('Operators,', NAME_X, top + 13, { size: NORMAL }),
      textAt('coordinator', NAME_X, top + 28, { size: NORMAL }),
      drawn,
    ),
  };
}

type PlacedAction = Action & { label: string; isBefore: boolean; row: number | undefined };

function placeLabel(action: Action, taken: Rows, edge: number): PlacedAction {
  const { x, texts } = action;
  const [first = ''] = texts;
  const more = texts.length > 1 ? ` (+${texts.length - 1})` : '';
  const label = `${fit(first, MAX_LABEL_PX, SMALL)}${more}`;
  const width = widthOf(label, SMALL) + 10;
  // Near the right edge, labels are left of their mark.
  const isBefore = x + width > edge;
  const row = isBefore ? taken.place(x - width, x + 6) : taken.place(x - 6, x + width);
  return { ...action, label, isBefore, row };
}

function actionsOf(entries: TimelineEntry[], { scale }: Frame): Action[] {
  const actions: Action[] = [];
  for (const entry of entries) {
    const time = timeIn(entry.at);
    const isOperator = entry.source === 'operator';
    if (time === undefined || (!isOperator && entry.source !== 'coordinator')) continue;
    const x = scale.x(time);
    const last = actions.at(-1);
    const text = describe(entry);
    if (last?.isOperator === isOperator && x - last.x < MERGE_PX)
      last.texts.push(`${text} (${clockTime(time, 0)})`);
    else actions.push({ x, texts: [text], isOperator });
  }
  return actions;
}

function describe({ text, actor, reason, times }: TimelineEntry): string {
  const count = times === undefined ? '' : ` (${times} times)`;
  const why = reason === undefined ? '' : ` — ${reason}`;
  return singleLine(`${actor === undefined ? '' : `${actor}: `}${text}${count}${why}`);
}

const MAX_TITLES = 8;

function titleOf(texts: string[]): string {
  const more = texts.length > MAX_TITLES ? [`and ${texts.length - MAX_TITLES} more`] : [];
  return [...texts.slice(0, MAX_TITLES), ...more].join('; ');
}
