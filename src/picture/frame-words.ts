/** The words around the lanes: which order it is, how it stands, and what the shapes mean. */
import type { PortfolioOrderView } from '../domain/view';
import {
  ACCEPTED,
  ATTENTION,
  COORDINATOR,
  lookOf,
  mark,
  OPERATOR,
  QUESTION,
  REFUSED,
  SMALL,
  WAITING,
  words,
  type Look,
} from './looks';
import { NAME_X } from './lanes';
import { element, fit, widthOf, type Xml } from './svg';

const MAX_ATTENTIONS = 3;

/** Title, what it waits for, and what somebody has to look at. */
export function header(view: PortfolioOrderView, width: number): { xml: Xml; height: number } {
  const room = width - 2 * NAME_X;
  const { attentions } = view;
  const more = attentions.length - MAX_ATTENTIONS;
  const calls = [
    ...attentions.slice(0, MAX_ATTENTIONS).map(({ code, message }) => `${code}: ${message}`),
    ...(more > 0 ? [`… and ${more} more that need somebody`] : []),
  ];
  return {
    height: 58 + calls.length * 17,
    xml: element(
      'g',
      {},
      words(fit(titleOf(view), room, 17), NAME_X, 25, { size: 17, weight: 'bold' }),
      words(fit(standing(view), room, 12), NAME_X, 45, { size: 12 }),
      calls.flatMap((call, index) => [
        mark(ATTENTION, NAME_X + 5, 58 + index * 17),
        words(fit(call, room - 16, 12), NAME_X + 16, 62 + index * 17, { size: 12 }),
      ]),
    ),
  };
}

/** Who hears the picture instead of seeing it. */
export function story(view: PortfolioOrderView): { title: string; description: string } {
  const { reached, attentions, progress } = view;
  const { orders, final, executions, settled } = progress;
  const way = reached.map(({ status, at }) => `${status} ${at}`).join(', ');
  return {
    title: `Timeline of ${titleOf(view)}`,
    description: [
      standing(view),
      way === '' ? 'No status has a time yet.' : `Reached: ${way}.`,
      `${final} of ${orders} orders are final, ${settled} of ${executions} executions settled.`,
      ...attentions
        .slice(0, MAX_ATTENTIONS)
        .map(({ code, message }) => `Needs somebody: ${code}, ${message}.`),
    ].join(' '),
  };
}

function titleOf({ type, cashAmount, currency, reference, portfolioOrderId }: PortfolioOrderView): string {
  const what = [type, cashAmount, currency].filter((part) => part !== undefined).join(' ');
  const name = reference ?? portfolioOrderId;
  return what === '' ? `portfolio order ${name}` : `${what}, ${name}`;
}

function standing({ status, waitingFor, cancellationReason, finished }: PortfolioOrderView): string {
  const why = cancellationReason === undefined ? '' : ` (${cancellationReason})`;
  return `${status ?? 'Not seen yet'}${why}. ${finished ? 'The order is finished.' : `Waits for: ${waitingFor}`}`;
}

const LEGEND: readonly [Look, string][] = [
  ...['NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED'].map((name): [Look, string] => [
    lookOf(name),
    name,
  ]),
  [OPERATOR, 'operator'],
  [COORDINATOR, 'coordinator'],
  [ACCEPTED, 'ESW accepted'],
  [REFUSED, 'ESW refused'],
  [WAITING, 'waits for ESW'],
  [QUESTION, 'Upvest is asked'],
  [ATTENTION, 'needs somebody'],
];

export const LEGEND_PX = 32;

export function legend(top: number): Xml {
  let x = NAME_X + 6;
  const parts = LEGEND.flatMap(([look, word]) => {
    const at = x;
    x += widthOf(word, SMALL) + 28;
    return [mark(look, at, top + 16), words(word, at + 10, top + 20, { isDim: true })];
  });
  return element('g', {}, parts);
}
