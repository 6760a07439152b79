/** The API's calls about portfolio orders. */
import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import type { ApiToken } from '../config';
import { isDecimal, isZero } from '../domain/money';
import { UUID } from '../domain/uuid';
import { grpcCodeOf } from '../temporal/grpc';
import type { OrderReader, OrderStatusView } from '../temporal/order-reader';
import type { Submissions } from '../temporal/submissions';
import { authorize } from './auth';
import { HttpProblem } from './problem';
import type { Bounded } from './webhook-batch';

export interface PortfolioOrderRoutesOptions {
  tokens: ApiToken[];
  submissions: Submissions;
  orders: OrderReader;
  bounded: Bounded;
}

const uuid = (what: string) =>
  z.string({ error: `must be the ${what}, a UUID` }).regex(UUID, `must be the ${what}, a UUID`);
const MAX_AMOUNT_LENGTH = 30;
const AMOUNT = 'must be a positive decimal string such as "1000.00"';

const REFERENCE = 'must be 1 to 100 characters of A-Z a-z 0-9 . _ -, and not just . or ..';
/** It becomes part of a workflow id, and of a path, in which `.` and `..` would be steps. */
/** Ids of the broker's are opaque: what it once sent can be asked for. */
const referenceOrId = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be a reference or an id, 1 to 200 printable characters');
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

    app.get<{ Params: { referenceOrId: string } }>(
      '/portfolio-orders/:referenceOrId',
      { onRequest: authorize(tokens, 'read') },
      async (request) => {
        const name = read(z.object({ referenceOrId }), request.params).referenceOrId;
        const order = await bounded(() => orders.read(name));
        if (order === undefined)
          throw new HttpProblem('NOT_FOUND', `There is no order with the reference or id ${name}.`);
        return order;
      },
    );
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

/** @throws HttpProblem that names every field that is wrong, missing or unknown */
function read<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ field: key, message: 'is not a field of this request' }))
      : [{ field: issue.path.join('.') || 'body', message: issue.message }],
  );
  throw new HttpProblem('INVALID_REQUEST', `${errors.length} of the fields are not valid.`, errors);
}
