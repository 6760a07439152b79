/** What needs attention now, as the operators' page lists it: orders and placements first, then parked events. */
import { sendForJson } from '../../src/cli/client/http';
import type { Stack } from '../stack';
import type { OrderPage, ParkedPage } from '../../src/cli/client/orders-client';
import type { OrderSummary } from '../../src/app/ports/order-list';
import type { Subject } from './situations';

export interface Listed {
  codes: string[];
  /** Path of its page. */
  url: string;
}

export interface AttentionList {
  /** Undefined while it needs no attention. */
  find(subject: Subject): Listed | undefined;
}

export async function readAttentionList(stack: Stack): Promise<AttentionList> {
  const orderPages = await pagesOf(stack, '/portfolio-orders?attention=any');
  const parkedPages = await pagesOf(stack, '/parked-events?');
  const orders = orderPages.flatMap((page) => (page as OrderPage).orders);
  const parked = parkedPages.flatMap((page) => (page as ParkedPage).events);
  return {
    find(subject) {
      if ('order' in subject) {
        const name = subject.order;
        const order = orders.find((one) => one.reference === name || one.portfolioOrderId === name);
        return order && { codes: codesOf(order), url: pageOf(stack, 'orders', name) };
      }
      const event = parked.find(({ eventId }) => eventId === subject.event);
      return event && { codes: [`PARKED_${event.reason}`], url: pageOf(stack, 'parked', event.id) };
    },
  };
}

function codesOf({ attention, interrupted }: OrderSummary): string[] {
  return interrupted === true ? [...attention, 'INTERRUPTED'] : attention;
}

function pageOf({ url }: Stack, kind: 'orders' | 'parked', id: string): string {
  return `${url}/#/${kind}/${encodeURIComponent(id)}`;
}

async function pagesOf({ url, tokens }: Stack, list: string): Promise<unknown[]> {
  const pages: unknown[] = [];
  let cursor: string | undefined;
  do {
    const path = `${list}&limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}`;
    const page = await sendForJson({ url, token: tokens.read }, { path });
    pages.push(page);
    cursor = (page as { nextCursor?: string }).nextCursor;
  } while (cursor !== undefined);
  return pages;
}
