/** The API's calls about webhook events that could not be used. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import type { ParkedEventOperation, ParkedEvents } from '../temporal/parked-events';
import { answers, json } from './answers';
import type { Guard } from './auth';
import { nextCursor, placeIn } from './cursor';
import { attemptOf, noSuchParkedEvent } from './operations';
import { decision, idempotencyHeaders } from './schemas/decisions';
import {
  attempt,
  parkedEventPage,
  parkedEventParams,
  parkedEventQuery,
  parkedEventView,
} from './schemas/parked-events';
import { signedBy } from './signed';
import type { Bounded } from './webhook-batch';

export interface ParkedEventRoutesOptions {
  guard: Guard;
  parkedEvents: ParkedEvents;
  bounded: Bounded;
}

/** What takes the role `operate`, besides listing. */
export const PARKED_EVENT_ACTIONS = [
  'read-parked-event',
  'retry-parked-event',
  'discard-parked-event',
] as const;

const tags = ['parked events'];
const DECISIONS: Record<ParkedEventOperation, { operationId: string; summary: string; description: string }> =
  {
    retry: {
      operationId: 'retryParkedEvent',
      summary: 'Try now to use the event',
      description: 'Such as after a deploy that can read it. The answer says what came of it.',
    },
    discard: {
      operationId: 'discardParkedEvent',
      summary: 'Say that the event is of no use',
      description: 'It ends; what it was stays readable until Temporal forgets it.',
    },
  };

export function parkedEventRoutes({
  guard,
  parkedEvents,
  bounded,
}: ParkedEventRoutesOptions): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    const listSchema = {
      operationId: 'listParkedEvents',
      tags,
      summary: 'List the events that wait',
      description: 'Newest first, from an index that follows by a moment.',
      querystring: parkedEventQuery,
      response: answers({ 200: json('A page', parkedEventPage) }, ['INVALID_REQUEST']),
    };
    app.get('/parked-events', { onRequest: guard.needs('read'), schema: listSchema }, async (request) => {
      const { limit, cursor, reason } = request.query;
      const filter = { list: 'parked-events', reason };
      const part = { limit, ...placeIn(cursor, filter) };
      const page = await bounded(() => parkedEvents.page({ ...(reason && { reason }) }, part));
      return { events: page.events, ...nextCursor(page.next, filter) };
    });

    const readSchema = {
      operationId: 'readParkedEvent',
      tags,
      summary: 'Read an event as it came',
      description: 'It may name people, so it takes the role `operate`.',
      params: parkedEventParams,
      response: answers({ 200: json('The event', parkedEventView) }, [
        'INVALID_REQUEST',
        'FORBIDDEN',
        'NOT_FOUND',
      ]),
    };
    app.get(
      '/parked-events/:id',
      { onRequest: guard.needs('operate'), schema: readSchema },
      async (request) => {
        const { id } = request.params;
        const event = await bounded(() => parkedEvents.read(id));
        if (event === undefined) throw noSuchParkedEvent(id);
        return event;
      },
    );

    for (const [operation, texts] of Object.entries(DECISIONS) as [ParkedEventOperation, object][]) {
      const schema = {
        ...texts,
        tags,
        params: parkedEventParams,
        headers: idempotencyHeaders,
        body: decision,
        response: answers({ 200: json('What came of it', attempt) }, [
          'INVALID_REQUEST',
          'FORBIDDEN',
          'NOT_FOUND',
          'ALREADY_ENDED',
          'IDEMPOTENCY_KEY_REUSED',
          'BODY_TOO_LARGE',
          'UNSUPPORTED_MEDIA_TYPE',
          'OUTCOME_UNKNOWN',
        ]),
      };
      const config = { audited: `${operation}-parked-event` };
      const route = { onRequest: guard.needs('operate'), config, schema };
      app.post(`/parked-events/:id/${operation}`, route, async (request) => {
        const { id } = request.params;
        const { 'idempotency-key': key } = request.headers;
        const { actor, reason } = signedBy(guard.callerOf(request).name)(request.body);
        return attemptOf(await parkedEvents.perform(id, operation, { actor, reason }, key), id, key);
      });
    }
    done();
  };
}
