/** Title and status above the lanes, and the legend below them. */
import type { PortfolioOrderView } from '../domain/views/order-view';
import {
  ACCEPTED,
  ATTENTION,
  COORDINATOR,
  styleOf,
  mark,
  OPERATOR,
  CHECK,
  REJECTED,
  SMALL,
  PENDING,
  textAt,
  type Style,
} from './theme';
import { NAME_X } from './order-lanes';
import { element, fit, widthOf, type Xml } from './svg';

const MAX_ATTENTIONS = 3;

/** Title, status and issues of the order. */
export function header(view: PortfolioOrderView, width: number): { xml: Xml; height: number } {
  const room = width - 2 * NAME_X;
  const { attentions } = view;
  const more = attentions.length - MAX_ATTENTIONS;
  const issues = [
    ...attentions.slice(0, MAX_ATTENTIONS).map(({ code, message }) => `${code}: ${message}`),
    ...(more > 0 ? [`… and ${more} more issues`] : []),
  ];
  return {
    height: 58 + issues.length * 17,
    xml: element(
      'g',
      {},
      textAt(fit(titleOf(view), room, 17), NAME_X, 25, { size: 17, weight: 'bold' }),
      textAt(fit(statusLine(view), room, 12), NAME_X, 45, { size: 12 }),
      issues.flatMap((issue, index) => [
        mark(ATTENTION, NAME_X + 5, 58 + index * 17),
        textAt(fit(issue, room - 16, 12), NAME_X + 16, 62 + index * 17, { size: 12 }),
      ]),
    ),
  };
}

/** Title and description for screen readers. */
export function accessibleText(view: PortfolioOrderView): { title: string; description: string } {
  const { reached, attentions, progress } = view;
  const { orders, final, text } = progress;
  const history = reached.map(({ status, at }) => `${status} ${at}`).join(', ');
  return {
    title: `Timeline of ${titleOf(view)}`,
    description: [
      statusLine(view),
      history === '' ? 'No status reached yet.' : `Reached: ${history}.`,
      `${final} of ${orders} orders are final, ${text}.`,
      ...attentions
        .slice(0, MAX_ATTENTIONS)
        .map(({ code, message }) => `Needs attention: ${code}, ${message}.`),
    ].join(' '),
  };
}

function titleOf({ type, cashAmount, currency, reference, portfolioOrderId }: PortfolioOrderView): string {
  const what = [type, cashAmount, currency].filter((part) => part !== undefined).join(' ');
  const name = reference ?? portfolioOrderId;
  return what === '' ? `portfolio order ${name}` : `${what}, ${name}`;
}

function statusLine({ status, waitingFor, cancellationReason, finished }: PortfolioOrderView): string {
  const why = cancellationReason === undefined ? '' : ` (${cancellationReason})`;
  return `${status ?? 'No status yet'}${why}. ${finished ? 'The order is finished.' : `Waiting for: ${waitingFor}`}`;
}

const LEGEND: readonly [Style, string][] = [
  ...['NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED'].map((name): [Style, string] => [
    styleOf(name),
    name,
  ]),
  [OPERATOR, 'operator'],
  [COORDINATOR, 'coordinator'],
  [ACCEPTED, 'ESW accepted'],
  [REJECTED, 'ESW rejected'],
  [PENDING, 'pending at ESW'],
  [CHECK, 'check with Upvest'],
  [ATTENTION, 'needs attention'],
];

export const LEGEND_PX = 32;

export function legend(top: number): Xml {
  let x = NAME_X + 6;
  const parts = LEGEND.flatMap(([style, label]) => {
    const at = x;
    x += widthOf(label, SMALL) + 28;
    return [mark(style, at, top + 16), textAt(label, at + 10, top + 20, { isDim: true })];
  });
  return element('g', {}, parts);
}
