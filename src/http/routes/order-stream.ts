/** API route that follows one order: streams its view after each change until the order has finished. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { OrderReader } from '../../app/orders/read';
import { responseDocs } from '../openapi/responses';
import type { Guard } from '../plugins/auth';
import { endOf } from '../plugins/connection';
import { openEventStream, type EventStream } from './sse';
import { createOrderPoller, takeSnapshot, watchedName, type Snapshot } from './order-poller';
import type { WithDeadline } from '../../app/webhooks/accept-batch';
import { orderParams } from '../../app/schemas/input';
import { CallError, noSuchOrder } from '../../app/errors';

export interface OrderEventRoutesOptions {
  guard: Guard;
  orders: OrderReader;
  withDeadline: WithDeadline;
  /** Maximum number of open streams in this process. Default: unlimited. */
  maxStreams?: number;
  /** Milliseconds; default 1,000. */
  pollEveryMs?: number;
  /** Milliseconds; default 15,000. */
  heartbeatMs?: number;
}

/** Phases that do not change any more. */
const FINAL: ReadonlySet<Snapshot['phase']> = new Set(['FINISHED', 'REFUSED', 'NOT_PLACED']);
const RETRY_AFTER_SECONDS = 5;

const EXAMPLE = `id: "qT3n0pX9hY2vLr8sKc1dWg"
event: view
data: {"phase":"TRACKED","reference":"savings-2041","order":{"status":"PROCESSING"}}

: alive

event: end
data: {"phase":"FINISHED"}
`;

const headers = z.looseObject({
  'last-event-id': z.string().max(200, 'must be the id of an event').optional().meta({
    description: 'The last id received; that view is not repeated',
  }),
});

export function orderEventRoutes({
  guard,
  orders,
  withDeadline,
  maxStreams = Infinity,
  pollEveryMs = 1_000,
  heartbeatMs = 15_000,
}: OrderEventRoutesOptions): FastifyPluginCallbackZod {
  const poller = createOrderPoller((name) => withDeadline(() => orders.read(name)), pollEveryMs);
  const open = new Set<EventStream>();
  /** Open streams, and those about to open. */
  let taken = 0;

  return (app, _options, done) => {
    // Without `end`, so that the client reconnects, to another process.
    app.addHook('preClose', (closed) => {
      for (const stream of open) stream.end();
      closed();
    });

    const schema = {
      operationId: 'followPortfolioOrder',
      tags: ['orders'],
      summary: 'Follow one portfolio order',
      description:
        'Server-sent events: `view` with the same JSON as `GET /portfolio-orders/{referenceOrId}`, immediately and after each change, with its ETag as id; a comment every 15 s; `end` when the order has finished, after which the stream closes. Reconnect to a stream that closes without `end`.',
      params: orderParams,
      headers,
      response: responseDocs(
        {
          200: {
            description: 'The stream',
            content: {
              'text/event-stream': {
                schema: z.string(),
                examples: { state: { summary: 'A view, a heartbeat, and the end', value: EXAMPLE } },
              },
            },
          },
        },
        ['INVALID_REQUEST', 'NOT_FOUND', 'AMBIGUOUS_NAME', 'TOO_MANY_STREAMS'],
      ),
    };
    const route = { onRequest: guard.needs('read'), schema };
    app.get('/portfolio-orders/:referenceOrId/events', route, async (request, reply) => {
      const { referenceOrId } = request.params;
      if (taken >= maxStreams) {
        throw new CallError(
          'TOO_MANY_STREAMS',
          `This server already has ${maxStreams} open streams.`,
          undefined,
          {
            retryAfterSeconds: RETRY_AFTER_SECONDS,
          },
        );
      }
      const end = endOf(reply);
      if (hasEnded(end)) return reply.hijack();
      taken += 1;
      end.addEventListener('abort', () => (taken -= 1));
      const view = await withDeadline(() => orders.read(referenceOrId));
      // The client may have left meanwhile.
      if (hasEnded(end)) return reply.hijack();
      if (view === undefined) throw noSuchOrder(referenceOrId);
      const stream = openEventStream(reply, heartbeatMs, end);
      open.add(stream);
      const send = createSender(stream, request.headers['last-event-id']);
      send(takeSnapshot(view));
      const caller = guard.callerOf(request);
      const unfollow = poller.follow(watchedName(referenceOrId, view), (snapshot) => {
        // A revoked token ends the streams that it opened.
        if (!guard.isStillValid(caller)) stream.end();
        else if (snapshot !== undefined) send(snapshot);
      });
      end.addEventListener('abort', () => {
        unfollow();
        open.delete(stream);
      });
      return reply;
    });
    done();
  };
}

/** A function, since TypeScript does not know that a signal changes while its holder waits. */
const hasEnded = (signal: AbortSignal): boolean => signal.aborted;

/** Sends a client the snapshots that it lacks; a slow client gets only the newest, once it has caught up. */
function createSender(stream: EventStream, lastSeen: string | undefined): (snapshot: Snapshot) => void {
  let sent = lastSeen;
  let ended = false;
  let waiting: Snapshot | undefined;
  let isBehind = false;

  function send({ etag, content, phase }: Snapshot): void {
    if (etag !== sent) {
      sent = etag;
      isBehind = !stream.send({ event: 'view', id: etag, data: content });
      if (isBehind) stream.drained(catchUp);
    }
    if (!FINAL.has(phase)) return;
    ended = true;
    stream.send({ event: 'end', data: JSON.stringify({ phase }) });
    stream.end();
  }

  function catchUp(): void {
    isBehind = false;
    const snapshot = waiting;
    waiting = undefined;
    if (snapshot !== undefined && !ended) send(snapshot);
  }

  return (snapshot) => {
    if (ended) return;
    if (isBehind) waiting = snapshot;
    else send(snapshot);
  };
}
