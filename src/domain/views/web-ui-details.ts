/** The order in Markdown, for the details pane of the Temporal Web UI. */
import { refusedText } from '../outbox/outbox';
import { timelineOf } from './timeline';
import { furtherFindings, viewOf, type PortfolioOrderView } from './order-view';
import type { OrderState } from '../order-state/state';

const MAX_ROWS = 50;
const MAX_STEPS = 10;
const MAX_FINDINGS = 10;

/** At most 50 child rows, 10 findings and 10 steps: the text is sent with every answer of the worker. */
export function describe(state: OrderState, view: PortfolioOrderView = viewOf(state)): string {
  return [
    summary(view),
    attention(view),
    waits(view),
    fulfillment(view),
    children(view),
    lastSteps(state, view),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function summary(view: PortfolioOrderView): string {
  const amount = view.cashAmount === undefined ? '' : ` ${view.cashAmount} ${view.currency ?? ''}`;
  const who =
    view.reference === undefined ? `not placed here (${view.origin})` : `reference \`${view.reference}\``;
  const { progress } = view;
  return [
    `**${view.type ?? 'Portfolio order'}${amount}** is **${view.status ?? 'not seen yet'}**, ${who}`,
    `Orders final: ${progress.final} of ${progress.orders}; ${progress.text}`,
    `Waiting for: ${view.waitingFor}`,
  ].join('  \n');
}

function attention(view: PortfolioOrderView): string {
  const calls = view.attentions.map(
    ({ code, message, advice }) => `\`${code}\` ${message.replace(/\.$/, '')}. ${advice}`,
  );
  const others = furtherFindings(view).map(
    (one) => `\`${one.code}\` ${one.subject} ${one.id}: ${one.message}`,
  );
  return [...list('**Needs attention**', calls), ...list('**Findings**', others)].join('\n');
}

function list(title: string, lines: string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - MAX_FINDINGS;
  return [
    title,
    '',
    ...lines.slice(0, MAX_FINDINGS).map((line) => `- ${line}`),
    ...(more > 0 ? [`- … and ${more} more`] : []),
    '',
  ];
}

function waits({ waits: all }: PortfolioOrderView): string {
  const lines = all.map(
    ({ rule, asksAt, asked, attentionAt }) =>
      `\`${rule}\`: next reconcile ${toTheSecond(asksAt)}` +
      (asked > 0 ? ` (${asked} times so far)` : '') +
      (attentionAt === undefined ? '' : `, flagged ${toTheSecond(attentionAt)}`),
  );
  return list('**Deadlines**', lines).join('\n').trimEnd();
}

function fulfillment(view: PortfolioOrderView): string {
  const { accepted, pending, children: others, refused, paused } = view.fulfillment;
  const parts = [
    `accepted ${accepted.map((event) => event.status).join(', ') || 'nothing yet'}`,
    ...(pending.length > 0 ? [`${view.finished ? 'not sent' : 'pending'} ${pending.join(', ')}`] : []),
    ...(others ? [`of the children accepted ${others.accepted}, pending ${others.pending}`] : []),
    ...(refused.length > 0 ? [`**${refusedText(refused)}**`] : []),
    ...(paused ? [`paused until ${toTheSecond(paused.until)}`] : []),
  ];
  return `ESW: ${parts.join('; ')}`;
}

function children(view: PortfolioOrderView): string {
  if (view.orders.length === 0) return '';
  const rows = view.orders.slice(0, MAX_ROWS).map((order) => {
    const executions = order.executions
      .map((one) => `${one.cashAmount} ${one.currency} ${one.status ?? '?'}`)
      .join(', ');
    return `| ${order.number} | ${order.instrumentId ?? order.id} | ${order.side ?? ''} | ${order.status ?? '?'} | ${executions} |`;
  });
  const more = view.orders.length > MAX_ROWS ? [`\n… and ${view.orders.length - MAX_ROWS} more`] : [];
  return [
    '| # | Instrument | Side | Status | Executions |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...more,
  ].join('\n');
}

/** Newest first. */
function lastSteps(state: OrderState, view: PortfolioOrderView): string {
  const steps = timelineOf(state).slice(-MAX_STEPS).reverse();
  if (steps.length === 0) return '';
  const names = namesIn(view);
  return [
    '**Last steps**, newest first',
    '',
    ...steps.map(
      ({ at, subject, id, text, rule }) =>
        `- ${toTheSecond(at)} ${names.get(id) ?? `${subject} ${id}`}: ${text} (\`${rule}\`)`,
    ),
  ].join('\n');
}

/** Ids are long; the table above has the numbers. */
function namesIn({ portfolioOrderId, orders }: PortfolioOrderView): Map<string, string> {
  return new Map([
    [portfolioOrderId, 'portfolio order'],
    ...orders.flatMap(({ id, number, executions }): [string, string][] => [
      [id, `order ${number}`],
      ...executions.map((one): [string, string] => [one.id, `execution of order ${number}`]),
    ]),
  ]);
}

/** @param time ISO 8601 */
function toTheSecond(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
