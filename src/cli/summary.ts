/** An order as people want to see it: where it stands, what it waits for, and what somebody has to do. */
import { styleText } from 'node:util';
import { namesOf } from '../domain/emission';
import type { PortfolioOrderView } from '../domain/view';
import type { OrderStatusView } from '../temporal/order-reader';
import type { PlacementView } from '../../workflows/messages';
import { stepsFor, stepsWhenInterrupted, stepsWhenUnknown } from './next-steps';
import { plain, timeOf } from './text';
import { sentencesOf } from './waits-in-words';

const LABEL_WIDTH = 17;
const INDENT = ' '.repeat(LABEL_WIDTH + 1);

type Row = [label: string, text: string | undefined];

/**
 * What needs somebody and what to type then come first, then what it waits for and until when, then the rest; without
 * what is not known.
 *
 * @param now milliseconds since the epoch, for times from now
 */
export function summaryLines(view: OrderStatusView, now = Date.now()): string[] {
  const { phase, reference, portfolioOrderId, placement, order } = view;
  const head: Row[] = [
    ['Order', `${reference ?? portfolioOrderId ?? ''} is ${phase}`],
    ['Portfolio order', portfolioOrderId],
    ['Status', order && statusOf(order)],
  ];
  const facts = order ? orderRows(order) : placement ? placementRows(placement) : [];
  return [
    ...rows(head),
    ...needsSomebody(view),
    ...waiting(view, now),
    ...(facts.some(([, text]) => text !== undefined) ? ['', ...rows(facts)] : []),
  ];
}

function rows(all: Row[]): string[] {
  return all.flatMap(([label, text]) => (text === undefined ? [] : [row(label, text)]));
}

function row(label: string, text: string): string {
  return `${styleText('dim', label.padEnd(LABEL_WIDTH))} ${plain(text)}`;
}

function statusOf({ status, cancellationReason }: PortfolioOrderView): string {
  return [status ?? 'not known yet', cancellationReason].filter((part) => part !== undefined).join(', ');
}

/** Each thing with advice, and with the commands for it. */
function needsSomebody(view: OrderStatusView): string[] {
  const { phase, interrupted, order } = view;
  const things: { title: string; advice: string; steps: string[] }[] = [
    ...(interrupted
      ? [
          {
            title: styleText(
              'red',
              'The workflow of this order was ended from outside, and nobody follows the order.',
            ),
            advice: 'reconcile starts it again; it goes on with all that it knew.',
            steps: stepsWhenInterrupted(view),
          },
        ]
      : []),
    ...(phase === 'UNKNOWN'
      ? [
          {
            title: `${styleText('red', 'PLACEMENT_UNKNOWN')}  Whether Upvest has the order is not known`,
            advice: 'Find out with Upvest, then say which order it is, or that there is none.',
            steps: stepsWhenUnknown(view),
          },
        ]
      : []),
    ...(order?.attentions ?? []).map(({ code, message, advice }) => ({
      title: `${styleText('red', code)}  ${plain(message)}`,
      advice: plain(advice),
      steps: stepsFor(code, view),
    })),
  ];
  if (things.length === 0) return [];
  const lines = things.flatMap(({ title, advice, steps }) => [
    `  ${title}`,
    `    ${advice}`,
    ...steps.map((step) => `    ${styleText('dim', '$')} ${styleText('bold', step)}`),
  ]);
  return ['', styleText('bold', 'Needs somebody'), ...lines];
}

function waiting(view: OrderStatusView, now: number): string[] {
  const source = view.order ?? view.placement;
  if (source === undefined) return [];
  const sentences = sentencesOf(view, now).map((sentence) => `${INDENT}${sentence}`);
  return ['', row('Waits for', source.waitingFor), ...sentences];
}

function placementRows({ request, candidates, cancel, identified, ...placement }: PlacementView): Row[] {
  const { side, cashAmount, currency, accountId } = request;
  const { status, type, title, detail } = placement.problem ?? {};
  const refusal = [status, type, detail ?? title].filter((part) => part !== undefined).join(' ');
  return [
    [
      'Asked for',
      `${side} ${cashAmount} ${currency} on account ${accountId}, ${timeOf(placement.requestedAt)}`,
    ],
    ['Attempt', placement.attempt?.toString()],
    ['In place of', placement.previous],
    ['Refused', placement.problem && refusal],
    ['May be', candidates?.join(', ')],
    ['Cancel', cancel && `asked for by ${cancel.actor}: ${cancel.reason}`],
    [
      'Identified',
      identified &&
        `${identified.portfolioOrderId ?? 'no order'}, by ${identified.actor}: ${identified.reason}`,
    ],
  ];
}

function orderRows(order: PortfolioOrderView): Row[] {
  const { type, cashAmount, currency, accountId, progress, held, closed, reopened } = order;
  const what = [type, cashAmount, currency].filter((part) => part !== undefined).join(' ');
  const { orders, final, executions, settled } = progress;
  return [
    ['Asked for', what === '' ? undefined : what],
    ['Account', accountId],
    ['Children', `${final} of ${orders} final; ${settled} of ${executions} executions settled`],
    ['ESW', fulfillment(order)],
    ['Cancel', cancel(order)],
    ['In place of', order.previous],
    ['Placed again as', order.resubmittedAs],
    ['Held', held],
    ['Closed', closed && `${timeOf(closed.at)} by ${closed.actor}: ${closed.reason} (${closed.evidence})`],
    ['Reopened', reopened && `${timeOf(reopened.at)} by ${reopened.actor}: ${reopened.reason}`],
  ];
}

function fulfillment({ fulfillment: seen }: PortfolioOrderView): string {
  const { accepted, pending, children, refused, paused } = seen;
  const list = (what: string, statuses: string[]) =>
    statuses.length === 0 ? [] : [`${what} ${statuses.join(', ')}`];
  const parts = [
    ...list(
      'has',
      accepted.map(({ status }) => status),
    ),
    ...list('is owed', pending),
    ...(children ? [`of the children has ${children.accepted}, is owed ${children.pending}`] : []),
    ...(refused.length > 0 ? [`refused ${namesOf(refused)}`] : []),
    ...(paused ? [`paused until ${timeOf(paused.until)}: ${paused.message}`] : []),
  ];
  return parts.length === 0 ? 'knows nothing of it' : parts.join('; ');
}

function cancel({ cancel: wish }: PortfolioOrderView): string | undefined {
  if (wish === undefined) return undefined;
  const { at, actor, reason, answer, outcome } = wish;
  return `asked for ${timeOf(at)} by ${actor}: ${reason}. ${cancelAnswer(answer)}${CAME_OF_IT[outcome]}`;
}

/** What came of a cancel, where Upvest's answer to it does not say everything. */
const CAME_OF_IT: Record<NonNullable<PortfolioOrderView['cancel']>['outcome'], string> = {
  waiting: ', nothing has come of it yet',
  cancelled: '; all of it is cancelled',
  'partly-executed': '; a part was executed, the rest is cancelled',
  executed: '; the order was executed all the same',
  refused: '',
  'unknown-order': '',
};

function cancelAnswer(answer: NonNullable<PortfolioOrderView['cancel']>['answer']): string {
  switch (answer?.kind) {
    case undefined:
      return 'Upvest has not answered yet';
    case 'accepted':
      return 'Upvest took it';
    case 'unknown-order':
      return 'Upvest does not know the order';
    case 'refused': {
      const { status, type, title, detail } = answer.problem;
      const why = [status, type, detail ?? title].filter((part) => part !== undefined).join(' ');
      return `Upvest refused it: ${why}`;
    }
  }
}
