/** Progress of an order, in a few lines that fit on any terminal. */
import { styleText } from 'node:util';
import type { PortfolioOrderView } from '../../domain/views/order-view';
import type { OrderStatusView } from '../../app/orders/read';
import { sanitized } from './text';
import { statusLine } from './order-summary';
import { deadlineTexts } from './deadlines';

const LABEL_WIDTH = 10;
const BAR_WIDTH = 20;

export interface ChildProgress {
  orders: number;
  filled: number;
  cancelled: number;
  /** Filled, with all executions settled. */
  settled: number;
}

export function childProgress({ orders }: Pick<PortfolioOrderView, 'orders'>): ChildProgress {
  const filled = orders.filter(({ status }) => status === 'FILLED');
  return {
    orders: orders.length,
    filled: filled.length,
    cancelled: orders.filter(({ status }) => status === 'CANCELLED').length,
    settled: filled.filter(
      ({ executions }) => executions.length > 0 && executions.every(({ status }) => status === 'SETTLED'),
    ).length,
  };
}

/**
 * @param name the reference or id that the user gave
 * @param now milliseconds since the epoch
 */
export function progressLines(name: string, view: OrderStatusView, now: number): string[] {
  const { order, placement, interrupted } = view;
  const asked = order ?? placement?.request;
  const what = [order?.type ?? placement?.request.side, asked?.cashAmount, asked?.currency]
    .filter((part) => part !== undefined)
    .join(' ');
  return [
    [
      styleText('bold', sanitized(name)),
      styleText('cyan', sanitized(statusLine(view))),
      sanitized(what),
    ].join('  '),
    ...(order ? childLines(order) : []),
    ...(order ? [line('ESW', eswText(order))] : []),
    line('Waiting', order?.waitingFor ?? placement?.waitingFor ?? ''),
    ...deadlineTexts(view, now).map((sentence) => line('', sentence)),
    ...(interrupted
      ? [styleText('red', 'The workflow was terminated or failed. Restart it with reconcile.')]
      : []),
    ...[...(placement?.attentions ?? []), ...(order?.attentions ?? [])].map(({ code, message }) =>
      line('Attention', `${code} ${message}`, (text) => styleText('red', text)),
    ),
  ];
}

function line(label: string, text: string, style = (plainText: string): string => plainText): string {
  return `${styleText('dim', label.padEnd(LABEL_WIDTH))} ${style(sanitized(text))}`;
}

function childLines(order: PortfolioOrderView): string[] {
  const { orders, filled, cancelled, settled } = childProgress(order);
  if (orders === 0) return [];
  const lost = cancelled === 0 ? '' : `, ${cancelled} cancelled`;
  return [
    line('Filled', `${bar(filled, orders)} ${filled} of ${orders}${lost}`),
    line('Settled', `${bar(settled, orders)} ${settled} of ${orders}`),
    line('Executions', order.progress.text),
  ];
}

function bar(part: number, whole: number): string {
  const full = Math.floor((part / whole) * BAR_WIDTH);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}

function eswText({
  fulfillment: { accepted, pending, children, refused, paused },
  finished,
}: PortfolioOrderView): string {
  const unbuilt = refused.filter(({ id }) => id === undefined).length;
  const parts = [
    `${accepted.length + (children?.accepted ?? 0)} accepted`,
    `${pending.length + (children?.pending ?? 0)} ${finished ? 'not accepted' : 'pending'}`,
    ...(refused.length > unbuilt ? [`${refused.length - unbuilt} rejected`] : []),
    ...(unbuilt > 0 ? [`${unbuilt} not built`] : []),
    ...(paused ? ['paused'] : []),
  ];
  return parts.join(', ');
}
