/** API routes of an order's timeline, as JSON and as an SVG chart. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timelineSvg } from '../../picture';
import type { OrderReader, OrderTimeline } from '../../app/orders/read';
import { responseDocs, json } from '../openapi/responses';
import type { Guard } from '../plugins/auth';
import { timeline } from '../openapi/schemas/orders';
import { CSP } from '../plugins/security-headers';
import type { WithDeadline } from '../../app/webhooks/accept-batch';
import { orderParams } from '../../app/schemas/input';
import { noSuchOrder, noTimelineYet } from '../../app/errors';
import { timelineQuery } from '../../app/schemas/order-queries';

export interface TimelineRoutesOptions {
  guard: Guard;
  orders: OrderReader;
  withDeadline: WithDeadline;
}

export function timelineRoutes({
  guard,
  orders,
  withDeadline,
}: TimelineRoutesOptions): FastifyPluginCallbackZod {
  const mayRead = { onRequest: guard.needs('read') };

  async function readTimeline(referenceOrId: string): Promise<OrderTimeline> {
    const found = await withDeadline(() => orders.timeline(referenceOrId));
    if (found === undefined) throw noSuchOrder(referenceOrId);
    return found;
  }

  return (app, _options, done) => {
    const schema = {
      operationId: 'readTimeline',
      tags: ['orders'],
      summary: 'Read the timeline of an order, oldest entry first',
      description:
        'Each entry has its source and its rule. Late events can insert entries, so read from the start when polling.',
      params: orderParams,
      querystring: timelineQuery,
      response: responseDocs({ 200: json('A page of the timeline', timeline) }, [
        'INVALID_REQUEST',
        'NOT_FOUND',
        'AMBIGUOUS_NAME',
      ]),
    };
    app.get('/portfolio-orders/:referenceOrId/timeline', { ...mayRead, schema }, async (request) => {
      const { offset, limit } = request.query;
      const { entries } = await readTimeline(request.params.referenceOrId);
      const end = offset + limit;
      return {
        entries: entries.slice(offset, end),
        total: entries.length,
        ...(end < entries.length && { nextOffset: end }),
      };
    });

    const svgSchema = {
      operationId: 'drawTimeline',
      tags: ['orders'],
      summary: 'Read the timeline as an SVG chart',
      description: 'Without scripts. 404 until the order has its own workflow.',
      params: orderParams,
      response: responseDocs(
        { 200: { description: 'The chart', content: { 'image/svg+xml': { schema: z.string() } } } },
        ['INVALID_REQUEST', 'NOT_FOUND', 'AMBIGUOUS_NAME'],
      ),
    };
    const path = '/portfolio-orders/:referenceOrId/timeline.svg';
    app.get(path, { ...mayRead, schema: svgSchema }, async (request, reply) => {
      const { referenceOrId } = request.params;
      const { view, entries } = await readTimeline(referenceOrId);
      if (view === undefined) throw noTimelineYet(referenceOrId);
      void reply.header('content-security-policy', CSP.picture);
      return reply.type('image/svg+xml; charset=utf-8').send(timelineSvg(view, entries));
    });
    done();
  };
}
