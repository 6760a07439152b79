/** The API's calls that place portfolio orders and show them. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { grpcCodeOf } from '../temporal/grpc';
import type { OrderList } from '../temporal/order-list';
import type { OrderReader } from '../temporal/order-reader';
import type { Submissions } from '../temporal/submissions';
import { present } from '../json';
import { answers, etag, json, location } from './answers';
import type { Guard } from './auth';
import { nextCursor, placeIn } from './cursor';
import { etagOf, isInIfNoneMatch } from './etag';
import { orderParams } from './input';
import { HttpProblem, noSuchOrder } from './problem';
import { known, orderPage, orderQuery, orderStatus, waitQuery } from './schemas/orders';
import { submission } from './schemas/submission';
import type { Bounded } from './webhook-batch';

export interface PortfolioOrderRoutesOptions {
  guard: Guard;
  submissions: Submissions;
  orders: OrderReader;
  list: OrderList;
  bounded: Bounded;
}

const tags = ['orders'];

export function portfolioOrderRoutes({
  guard,
  submissions,
  orders,
  list,
  bounded,
}: PortfolioOrderRoutesOptions): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    const stopping = new AbortController();
    app.addHook('preClose', (closed) => {
      stopping.abort();
      closed();
    });

    const placeSchema = {
      operationId: 'placePortfolioOrder',
      tags,
      summary: 'Place a portfolio order',
      description:
        'Once for each reference, however often it is sent: the same request again is answered with the order as it stands, another one under the same reference with 409. `wait` lets the answer take until placing has ended.',
      querystring: waitQuery,
      body: submission,
      response: answers(
        {
          200: json('The same request was made before: the order as it stands', known, location),
          202: json('It is being placed, or was placed within `wait`: see `phase`', known, location),
        },
        ['INVALID_REQUEST', 'FORBIDDEN', 'REFERENCE_CONFLICT', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
      ),
    };
    const place = { onRequest: guard.needs('submit'), config: { audited: 'place' }, schema: placeSchema };
    app.post('/portfolio-orders', place, async (request, reply) => {
      const { reference, postTax = false, ...order } = request.body;
      const { wait } = request.query;
      const outcome = await bounded(() => submissions.submit(reference, { ...order, postTax }));
      if (outcome === 'conflict') {
        throw new HttpProblem(
          'REFERENCE_CONFLICT',
          `${reference} was used for another request. Take a new reference.`,
        );
      }
      void reply.header('location', `/portfolio-orders/${reference}`);
      const status = outcome === 'started' ? 202 : 200;
      if (wait === 0 && outcome === 'started')
        return reply.code(status).send({ reference, phase: 'PLACING' });
      const endsAt = Date.now() + wait * 1000;
      if (wait > 0) await ignoreAway(() => submissions.settled(reference, wait * 1000, stopping.signal));
      // That the order is known must not depend on a worker that is away or busy: then its name is all there is to say.
      let view;
      do view = await ignoreAway(() => bounded(() => orders.read(reference)));
      while (view === undefined && Date.now() < endsAt && !stopping.signal.aborted);
      return reply.code(status).send(view ?? { reference });
    });

    const mayRead = { onRequest: guard.needs('read') };
    const listSchema = {
      operationId: 'listPortfolioOrders',
      tags,
      summary: 'List portfolio orders',
      description:
        'Open orders first, newest first, then those that closed last. From an index that follows by a moment; it has no amounts.',
      querystring: orderQuery,
      response: answers({ 200: json('A page', orderPage) }, ['INVALID_REQUEST']),
    };
    app.get('/portfolio-orders', { ...mayRead, schema: listSchema }, async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const part = { limit, ...placeIn(cursor, filter) };
      const page = await bounded(() => list.page(present(filter), part));
      return { orders: page.orders, ...nextCursor(page.next, filter) };
    });

    const readSchema = {
      operationId: 'readPortfolioOrder',
      tags,
      summary: 'Read one portfolio order',
      description: 'With its children, executions, what ESW knows, and what it waits for.',
      params: orderParams,
      response: answers(
        {
          200: json('The order', orderStatus, etag),
          304: z.undefined().meta({ description: 'It is still as `If-None-Match` says' }),
        },
        ['INVALID_REQUEST', 'NOT_FOUND'],
      ),
    };
    app.get(
      '/portfolio-orders/:referenceOrId',
      { ...mayRead, schema: readSchema },
      async (request, reply) => {
        const { referenceOrId } = request.params;
        const view = await bounded(() => orders.read(referenceOrId));
        if (view === undefined) throw noSuchOrder(referenceOrId);
        const content = JSON.stringify(view);
        const tag = etagOf(content);
        void reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
        if (isInIfNoneMatch(request.headers['if-none-match'], tag)) return reply.code(304).send();
        return reply.type('application/json; charset=utf-8').send(content);
      },
    );
    done();
  };
}

/** @returns undefined where Temporal, or a worker, is away */
async function ignoreAway<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (grpcCodeOf(error) === undefined) throw error;
    return undefined;
  }
}
