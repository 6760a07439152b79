/** API routes of parked events: webhook events that could not be processed. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import type { ParkedEventOperation, ParkedEvents } from '../../app/parked-events/parked-events';
import { responseDocs, json } from '../openapi/responses';
import type { Guard } from '../plugins/auth';
import { nextCursor, readCursor } from '../../app/cursor';
import { attemptOf, noSuchParkedEvent } from '../../app/orders/decisions';
import { decision, idempotencyHeaders } from '../../app/schemas/decisions';
import { attempt, parkedEventPage, parkedEventView } from '../openapi/schemas/parked-events';
import { withActor } from '../../app/actor';
import type { WithDeadline } from '../../app/webhooks/accept-batch';
import { parkedEventParams, parkedEventQuery } from '../../app/schemas/parked-event-queries';

export interface ParkedEventRoutesOptions {
  guard: Guard;
  parkedEvents: ParkedEvents;
  withDeadline: WithDeadline;
}

/** Actions that require the role `operate`. */
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
      summary: 'Retry the event now',
      description: 'Such as after a deploy that can process it. The response has the outcome.',
    },
    discard: {
      operationId: 'discardParkedEvent',
      summary: 'Discard the event for good',
      description: 'It stays readable for Temporal’s retention period.',
    },
  };

export function parkedEventRoutes({
  guard,
  parkedEvents,
  withDeadline,
}: ParkedEventRoutesOptions): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    const listSchema = {
      operationId: 'listParkedEvents',
      tags,
      summary: 'List open parked events',
      description: 'Newest first, from an index that lags by a moment.',
      querystring: parkedEventQuery,
      response: responseDocs({ 200: json('A page', parkedEventPage) }, ['INVALID_REQUEST']),
    };
    app.get('/parked-events', { onRequest: guard.needs('read'), schema: listSchema }, async (request) => {
      const { limit, cursor, reason } = request.query;
      const filter = { list: 'parked-events', reason };
      const part = { limit, ...readCursor(cursor, filter) };
      const page = await withDeadline(() => parkedEvents.page({ ...(reason && { reason }) }, part));
      return { events: page.events, ...nextCursor(page.next, filter) };
    });

    const readSchema = {
      operationId: 'readParkedEvent',
      tags,
      summary: 'Read an event as received',
      description: 'Requires the role `operate`, because the event may hold personal data.',
      params: parkedEventParams,
      response: responseDocs({ 200: json('The event', parkedEventView) }, [
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
        const event = await withDeadline(() => parkedEvents.read(id));
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
        response: responseDocs({ 200: json('The outcome', attempt) }, [
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
        const { actor, reason } = withActor(guard.callerOf(request).name)(request.body);
        return attemptOf(await parkedEvents.perform(id, operation, { actor, reason }, key), id, key);
      });
    }
    done();
  };
}
