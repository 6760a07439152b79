/** The story of an order as lines for a terminal: what is new since the last look. */
import { styleText } from 'node:util';
import type { OrderRow, Reached } from '../domain/record';
import type { PortfolioOrderView } from '../domain/view';
import type { OrderStatusView } from '../temporal/order-reader';
import { following, isEnd, once } from './following';
import { plain } from './text';

interface Happening {
  /** The same for the same happening in every look. */
  key: string;
  at: string;
  who: 'Us' | 'Upvest' | 'ESW';
  text: string;
  /** How it is known, or by which id. */
  how?: string;
  /** 1 for children, 2 for their executions. */
  depth?: 1 | 2;
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
    const all = [...placement(view), ...(view.order ? happenings(view.order) : []), ...calls(view)];
    const fresh = all.filter(({ key }) => !this.told.has(key));
    for (const { key } of fresh) this.told.add(key);
    return fresh.sort((a, b) => (a.at < b.at ? -1 : 1)).map(line);
  }
}

/** What people and the broker wrote is made harmless. */
function line({ at, who, text, how, depth }: Happening): string {
  const colour = { Us: 'cyan', Upvest: 'yellow', ESW: 'green' } as const;
  const time = styleText('dim', plain(at.slice(11, 23)));
  const source = how === undefined ? '' : `  [${plain(how)}]`;
  return `${time}  ${styleText(colour[who], who.padEnd(7))} ${'  '.repeat(depth ?? 0)}${plain(text)}${source}`;
}

/** What needs somebody. */
function calls({ order, interrupted }: OrderStatusView): Happening[] {
  const at = new Date().toISOString();
  const nobody =
    'its workflow was ended from outside, and nobody follows the order: reconcile starts it again';
  return [
    ...(interrupted ? [{ key: 'interrupted', at, who: 'Us' as const, text: nobody }] : []),
    ...(order?.attentions ?? []).map(({ code, key, message }): Happening => ({
      key: `attention|${key}`,
      at,
      who: 'Us',
      text: `needs somebody: ${code} ${message}`,
    })),
  ];
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
    const text = `portfolio order ${order.portfolioOrderId} is ${status}${amount}`;
    return { key: `portfolio-order|${status}`, at, who: 'Upvest', text, how: HOW[by] };
  });
  const esw = order.fulfillment.accepted.map(({ status, id, at }): Happening => ({
    key: `esw|${id}`,
    at: at ?? new Date().toISOString(),
    who: 'ESW',
    text: `took the event for ${status}`,
    how: id,
  }));
  return [...own, ...order.orders.flatMap(ofChild), ...esw];
}

function ofChild(order: OrderRow): Happening[] {
  const name = `order ${order.number}${order.instrumentId === undefined ? '' : ` ${order.instrumentId}`}`;
  const own = Object.entries(order.reached).map(([status, { at, by }]): Happening => ({
    key: `order|${order.id}|${status}`,
    at,
    who: 'Upvest',
    text: `${name} is ${status}`,
    how: HOW[by],
    depth: 1,
  }));
  const executions = order.executions.flatMap((one) =>
    Object.entries(one.reached).map(([status, { at, by }]): Happening => ({
      key: `execution|${one.id}|${status}`,
      at,
      who: 'Upvest',
      text: `execution of ${name} is ${status}: ${one.shareQuantity} for ${one.cashAmount} ${one.currency}`,
      how: HOW[by],
      depth: 2,
    })),
  );
  return [...own, ...executions];
}

/** Follows an order until it is finished, refused or known not to be there, telling each step; resolves with the last look. */
export async function follow(
  look: () => Promise<OrderStatusView>,
  tell: (line: string) => void,
): Promise<OrderStatusView> {
  const story = new Story();
  for await (const view of following(() => once(look))) {
    story.next(view).forEach(tell);
    if (isEnd(view)) return view;
  }
  throw new Error('The looks at an order end with its end');
}
