/**
 * Timeline chart of an order: lanes over time for the portfolio order, operators and coordinator, ESW, and each child, with
 * active deadlines. Pure and deterministic: the same view gives the same bytes.
 */
import type { TimelineEntry } from '../domain/views/timeline';
import type { PortfolioOrderView } from '../domain/views/order-view';
import { actionsLane } from './actions-lane';
import { axis, AXIS_PX, axisBreaks } from './axis';
import { timeIn } from './time-format';
import { deadlineBand, deadlineTimes } from './deadlines';
import { eswLane } from './esw-lane';
import { header, legend, LEGEND_PX, accessibleText } from './legend';
import { LANE_PX, NAME_X, orderLane, type Drawing, type Frame } from './order-lanes';
import { DIM, textAt } from './theme';
import { childRow, shownChildren, portfolioOrderRow } from './order-rows';
import { timeScale } from './time-scale';
import { element, number, rawStyle, type Xml } from './svg';

const WIDTH = 1200;
const LEFT = 272;
const SCALE_RIGHT = 1100;
const EDGE = WIDTH - 10;

/** A well-formed SVG document for any texts in the order, without scripts and external references. */
export function timelineSvg(view: PortfolioOrderView, entries: TimelineEntry[]): string {
  const head = header(view, WIDTH);
  const known = knownTimes(view, entries);
  const scale = timeScale([...known, ...deadlineTimes(view)], LEFT + 8, SCALE_RIGHT);
  const body =
    scale === undefined
      ? emptyChart(head.height)
      : lanes(view, entries, head.height, {
          scale,
          left: LEFT,
          right: SCALE_RIGHT,
          edge: EDGE,
          knownUntil: known.reduce((last, time) => Math.max(last, time), -Infinity),
        });
  return svgDocument(view, body.height + LEGEND_PX, [head.xml, body.xml, legend(body.height)]);
}

interface Part {
  xml: Xml;
  /** Pixel of the lower edge. */
  height: number;
}

function emptyChart(top: number): Part {
  return { xml: textAt('No events yet.', NAME_X, top + 24), height: top + 40 };
}

function lanes(view: PortfolioOrderView, entries: TimelineEntry[], start: number, frame: Frame): Part {
  const band = deadlineBand(view, start, frame);
  const axisTop = start + band.height;
  let top = axisTop + AXIS_PX;
  const shapes: Xml[] = [];
  const labels: Xml[] = [];
  const separators: number[] = [];
  const add = (lane: Partial<Drawing>, height: number): void => {
    if (lane.shapes) shapes.push(lane.shapes);
    labels.push(...(lane.labels ?? []));
    separators.push(top);
    top += height;
  };

  add(orderLane(portfolioOrderRow(view), top + 5, frame), LANE_PX);
  const actions = actionsLane(entries, top + 4, frame);
  if (actions) add({ labels: [actions.xml] }, actions.height + 8);
  const esw = eswLane(view, entries, top + 4, frame);
  add({ labels: [esw.xml] }, esw.height + 6);
  const { shown, more } = shownChildren(view);
  for (const order of shown) add(orderLane(childRow(order), top + 4, frame), LANE_PX);
  if (more !== undefined) add({ labels: [textAt(more, NAME_X, top + 17)] }, 26);

  const rules = separators.map((y) => `M0 ${number(y)}H${WIDTH}`).join('');
  const timeAxis = axis(axisTop, top, frame);
  return {
    height: top + 4,
    xml: element(
      'g',
      {},
      element('path', { d: rules, class: 'rule', stroke: '#e3e7ec', 'stroke-width': 1 }),
      timeAxis.shapes,
      shapes,
      axisBreaks(frame.scale.breaks, axisTop + AXIS_PX, top),
      latestKnownTime(view, axisTop + AXIS_PX - 5, top, frame),
      band.lines(top),
      timeAxis.labels,
      labels,
      band.labels,
    ),
  };
}

/** A line at the latest known time of an open order. */
function latestKnownTime(
  view: PortfolioOrderView,
  top: number,
  bottom: number,
  frame: Frame,
): Xml | undefined {
  if (view.finished || frame.knownUntil === -Infinity) return undefined;
  const x = frame.scale.x(frame.knownUntil);
  return element(
    'path',
    {
      d: `M${number(x)} ${top}V${number(bottom)}`,
      class: 'axis-break',
      stroke: DIM,
      'stroke-width': 1,
      'stroke-dasharray': '1 4',
    },
    element('title', {}, 'Latest known time'),
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

/** Dark theme. Where a policy forbids styles, the attributes of the light theme apply. */
const DARK = `@media(prefers-color-scheme:dark){
.paper{fill:#14191f}.paper-line,.ink,.dim{stroke:#14191f}.ink{fill:#e8edf2}.dim{fill:#b6c0cb}.rule{stroke:#2d3640}.axis-break{stroke:#7d8894}
.mark,.check,.flag{filter:brightness(1.9) saturate(.7)}}`;

function svgDocument(view: PortfolioOrderView, height: number, parts: Xml[]): string {
  const { title, description } = accessibleText(view);
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${number(height)}`,
      width: WIDTH,
      height,
      role: 'img',
      'aria-labelledby': 'chart-title chart-description',
      'font-family': 'system-ui, sans-serif',
    },
    element('title', { id: 'chart-title' }, title),
    element('desc', { id: 'chart-description' }, description),
    rawStyle(DARK),
    element('rect', { width: WIDTH, height, fill: '#ffffff', class: 'paper' }),
    parts,
  ).text;
}
