/** API routes that place, list and read portfolio orders. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RecordsUnavailable } from '../../app/ports/records-unavailable';
import { isUnavailable } from '../../app/unavailable';
import type { OrderList } from '../../app/orders/list';
import type { OrderReader } from '../../app/orders/read';
import type { Submissions } from '../../app/orders/submit';
import { present } from '../../lib/json';
import { responseDocs, etag, json, location } from '../openapi/responses';
import type { Guard } from '../plugins/auth';
import { endOf } from '../plugins/connection';
import { nextCursor, readCursor } from '../../app/cursor';
import { etagOf, isInIfNoneMatch } from '../plugins/etag';
import { partialOrder, orderPage, orderStatus } from '../openapi/schemas/orders';
import { submission } from '../../app/schemas/submission';
import type { WithDeadline } from '../../app/webhooks/accept-batch';
import { orderParams } from '../../app/schemas/input';
import { CallError, noSuchOrder } from '../../app/errors';
import { orderQuery, waitQuery } from '../../app/schemas/order-queries';

export interface PortfolioOrderRoutesOptions {
  guard: Guard;
  submissions: Submissions;
  orders: OrderReader;
  list: OrderList;
  withDeadline: WithDeadline;
}

const tags = ['orders'];

export function portfolioOrderRoutes({
  guard,
  submissions,
  orders,
  list,
  withDeadline,
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
        'Idempotent by `reference`: repeating a request returns the existing order (200); a different request with the same reference returns 409, unless Upvest rejected the first one: then it is a correction, placed as `<reference>~2`. `wait` delays the response until the placement has ended.',
      querystring: waitQuery,
      body: submission,
      response: responseDocs(
        {
          200: json('Repeated request: the existing order', partialOrder, location),
          202: json('New order: being placed, or placed within `wait`; see `phase`', partialOrder, location),
        },
        ['INVALID_REQUEST', 'FORBIDDEN', 'REFERENCE_CONFLICT', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
      ),
    };
    const place = { onRequest: guard.needs('submit'), config: { audited: 'place' }, schema: placeSchema };
    app.post('/portfolio-orders', place, async (request, reply) => {
      const { reference, postTax = false, ...order } = request.body;
      const { wait } = request.query;
      const submitter = guard.callerOf(request).name;
      const { outcome, name } = await withDeadline(() =>
        submissions.submit(reference, { ...order, postTax }, submitter),
      );
      if (outcome === 'conflict') {
        throw new CallError(
          'REFERENCE_CONFLICT',
          `${reference} was used for a different request. Use a new reference.`,
        );
      }
      void reply.header('location', `/portfolio-orders/${name}`);
      const status = outcome === 'started' ? 202 : 200;
      if (wait === 0 && outcome === 'started')
        return reply.code(status).send({ reference: name, phase: 'PLACING' });
      const left = AbortSignal.any([stopping.signal, endOf(reply)]);
      const endsAt = Date.now() + wait * 1000;
      if (wait > 0) await ignoreUnavailable(() => submissions.awaitPlacement(name, wait * 1000, left));
      // The request is durable already: without a worker's answer, respond with the reference alone.
      const look = () => ignoreUnavailable(() => withDeadline(() => orders.read(name)));
      let view = await look();
      while (view === undefined && Date.now() < endsAt && !left.aborted) {
        await sleep(PAUSE_MS, undefined, { signal: left }).catch(() => undefined);
        view = await look();
      }
      return reply.code(status).send(view ?? { reference: name });
    });

    const mayRead = { onRequest: guard.needs('read') };
    const listSchema = {
      operationId: 'listPortfolioOrders',
      tags,
      summary: 'List portfolio orders',
      description:
        'Open orders, newest first, then finished orders, most recently finished first. From an index that lags by a moment and has no amounts.',
      querystring: orderQuery,
      response: responseDocs({ 200: json('A page', orderPage) }, ['INVALID_REQUEST', 'RECORDS_UNAVAILABLE']),
    };
    app.get('/portfolio-orders', { ...mayRead, schema: listSchema }, async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const part = { limit, ...readCursor(cursor, filter) };
      const page = await withDeadline(() => list.page(present(filter), part));
      return { orders: page.orders, ...nextCursor(page.next, filter) };
    });

    const readSchema = {
      operationId: 'readPortfolioOrder',
      tags,
      summary: 'Read one portfolio order',
      description: 'With children, executions, events at ESW, and deadlines.',
      params: orderParams,
      response: responseDocs(
        {
          200: json('The order', orderStatus, etag),
          304: z.undefined().meta({ description: 'Unchanged since `If-None-Match`' }),
        },
        ['INVALID_REQUEST', 'NOT_FOUND', 'AMBIGUOUS_NAME'],
      ),
    };
    app.get(
      '/portfolio-orders/:referenceOrId',
      { ...mayRead, schema: readSchema },
      async (request, reply) => {
        const { referenceOrId } = request.params;
        const view = await withDeadline(() => orders.read(referenceOrId));
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

/** Between two reads that Temporal or a worker did not answer. Milliseconds. */
const PAUSE_MS = 250;

/** @returns undefined while Temporal, the worker or the records database is unavailable */
async function ignoreUnavailable<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isUnavailable(error) && !(error instanceof RecordsUnavailable)) throw error;
    return undefined;
  }
}
