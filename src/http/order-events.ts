/** The API's call that follows one order: a stream of its views, one for each change, until it is finished. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { OrderReader } from '../temporal/order-reader';
import { answers } from './answers';
import type { Guard } from './auth';
import { openEventStream, type EventStream } from './event-stream';
import { orderParams } from './input';
import { createOrderWatch, lookAt, watchedName, type Look } from './order-watch';
import { HttpProblem, noSuchOrder } from './problem';
import type { Bounded } from './webhook-batch';

export interface OrderEventRoutesOptions {
  guard: Guard;
  orders: OrderReader;
  bounded: Bounded;
  /** The most open streams of this process; absent for any number. */
  maxStreams?: number;
  /** Milliseconds; default 1,000. */
  lookEveryMs?: number;
  /** Milliseconds; default 15,000. */
  heartbeatMs?: number;
}

/** Nothing more will come of these. */
const FINAL: ReadonlySet<Look['phase']> = new Set(['FINISHED', 'REFUSED', 'NOT_PLACED']);
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
    description: 'The last id that was seen: that very view is not repeated',
  }),
});

export function orderEventRoutes({
  guard,
  orders,
  bounded,
  maxStreams = Infinity,
  lookEveryMs = 1_000,
  heartbeatMs = 15_000,
}: OrderEventRoutesOptions): FastifyPluginCallbackZod {
  const watch = createOrderWatch((name) => bounded(() => orders.read(name)), lookEveryMs);
  const open = new Set<EventStream>();
  /** Slots that are taken: streams that are open, and those that are about to be. */
  let taken = 0;

  return (app, _options, done) => {
    // Without `end`: the client asks again, of another process.
    app.addHook('preClose', (closed) => {
      for (const stream of open) stream.end();
      closed();
    });

    const schema = {
      operationId: 'followPortfolioOrder',
      tags: ['orders'],
      summary: 'Follow one portfolio order',
      description:
        'Server-sent events: `view` with the same JSON as `GET /portfolio-orders/{referenceOrId}`, at once and for each change, its ETag as id; a comment every 15 s; `end` when nothing more will come, and the stream closes. One that closes without `end` is to be asked for again.',
      params: orderParams,
      headers,
      response: answers(
        {
          200: {
            description: 'The stream',
            content: {
              'text/event-stream': {
                schema: z.string(),
                examples: { life: { summary: 'A view, a heartbeat, and the end', value: EXAMPLE } },
              },
            },
          },
        },
        ['INVALID_REQUEST', 'NOT_FOUND', 'TOO_MANY_STREAMS'],
      ),
    };
    const route = { onRequest: guard.needs('read'), schema };
    app.get('/portfolio-orders/:referenceOrId/events', route, async (request, reply) => {
      const { referenceOrId } = request.params;
      if (taken >= maxStreams) {
        throw new HttpProblem('TOO_MANY_STREAMS', `This server has ${maxStreams} streams open.`, undefined, {
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        });
      }
      taken += 1;
      const leave = (): void => {
        taken -= 1;
      };
      try {
        const view = await bounded(() => orders.read(referenceOrId));
        if (view === undefined) throw noSuchOrder(referenceOrId);
        const stream = openEventStream(reply, heartbeatMs);
        open.add(stream);
        const teller = tellerOf(stream, request.headers['last-event-id']);
        teller(lookAt(view));
        const caller = guard.callerOf(request);
        const unfollow = watch.follow(watchedName(referenceOrId, view), (look) => {
          // A token that was taken away ends what it had opened.
          if (!guard.stillHolds(caller)) stream.end();
          else if (look !== undefined) teller(look);
        });
        void stream.closed.then(() => {
          unfollow();
          open.delete(stream);
          leave();
        });
      } catch (error) {
        leave();
        throw error;
      }
      return reply;
    });
    done();
  };
}

/** Tells a client what it has not seen. To one that reads slowly only the newest is told, once it has caught up. */
function tellerOf(stream: EventStream, lastSeen: string | undefined): (look: Look) => void {
  let told = lastSeen;
  let ended = false;
  let waiting: Look | undefined;
  let isBehind = false;

  function tell({ etag, content, phase }: Look): void {
    if (etag !== told) {
      told = etag;
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
    const look = waiting;
    waiting = undefined;
    if (look !== undefined && !ended) tell(look);
  }

  return (look) => {
    if (ended) return;
    if (isBehind) waiting = look;
    else tell(look);
  };
}
