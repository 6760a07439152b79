/**
 * The life of an order as a picture: lanes over time for the portfolio order, those who acted, ESW, and each child; the
 * deadlines that are on; what is not known is not drawn. Pure and deterministic: the same view gives the same bytes.
 */
import type { TimelineEntry } from '../domain/timeline';
import type { PortfolioOrderView } from '../domain/view';
import { actsLane } from './acts-lane';
import { axis, AXIS_PX, tears } from './axis';
import { timeIn } from './clock-words';
import { deadlineBand, deadlineTimes } from './deadlines';
import { eswLane } from './esw-lane';
import { header, legend, LEGEND_PX, story } from './frame-words';
import { LANE_PX, NAME_X, orderLane, type Drawing, type Frame } from './lanes';
import { DIM, words } from './looks';
import { childRow, shownChildren, wholeRow } from './rows-of-order';
import { timeScale } from './scale';
import { element, number, rawStyle, type Xml } from './svg';

const WIDTH = 1200;
const LEFT = 272;
const SCALE_RIGHT = 1100;
const EDGE = WIDTH - 10;

/** An SVG document, well-formed whatever the texts of the order are, without scripts and references to elsewhere. */
export function timelineSvg(view: PortfolioOrderView, entries: TimelineEntry[]): string {
  const head = header(view, WIDTH);
  const known = knownTimes(view, entries);
  const scale = timeScale([...known, ...deadlineTimes(view)], LEFT + 8, SCALE_RIGHT);
  const body =
    scale === undefined
      ? nothingYet(head.height)
      : lanes(view, entries, head.height, {
          scale,
          left: LEFT,
          right: SCALE_RIGHT,
          edge: EDGE,
          knownUntil: known.reduce((last, time) => Math.max(last, time), -Infinity),
        });
  return paper(view, body.height + LEGEND_PX, [head.xml, body.xml, legend(body.height)]);
}

interface Part {
  xml: Xml;
  /** Pixel at which it ends. */
  height: number;
}

function nothingYet(top: number): Part {
  return { xml: words('Nothing is known yet that has a time.', NAME_X, top + 24), height: top + 40 };
}

function lanes(view: PortfolioOrderView, entries: TimelineEntry[], start: number, frame: Frame): Part {
  const band = deadlineBand(view, start, frame);
  const axisTop = start + band.height;
  let top = axisTop + AXIS_PX;
  const shapes: Xml[] = [];
  const over: Xml[] = [];
  const separators: number[] = [];
  const add = (lane: Partial<Drawing>, height: number): void => {
    if (lane.shapes) shapes.push(lane.shapes);
    over.push(...(lane.words ?? []));
    separators.push(top);
    top += height;
  };

  add(orderLane(wholeRow(view), top + 5, frame), LANE_PX);
  const acts = actsLane(entries, top + 4, frame);
  if (acts) add({ words: [acts.xml] }, acts.height + 8);
  const esw = eswLane(view, entries, top + 4, frame);
  add({ words: [esw.xml] }, esw.height + 6);
  const { shown, more } = shownChildren(view);
  for (const order of shown) add(orderLane(childRow(order), top + 4, frame), LANE_PX);
  if (more !== undefined) add({ words: [words(more, NAME_X, top + 17)] }, 26);

  const rules = separators.map((y) => `M0 ${number(y)}H${WIDTH}`).join('');
  const clock = axis(axisTop, top, frame);
  return {
    height: top + 4,
    xml: element(
      'g',
      {},
      element('path', { d: rules, class: 'rule', stroke: '#e3e7ec', 'stroke-width': 1 }),
      clock.shapes,
      shapes,
      tears(frame.scale.breaks, axisTop + AXIS_PX, top),
      untilHere(view, axisTop + AXIS_PX - 5, top, frame),
      band.lines(top),
      clock.words,
      over,
      band.words,
    ),
  };
}

/** Where our knowledge of an open order ends. */
function untilHere(view: PortfolioOrderView, top: number, bottom: number, frame: Frame): Xml | undefined {
  if (view.finished || frame.knownUntil === -Infinity) return undefined;
  const x = frame.scale.x(frame.knownUntil);
  return element(
    'path',
    {
      d: `M${number(x)} ${top}V${number(bottom)}`,
      class: 'torn',
      stroke: DIM,
      'stroke-width': 1,
      'stroke-dasharray': '1 4',
    },
    element('title', {}, 'The newest that is known'),
  );
}

function knownTimes({ reached, orders, waits }: PortfolioOrderView, entries: TimelineEntry[]): number[] {
  const rows = orders.flatMap((order) => [order, ...order.executions]);
  const texts = [
    ...entries.flatMap(({ at, lastAt }) => [at, lastAt]),
    ...reached.map(({ at }) => at),
    ...rows.flatMap((row) => Object.values(row.reached).map((one) => one?.at)),
    ...waits.flatMap(({ since, attentionAt, overdue }) => (overdue ? [since, attentionAt] : [since])),
  ];
  return texts.map(timeIn).filter((time) => time !== undefined);
}

/** Colours for a dark page; where styles are forbidden, the attributes remain, which are for a light one. */
const DARK = `@media(prefers-color-scheme:dark){
.paper{fill:#14191f}.paper-line,.ink,.dim{stroke:#14191f}.ink{fill:#e8edf2}.dim{fill:#b6c0cb}.rule{stroke:#2d3640}.torn{stroke:#7d8894}
.mark,.ask,.human{filter:brightness(1.9) saturate(.7)}}`;

function paper(view: PortfolioOrderView, height: number, parts: Xml[]): string {
  const { title, description } = story(view);
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${number(height)}`,
      width: WIDTH,
      height,
      role: 'img',
      'aria-labelledby': 'picture-title picture-description',
      'font-family': 'system-ui, sans-serif',
    },
    element('title', { id: 'picture-title' }, title),
    element('desc', { id: 'picture-description' }, description),
    rawStyle(DARK),
    element('rect', { width: WIDTH, height, fill: '#ffffff', class: 'paper' }),
    parts,
  ).text;
}
