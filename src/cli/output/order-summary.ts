/** Summary of an order for people: status, issues and next commands, deadlines, details. */
import { styleText } from 'node:util';
import { problemText } from '../../domain/broker/problem';
import { namesOf, refusedText } from '../../domain/outbox/outbox';
import { furtherFindings, type PortfolioOrderView } from '../../domain/views/order-view';
import type { OrderStatusView, ShownPlacement } from '../../app/orders/read';
import { trackingOf } from '../../domain/views/tracking';
import { rejectedAt } from '../../domain/views/placement-steps';
import { stepsFor, stepsWhenInterrupted, stepsWhenUnknown } from './next-steps';
import { sanitized, timeOf } from './text';
import { deadlineTexts } from './deadlines';

const LABEL_WIDTH = 17;
const INDENT = ' '.repeat(LABEL_WIDTH + 1);

type Row = [label: string, text: string | undefined];

/**
 * Issues with their commands come first, then deadlines, then details. Unknown values are left out.
 *
 * @param now milliseconds since the epoch, for relative times
 */
export function summaryLines(view: OrderStatusView, now = Date.now()): string[] {
  const { reference, portfolioOrderId, placement, order } = view;
  const head: Row[] = [
    ['Order', `${reference ?? portfolioOrderId ?? ''} – ${statusLine(view)}`],
    ['Portfolio order', portfolioOrderId],
    ['Status', order && statusOf(order)],
  ];
  const facts = order ? orderRows(order, placement) : placement ? placementRows(placement) : [];
  return [
    ...rows(head),
    ...issues(view),
    ...waiting(view, now),
    ...(facts.some(([, text]) => text !== undefined) ? ['', ...rows(facts)] : []),
  ];
}

/** Upvest's status, whether the order is tracked, and what is open. */
export function statusLine({ phase, order, interrupted }: OrderStatusView): string {
  if (order === undefined) return phase;
  return `${order.status ?? 'not seen yet'}, ${trackingOf(order, interrupted ?? false)}`;
}

function rows(all: Row[]): string[] {
  return all.flatMap(([label, text]) => (text === undefined ? [] : [row(label, text)]));
}

function row(label: string, text: string): string {
  return `${styleText('dim', label.padEnd(LABEL_WIDTH))} ${sanitized(text)}`;
}

function statusOf({ status, cancellationReason }: PortfolioOrderView): string {
  return [status ?? 'not known yet', cancellationReason].filter((part) => part !== undefined).join(', ');
}

/** Each issue with advice and commands. */
function issues(view: OrderStatusView): string[] {
  const { interrupted, order } = view;
  const all: { title: string; advice: string; steps: string[] }[] = [
    ...(interrupted
      ? [
          {
            title: styleText(
              'red',
              'The workflow of this order was terminated or failed; the order is not tracked.',
            ),
            advice:
              order === undefined
                ? 'Restart it with reconcile: it looks for the order at Upvest, and does not place it again.'
                : 'Restart it with reconcile; it continues from its last state.',
            steps: stepsWhenInterrupted(view),
          },
        ]
      : []),
    ...(view.placement?.attentions ?? []).map(({ code, message, advice }) => ({
      title: `${styleText('red', code)}  ${sanitized(message)}`,
      advice: sanitized(advice),
      steps: code === 'PLACEMENT_UNKNOWN' ? stepsWhenUnknown(view) : ['portfolio-orders doctor'],
    })),
    ...(order?.attentions ?? []).map((attention) => ({
      title: `${styleText('red', attention.code)}  ${sanitized(attention.message)}`,
      advice: sanitized(attention.advice),
      steps: stepsFor(attention, view),
    })),
  ];
  if (all.length === 0) return [];
  const lines = all.flatMap(({ title, advice, steps }) => [
    `  ${title}`,
    `    ${advice}`,
    ...steps.map((step) => `    ${styleText('dim', '$')} ${styleText('bold', step)}`),
  ]);
  return ['', styleText('bold', 'Needs attention'), ...lines];
}

function waiting(view: OrderStatusView, now: number): string[] {
  const source = view.order ?? view.placement;
  if (source === undefined) return [];
  const sentences = deadlineTexts(view, now).map((sentence) => `${INDENT}${sentence}`);
  return ['', row('Waiting for', source.waitingFor), ...sentences];
}

function placementRows({ request, candidates, cancel, identified, ...placement }: ShownPlacement): Row[] {
  const { side, cashAmount, currency, accountId } = request;
  return [
    [
      'Requested',
      `${side} ${cashAmount} ${currency} on account ${accountId}, ${timeOf(placement.requestedAt)}`,
    ],
    ['Attempt', placement.attempt?.toString()],
    ['In place of', placement.previous ?? placement.correctionOf],
    ['Placed again as', placement.resubmittedAs],
    [placement.problem?.retryable ? 'Not placed' : 'Rejected', rejection(placement)],
    ['Candidates', candidates?.join(', ')],
    ['Cancel', cancel && `requested by ${cancel.actor}: ${cancel.reason}`],
    [
      'Identified',
      identified &&
        `${identified.portfolioOrderId ?? 'no order'}, by ${identified.actor}: ${identified.reason}`,
    ],
  ];
}

function rejection(placement: Pick<ShownPlacement, 'problem' | 'steps'>): string | undefined {
  const { problem } = placement;
  const at = rejectedAt(placement);
  if (problem === undefined) return undefined;
  return [...(at === undefined ? [] : [`${timeOf(at)}:`]), problemText(problem)].join(' ');
}

function orderRows(order: PortfolioOrderView, placement: ShownPlacement | undefined): Row[] {
  const { accountId, progress, held, closed, reopened } = order;
  // What Upvest reports may differ from what the client requested.
  const { side, cashAmount, currency } = placement?.request ?? { ...order, side: order.type };
  const what = [side, cashAmount, currency].filter((part) => part !== undefined).join(' ');
  const { orders, final, text } = progress;
  return [
    ['Requested', what === '' ? undefined : what],
    ['Account', accountId],
    ['Children', `${final} of ${orders} final; ${text}`],
    ['ESW', fulfillment(order)],
    ['Cancel', cancel(order)],
    ...findings(order),
    ['In place of', order.previous],
    ['Resubmitted as', order.resubmittedAs],
    ['Held', held],
    ['Closed', closed && `${timeOf(closed.at)} by ${closed.actor}: ${closed.reason} (${closed.evidence})`],
    ['Reopened', reopened && `${timeOf(reopened.at)} by ${reopened.actor}: ${reopened.reason}`],
  ];
}

function fulfillment({ fulfillment: seen, finished }: PortfolioOrderView): string {
  const { accepted, pending, children, refused, skipped = [], paused } = seen;
  const list = (what: string, statuses: string[], ofChildren = 0) => {
    const more = ofChildren === 0 ? '' : `+${ofChildren} of children`;
    if (statuses.length === 0) return more === '' ? [] : [`${what} ${more}`];
    return [`${what} ${statuses.join(', ')}${more === '' ? '' : ` (${more})`}`];
  };
  const sent = accepted.map(({ status }) => status);
  const parts = [
    ...list('sent', sent, children?.accepted),
    ...list(finished ? 'not accepted' : 'pending', pending, children?.pending),
    ...(refused.length > 0 ? [refusedText(refused)] : []),
    ...(skipped.length > 0 ? [`left out ${namesOf(skipped)}`] : []),
    ...(paused ? [`paused until ${timeOf(paused.until)}: ${paused.message}`] : []),
  ];
  return parts.length === 0 ? 'nothing sent' : parts.join('; ');
}

const MAX_FINDINGS = 10;

/** What is irregular without needing attention, such as a refused cancel of a child. */
function findings(order: PortfolioOrderView): Row[] {
  const all = furtherFindings(order);
  const more = all.length - MAX_FINDINGS;
  return [
    ...all
      .slice(0, MAX_FINDINGS)
      .map(({ code, subject, id, message }): Row => ['Finding', `${code} ${subject} ${id}: ${message}`]),
    ...(more > 0 ? ([['', `… and ${more} more, in --json`]] satisfies Row[]) : []),
  ];
}

function cancel({ cancel: request }: PortfolioOrderView): string | undefined {
  if (request === undefined) return undefined;
  const { at, actor, reason, text } = request;
  return `requested ${timeOf(at)} by ${actor}: ${reason}. ${text}`;
}
