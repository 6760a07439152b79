/** The story of an order as lines for a terminal: what is new since the last look. */
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { ApiError } from './api';
import type { OrderRow, Reached } from '../domain/record';
import type { PortfolioOrderView } from '../domain/view';
import type { OrderStatusView } from '../temporal/order-reader';

interface Happening {
  /** The same for the same happening in every look. */
  key: string;
  at: string;
  who: 'Us' | 'Upvest' | 'ESW';
  text: string;
}

const HOW: Record<Reached['by'], string> = {
  webhook: 'webhook',
  poll: 'asked',
  placement: 'answer to the POST',
  snapshot: 'seen in another event',
};

/** Remembers what was told, so that each look tells only what is new. */
export class Story {
  private readonly told = new Set<string>();

  /** New lines since the last look, oldest first. */
  next(view: OrderStatusView): string[] {
    const fresh = [...placement(view), ...(view.order ? happenings(view.order) : [])].filter(
      ({ key }) => !this.told.has(key),
    );
    for (const { key } of fresh) this.told.add(key);
    return fresh.sort((a, b) => (a.at < b.at ? -1 : 1)).map(line);
  }
}

function line({ at, who, text }: Happening): string {
  const colour = { Us: 'cyan', Upvest: 'yellow', ESW: 'green' } as const;
  return `${styleText('dim', at.slice(11, 23))}  ${styleText(colour[who], who.padEnd(7))} ${text}`;
}

function placement({ placement: asked, phase }: OrderStatusView): Happening[] {
  if (asked === undefined) return [];
  const { side, cashAmount, currency, accountId } = asked.request;
  const start: Happening = {
    key: 'placement',
    at: asked.requestedAt,
    who: 'Us',
    text: `placing ${side} ${cashAmount} ${currency} on account ${accountId} as ${asked.reference}`,
  };
  if (phase !== 'REFUSED') return [start];
  const { status, detail, title } = asked.problem ?? { status: 0 };
  const text = `refused the order: ${status} ${detail ?? title ?? ''}`;
  return [start, { key: 'refused', at: new Date().toISOString(), who: 'Upvest', text }];
}

function happenings(order: PortfolioOrderView): Happening[] {
  const own = order.reached.map(({ status, at, by }): Happening => {
    const amount =
      status === 'NEW' ? ` (${order.type ?? ''} ${order.cashAmount ?? ''} ${order.currency ?? ''})` : '';
    const text = `portfolio order ${order.portfolioOrderId} is ${status}${amount}  [${HOW[by]}]`;
    return { key: `portfolio-order|${status}`, at, who: 'Upvest', text };
  });
  const esw = order.fulfillment.accepted.map(({ status, id }): Happening => ({
    key: `esw|${id}`,
    at: new Date().toISOString(),
    who: 'ESW',
    text: `took the event for ${status}  [${id}]`,
  }));
  return [...own, ...order.orders.flatMap(ofChild), ...esw];
}

function ofChild(order: OrderRow): Happening[] {
  const name = `order ${order.number}${order.instrumentId === undefined ? '' : ` ${order.instrumentId}`}`;
  const own = Object.entries(order.reached).map(([status, { at, by }]): Happening => ({
    key: `order|${order.id}|${status}`,
    at,
    who: 'Upvest',
    text: `  ${name} is ${status}  [${HOW[by]}]`,
  }));
  const executions = order.executions.flatMap((one) =>
    Object.entries(one.reached).map(([status, { at, by }]): Happening => ({
      key: `execution|${one.id}|${status}`,
      at,
      who: 'Upvest',
      text: `    execution of ${name} is ${status}: ${one.shareQuantity} for ${one.cashAmount} ${one.currency}  [${HOW[by]}]`,
    })),
  );
  return [...own, ...executions];
}

const LOOK_EVERY_MS = 250;
/** A deploy or a restart of the server is shorter; the order goes on meanwhile. */
const PATIENCE_MS = 30_000;

function isEnd({ phase }: OrderStatusView): boolean {
  return phase === 'FINISHED' || phase === 'REFUSED' || phase === 'NOT_PLACED';
}

/** Follows an order until it is finished, refused or known not to be there, telling each step; resolves with the last look. */
export async function follow(
  look: () => Promise<OrderStatusView>,
  tell: (line: string) => void,
): Promise<OrderStatusView> {
  const story = new Story();
  // Without a first answer there is nothing to be patient for.
  for (let lastAnswer = 0; ;) {
    try {
      const view = await look();
      lastAnswer = Date.now();
      story.next(view).forEach(tell);
      if (isEnd(view)) return view;
    } catch (error) {
      const passes = error instanceof ApiError && (error.status === undefined || error.status === 503);
      if (!passes || Date.now() - lastAnswer > PATIENCE_MS) throw error;
    }
    await sleep(LOOK_EVERY_MS);
  }
}
