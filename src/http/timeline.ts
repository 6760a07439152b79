/** The API's calls that tell what happened to an order, in words and as a picture. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timelineSvg } from '../picture';
import type { OrderReader, OrderStory } from '../temporal/order-reader';
import { answers, json } from './answers';
import type { Guard } from './auth';
import { orderParams } from './input';
import { HttpProblem, noSuchOrder } from './problem';
import { timeline, timelineQuery } from './schemas/orders';
import { CSP } from './security-headers';
import type { Bounded } from './webhook-batch';

export interface TimelineRoutesOptions {
  guard: Guard;
  orders: OrderReader;
  bounded: Bounded;
}

export function timelineRoutes({ guard, orders, bounded }: TimelineRoutesOptions): FastifyPluginCallbackZod {
  const mayRead = { onRequest: guard.needs('read') };

  async function storyOf(referenceOrId: string): Promise<OrderStory> {
    const story = await bounded(() => orders.story(referenceOrId));
    if (story === undefined) throw noSuchOrder(referenceOrId);
    return story;
  }

  return (app, _options, done) => {
    const schema = {
      operationId: 'readTimeline',
      tags: ['orders'],
      summary: 'What happened to an order, oldest first',
      description:
        'Each entry with its source and the rule that allowed it. Late news may come in between, so whoever follows an order begins anew.',
      params: orderParams,
      querystring: timelineQuery,
      response: answers({ 200: json('A part of the timeline', timeline) }, ['INVALID_REQUEST', 'NOT_FOUND']),
    };
    app.get('/portfolio-orders/:referenceOrId/timeline', { ...mayRead, schema }, async (request) => {
      const { offset, limit } = request.query;
      const { entries } = await storyOf(request.params.referenceOrId);
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
      summary: 'The timeline as a picture',
      description: 'Without scripts. 404 while the order has no workflow of its own.',
      params: orderParams,
      response: answers(
        { 200: { description: 'The picture', content: { 'image/svg+xml': { schema: z.string() } } } },
        ['INVALID_REQUEST', 'NOT_FOUND'],
      ),
    };
    const path = '/portfolio-orders/:referenceOrId/timeline.svg';
    app.get(path, { ...mayRead, schema: svgSchema }, async (request, reply) => {
      const { referenceOrId } = request.params;
      const { view, entries } = await storyOf(referenceOrId);
      if (view === undefined)
        throw new HttpProblem(
          'NOT_FOUND',
          `${referenceOrId} has no workflow of its own yet: nothing can be drawn.`,
        );
      void reply.header('content-security-policy', CSP.picture);
      return reply.type('image/svg+xml; charset=utf-8').send(timelineSvg(view, entries));
    });
    done();
  };
}
