/** How far an order is, in a few lines that fit on any terminal. */
import { styleText } from 'node:util';
import type { PortfolioOrderView } from '../domain/view';
import type { OrderStatusView } from '../temporal/order-reader';
import { plain } from './text';
import { sentencesOf } from './waits-in-words';

const LABEL_WIDTH = 10;
const BAR_WIDTH = 20;

export interface ChildProgress {
  orders: number;
  filled: number;
  cancelled: number;
  /** Filled, and every execution of it settled. */
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
 * @param name what the order was asked for by
 * @param now milliseconds since the epoch
 */
export function progressLines(name: string, view: OrderStatusView, now: number): string[] {
  const { order, placement, phase, interrupted } = view;
  const asked = order ?? placement?.request;
  const what = [order?.type ?? placement?.request.side, asked?.cashAmount, asked?.currency]
    .filter((part) => part !== undefined)
    .join(' ');
  return [
    [styleText('bold', plain(name)), styleText('cyan', plain(order?.status ?? phase)), plain(what)].join(
      '  ',
    ),
    ...(order ? ofChildren(order) : []),
    ...(order ? [line('ESW', ofEsw(order))] : []),
    line('Waits for', order?.waitingFor ?? placement?.waitingFor ?? ''),
    ...sentencesOf(view, now).map((sentence) => line('', sentence)),
    ...(interrupted ? [styleText('red', 'Nobody follows it: reconcile starts its workflow again.')] : []),
    ...(order?.attentions ?? []).map(({ code, message }) =>
      line('Attention', `${code} ${message}`, (text) => styleText('red', text)),
    ),
  ];
}

function line(label: string, text: string, style = (plainText: string): string => plainText): string {
  return `${styleText('dim', label.padEnd(LABEL_WIDTH))} ${style(plain(text))}`;
}

function ofChildren(order: PortfolioOrderView): string[] {
  const { orders, filled, cancelled, settled } = childProgress(order);
  if (orders === 0) return [];
  const lost = cancelled === 0 ? '' : `, ${cancelled} cancelled`;
  return [
    line('Filled', `${bar(filled, orders)} ${filled} of ${orders}${lost}`),
    line('Settled', `${bar(settled, orders)} ${settled} of ${orders}`),
  ];
}

function bar(part: number, whole: number): string {
  const full = Math.floor((part / whole) * BAR_WIDTH);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}

function ofEsw({
  fulfillment: { accepted, pending, children, refused, paused },
}: PortfolioOrderView): string {
  const parts = [
    `${accepted.length + (children?.accepted ?? 0)} accepted`,
    `${pending.length + (children?.pending ?? 0)} pending`,
    ...(refused.length > 0 ? [`${refused.length} refused`] : []),
    ...(paused ? ['paused'] : []),
  ];
  return parts.join(', ');
}
