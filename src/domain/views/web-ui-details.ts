/** The order in Markdown, for the details pane of the Temporal Web UI. */
import { namesOf, refusedText } from '../outbox/outbox';
import { code, plain } from '../values/markdown';
import { timelineOf } from './timeline';
import { furtherFindings, viewOf, type PortfolioOrderView } from './order-view';
import type { OrderState } from '../order-state/state';

const MAX_ROWS = 50;
const MAX_EXECUTIONS = 10;
const MAX_STEPS = 10;
const MAX_FINDINGS = 10;

/** At most 50 child rows with 10 executions each, 10 findings and 10 steps: the text is sent with every answer of the worker. */
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
  const amount =
    view.cashAmount === undefined ? '' : ` ${plain(view.cashAmount)} ${plain(view.currency ?? '')}`;
  const who = view.reference === undefined ? UNPLACED[view.origin] : `reference ${code(view.reference)}`;
  const { progress } = view;
  return [
    `**${plain(view.type ?? 'Portfolio order')}${amount}** is **${plain(view.status ?? 'not seen yet')}**, ${who}`,
    `Orders final: ${progress.final} of ${progress.orders}; ${plain(progress.text)}`,
    `Waiting for: ${plain(view.waitingFor)}`,
  ].join('  \n');
}

/** Without a reference. */
const UNPLACED: Record<PortfolioOrderView['origin'], string> = {
  placed: 'placed here',
  adopted: 'not placed here (adopted)',
  open: 'not known yet who placed it',
};

function attention(view: PortfolioOrderView): string {
  const calls = view.attentions.map(
    (one) => `${code(one.code)} ${plain(one.message.replace(/\.$/, ''))}. ${one.advice}`,
  );
  const others = furtherFindings(view).map(
    (one) => `${code(one.code)} ${plain(`${one.subject} ${one.id}: ${one.message}`)}`,
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
  const { accepted, pending, children: others, refused, skipped = [], paused } = view.fulfillment;
  const left = view.finished ? 'not accepted' : 'pending';
  const parts = [
    `accepted ${accepted.map((event) => plain(event.status)).join(', ') || 'nothing'}`,
    ...(pending.length > 0 ? [`${left} ${plain(pending.join(', '))}`] : []),
    ...(others ? [`of the children accepted ${others.accepted}, ${left} ${others.pending}`] : []),
    ...(refused.length > 0 ? [`**${plain(refusedText(refused))}**`] : []),
    ...(skipped.length > 0 ? [`left out ${plain(namesOf(skipped))}`] : []),
    ...(paused ? [`paused until ${toTheSecond(paused.until)}`] : []),
  ];
  return `ESW: ${parts.join('; ')}`;
}

function children(view: PortfolioOrderView): string {
  if (view.orders.length === 0) return '';
  const rows = view.orders.slice(0, MAX_ROWS).map((order) => {
    const shown = order.executions.slice(0, MAX_EXECUTIONS);
    const others = order.executions.length - shown.length;
    const executions = [
      ...shown.map((one) => plain(`${one.cashAmount} ${one.currency} ${one.status ?? '?'}`)),
      ...(others > 0 ? [`… and ${others} more`] : []),
    ].join(', ');
    const cells = [order.instrumentId ?? order.id, order.side ?? '', order.status ?? '?'].map(plain);
    return `| ${[order.number, ...cells, executions].join(' | ')} |`;
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
        `- ${toTheSecond(at)} ${names.get(id) ?? plain(`${subject} ${id}`)}: ${plain(text)} (${code(rule)})`,
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
