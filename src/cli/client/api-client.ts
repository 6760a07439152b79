/** Client of the coordinator's HTTP API. */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Decided } from '../../domain/operator/operator-commands';
import type { TimelineEntry } from '../../domain/views/timeline';
import type { Status } from '../../app/ports/partner-status';
import type { OrderStatusView } from '../../app/orders/read';
import type { ParkedEventAttemptView, ParkedEventView } from '../../app/parked-events/parked-events';
import { call, orderPath, readOrder, send, sendForJson, submitOrder, type ApiOptions } from './http';
import type { SettledDay } from '../../app/ports/reports';
import type { DecisionsPage, OrderPage, OrdersClient, ParkedPage } from './orders-client';
import { OrdersProblem } from './problem';

interface TimelinePage {
  entries: TimelineEntry[];
  /** Absent on the last page. */
  nextOffset?: number;
}

/** Milliseconds without an event or a heartbeat after which a stream counts as broken. */
const STREAM_SILENCE_MS = 60_000;

export function createApiClient(options: ApiOptions): OrdersClient {
  const post = (path: string, body: unknown, key: string): Promise<unknown> =>
    sendForJson(options, { method: 'POST', path, body, headers: { 'idempotency-key': key } });

  return {
    submit: (order) => submitOrder(options, order),
    read: (referenceOrId) => readOrder(options, referenceOrId),
    snapshots: (referenceOrId) => streamSnapshots(options, referenceOrId),

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

    async timelineSvg(referenceOrId) {
      return (await send(options, { path: `${orderPath(referenceOrId)}/timeline.svg` })).text;
    },

    async list(filter) {
      return (await sendForJson(options, {
        path: `/portfolio-orders${queryOf({ ...filter })}`,
      })) as OrderPage;
    },

    async settled(days) {
      return (await sendForJson(options, { path: `${CSV_PATHS.settled}${queryOf({ ...days })}` })) as {
        days: SettledDay[];
      };
    },

    async decisions(filter) {
      const path = `${CSV_PATHS.decisions}${queryOf({ ...filter })}`;
      return (await sendForJson(options, { path })) as DecisionsPage;
    },

    async *csv({ of, query }) {
      const path = `${CSV_PATHS[of]}${queryOf({ ...query })}`;
      const { body } = await call(options, { path, headers: { accept: 'text/csv' } });
      const decoder = new TextDecoder();
      try {
        for await (const chunk of body) yield decoder.decode(chunk as Uint8Array, { stream: true });
      } catch (cause) {
        const message = `The answer of ${options.url} broke off: what was printed is not all of it.`;
        throw new OrdersProblem('NO_ANSWER', message, { cause });
      }
    },

    async status() {
      return (await sendForJson(options, { path: '/status' })) as Status;
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

const CSV_PATHS = { orders: '/portfolio-orders', settled: '/reports/settled', decisions: '/decisions' };

/** Streams snapshots of the order; reads it once where the server has no stream, or none free. */
async function* streamSnapshots(
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
    throw new OrdersProblem('NO_ANSWER', `The event stream from ${options.url} was interrupted.`, { cause });
  } finally {
    stream.body.destroy();
  }
}

/** Yields each server-sent event once it is complete. */
async function* serverSentEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  const complete: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void complete.push(event) });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* complete.splice(0);
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
