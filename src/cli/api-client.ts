/** The coordinator over its HTTP API. */
import type { Decided } from '../domain/operators';
import type { TimelineEntry } from '../domain/timeline';
import type { OrderStatusView } from '../temporal/order-reader';
import type { ParkedEventAttemptView, ParkedEventView } from '../temporal/parked-events';
import { call, orderPath, readOrder, send, sendForJson, submitOrder, type ApiOptions } from './api';
import type { OrderPage, OrdersClient, ParkedPage } from './orders-client';
import { OrdersProblem } from './orders-problem';
import { serverSentEvents } from './server-sent-events';

interface TimelinePage {
  entries: TimelineEntry[];
  /** There while more follow. */
  nextOffset?: number;
}

/** A stream that says nothing for longer, not even that it lives, is broken. */
const STREAM_SILENCE_MS = 60_000;

export function createApiClient(options: ApiOptions): OrdersClient {
  const post = (path: string, body: unknown, key: string): Promise<unknown> =>
    sendForJson(options, { method: 'POST', path, body, headers: { 'idempotency-key': key } });

  return {
    submit: (order) => submitOrder(options, order),
    read: (referenceOrId) => readOrder(options, referenceOrId),
    looks: (referenceOrId) => looksOver(options, referenceOrId),

    async timeline(referenceOrId) {
      const all: TimelineEntry[] = [];
      for (let offset: number | undefined = 0; offset !== undefined;) {
        const path = `${orderPath(referenceOrId)}/timeline${queryOf({ offset })}`;
        const page = (await sendForJson(options, { path })) as TimelinePage;
        all.push(...page.entries);
        offset = page.nextOffset;
      }
      return all;
    },

    async drawing(referenceOrId) {
      return (await send(options, { path: `${orderPath(referenceOrId)}/timeline.svg` })).text;
    },

    async list(filter) {
      return (await sendForJson(options, {
        path: `/portfolio-orders${queryOf({ ...filter })}`,
      })) as OrderPage;
    },

    async operate(referenceOrId, operation, decision, key) {
      return (await post(`${orderPath(referenceOrId)}/${operation}`, decision, key)) as Decided;
    },

    async listParked(filter) {
      return (await sendForJson(options, { path: `/parked-events${queryOf({ ...filter })}` })) as ParkedPage;
    },

    async readParked(id) {
      return (await sendForJson(options, { path: parkedPath(id) })) as ParkedEventView;
    },

    async decideParked(id, operation, decision, key) {
      return (await post(`${parkedPath(id)}/${operation}`, decision, key)) as ParkedEventAttemptView;
    },

    close: () => Promise.resolve(),
  };
}

/** By the stream of the order's changes; a server that has none, or none left, is asked for one look. */
async function* looksOver(
  options: ApiOptions,
  referenceOrId: string,
): AsyncGenerator<OrderStatusView, void, undefined> {
  const path = `${orderPath(referenceOrId)}/events`;
  const headers = { accept: 'text/event-stream' };
  const stream = await call(options, { path, headers }, STREAM_SILENCE_MS).catch((error: unknown) => {
    if (error instanceof OrdersProblem && /^(NOT_FOUND|TOO_MANY_STREAMS|HTTP_4\d\d)$/.test(error.code))
      return undefined;
    throw error;
  });
  if (stream === undefined) {
    yield await readOrder(options, referenceOrId);
    return;
  }
  try {
    for await (const { event, data } of serverSentEvents(stream.body)) {
      if (event === 'end') return;
      if (event === 'view') yield JSON.parse(data) as OrderStatusView;
    }
  } catch (cause) {
    throw new OrdersProblem('NO_ANSWER', `The stream from ${options.url} broke off.`, { cause });
  } finally {
    stream.body.destroy();
  }
}

function queryOf(filter: Record<string, string | number | boolean | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function parkedPath(id: string): string {
  return `/parked-events/${encodeURIComponent(id)}`;
}
