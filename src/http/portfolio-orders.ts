/** The API's calls about portfolio orders. */
import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import type { ApiToken } from '../config';
import { isDecimal, isZero } from '../domain/money';
import { grpcCodeOf } from '../temporal/grpc';
import type { OrderReader, OrderStatusView } from '../temporal/order-reader';
import type { Submissions } from '../temporal/submissions';
import { authorize } from './auth';
import { nameIn, read, uuid } from './input';
import { HttpProblem, noSuchOrder } from './problem';
import type { Bounded } from './webhook-batch';

export interface PortfolioOrderRoutesOptions {
  tokens: ApiToken[];
  submissions: Submissions;
  orders: OrderReader;
  bounded: Bounded;
}

const MAX_AMOUNT_LENGTH = 30;
const AMOUNT = 'must be a positive decimal string such as "1000.00"';

const REFERENCE = 'must be 1 to 100 characters of A-Z a-z 0-9 . _ -, and not just . or ..';
const ESW_REFERENCE = "must be ESW's own reference of the order, 1 to 256 characters";
const COUNTRY = 'must be an ISO 3166-1 alpha-2 code, such as DE';

/** It becomes part of a workflow id, and of a path, in which `.` and `..` would be steps. */
const reference = z.string({ error: REFERENCE }).regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, REFERENCE);

/** Body of `POST /portfolio-orders`. Strict: a field that is not known here would silently be lost. */
const submission = z.strictObject(
  {
    reference,
    userId: uuid("user's id at Upvest"),
    accountId: uuid("account's id at Upvest"),
    cashAmount: z
      .string({ error: AMOUNT })
      .max(MAX_AMOUNT_LENGTH, { error: AMOUNT, abort: true })
      .refine((amount) => isDecimal(amount) && !isZero(amount), AMOUNT),
    currency: z.enum(['EUR', 'GBP'], { error: 'must be EUR or GBP' }),
    side: z.enum(['BUY', 'SELL'], { error: 'must be BUY or SELL' }),
    postTax: z.boolean({ error: 'must be true or false' }).default(false),
    eswOrderReference: z
      .string({ error: ESW_REFERENCE })
      .regex(/^\S(.{0,254}\S)?$/, ESW_REFERENCE)
      .exactOptional(),
    deliveryCountryIso: z
      .string({ error: COUNTRY })
      .regex(/^[A-Z]{2}$/, COUNTRY)
      .exactOptional(),
  },
  { error: 'must be a JSON object' },
);

export function portfolioOrderRoutes({
  tokens,
  submissions,
  orders,
  bounded,
}: PortfolioOrderRoutesOptions): FastifyPluginCallback {
  return (app, _options, done) => {
    app.post('/portfolio-orders', { onRequest: authorize(tokens, 'submit') }, async (request, reply) => {
      const { reference: name, ...order } = read(submission, request.body);
      const outcome = await bounded(() => submissions.submit(name, order));
      if (outcome === 'conflict') {
        throw new HttpProblem(
          'REFERENCE_CONFLICT',
          `${name} was used for another request. Take a new reference.`,
        );
      }
      void reply.header('location', `/portfolio-orders/${name}`);
      if (outcome === 'started') return reply.code(202).send({ reference: name, phase: 'PLACING' });
      return reply.code(200).send(await viewIfAny(() => bounded(() => orders.read(name)), name));
    });

    const mayRead = { onRequest: authorize(tokens, 'read') };
    app.get('/portfolio-orders/:referenceOrId', mayRead, async (request) => {
      const name = nameIn(request.params);
      const order = await bounded(() => orders.read(name));
      if (order === undefined) throw noSuchOrder(name);
      return order;
    });

    app.get('/portfolio-orders/:referenceOrId/timeline', mayRead, async (request) => {
      const name = nameIn(request.params);
      const entries = await bounded(() => orders.timeline(name));
      if (entries === undefined) throw noSuchOrder(name);
      return { entries };
    });
    done();
  };
}

/** That the order is known must not depend on a worker that is away or busy: then its name is all there is to say. */
async function viewIfAny(
  look: () => Promise<OrderStatusView | undefined>,
  reference: string,
): Promise<Partial<OrderStatusView>> {
  try {
    return (await look()) ?? { reference };
  } catch (error) {
    if (grpcCodeOf(error) === undefined) throw error;
    return { reference };
  }
}
