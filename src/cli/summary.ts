/** An order as people want to see it: where it stands, what it waits for, and what somebody has to do. */
import { styleText } from 'node:util';
import { namesOf } from '../domain/emission';
import type { PortfolioOrderView } from '../domain/view';
import type { OrderStatusView } from '../temporal/order-reader';
import type { PlacementView } from '../../workflows/messages';
import { plain, timeOf } from './text';

const LABEL_WIDTH = 17;

type Row = [label: string, text: string | undefined];

/** Lines without what is not known. */
export function summaryLines(view: OrderStatusView): string[] {
  const { phase, reference, portfolioOrderId, placement, order, interrupted } = view;
  const rows: Row[] = [
    ['Order', `${reference ?? portfolioOrderId ?? ''} is ${phase}`],
    ['Portfolio order', portfolioOrderId],
    ...(order ? orderRows(order) : placement ? placementRows(placement) : []),
  ];
  return [
    ...rows.flatMap(([label, text]) => (text === undefined ? [] : [row(label, text)])),
    ...(interrupted ? interruption() : []),
    ...(order ? [...deadlineLines(order), ...attentionLines(order)] : []),
  ];
}

function row(label: string, text: string): string {
  return `${styleText('dim', label.padEnd(LABEL_WIDTH))} ${plain(text)}`;
}

function placementRows({
  request,
  waitingFor,
  candidates,
  cancel,
  identified,
  ...placement
}: PlacementView): Row[] {
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
    ['Waits for', waitingFor],
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
  const { type, cashAmount, currency, accountId, status, progress, held, closed, reopened } = order;
  const what = [type, cashAmount, currency].filter((part) => part !== undefined).join(' ');
  const { orders, final, executions, settled } = progress;
  return [
    ['Asked for', what === '' ? undefined : what],
    ['Account', accountId],
    [
      'Status',
      [status ?? 'not known yet', order.cancellationReason].filter((part) => part !== undefined).join(', '),
    ],
    ['Children', `${final} of ${orders} final; ${settled} of ${executions} executions settled`],
    ['ESW', fulfillment(order)],
    ['Cancel', cancel(order)],
    ['In place of', order.previous],
    ['Placed again as', order.resubmittedAs],
    ['Held', held],
    ['Closed', closed && `${timeOf(closed.at)} by ${closed.actor}: ${closed.reason} (${closed.evidence})`],
    ['Reopened', reopened && `${timeOf(reopened.at)} by ${reopened.actor}: ${reopened.reason}`],
    ['Waits for', order.waitingFor],
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

function interruption(): string[] {
  return [
    '',
    styleText('red', 'The workflow of this order was ended from outside, and nobody follows the order.'),
    '  reconcile starts it again; it goes on with all that it knew.',
  ];
}

function deadlineLines({ waits }: PortfolioOrderView): string[] {
  if (waits.length === 0) return [];
  const lines = waits.map(({ rule, since, asksAt, asked, attentionAt, overdue }) => {
    const times = asked === 0 ? '' : `, asked ${asked} times`;
    const human = attentionAt === undefined ? '' : `, a human is told ${timeOf(attentionAt)}`;
    const late = overdue ? styleText('red', '  OVERDUE') : '';
    return `  ${rule}  since ${timeOf(since)}, asks Upvest ${timeOf(asksAt)}${times}${human}${late}`;
  });
  return ['', 'Deadlines', ...lines];
}

function attentionLines({ attentions }: PortfolioOrderView): string[] {
  if (attentions.length === 0) return [];
  const lines = attentions.flatMap(({ code, message, advice }) => [
    `  ${styleText('red', code)}  ${plain(message)}`,
    `    ${plain(advice)}`,
  ]);
  return ['', 'Needs somebody', ...lines];
}
