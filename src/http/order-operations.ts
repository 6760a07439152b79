/** The API's calls by which operators decide about an order. */
import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiToken } from '../config';
import type { Decided, Decision } from '../domain/operators';
import type { Verdict } from '../temporal/operator-updates';
import type { Operation, OrderOperations } from '../temporal/order-operations';
import { authorize, callerOf } from './auth';
import { nameIn, read, uuid } from './input';
import { HttpProblem, noSuchOrder } from './problem';

export interface OrderOperationRoutesOptions {
  tokens: ApiToken[];
  operations: OrderOperations;
}

const words = (what: string) => {
  const message = `must be ${what}, 1 to 1000 characters`;
  return z.string({ error: message }).max(1000, message).regex(/\S/, message);
};
const CODES = 'must be a list of codes of attentions, such as ["NEW_OVERDUE"]';
const ACTOR = 'must be a name of 1 to 100 characters, without control characters';

/** Strict: a field that is not known here would silently be lost. */
const decision = z.strictObject(
  {
    actor: z
      .string({ error: ACTOR })
      .regex(/^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u, ACTOR)
      .optional(),
    reason: words('the reason why'),
  },
  { error: 'must be a JSON object' },
);
const acknowledgement = decision.extend({
  codes: z
    .array(z.string({ error: CODES }).regex(/^\w{1,100}$/, CODES), { error: CODES })
    .min(1, CODES)
    .max(100, CODES)
    .optional(),
});
const closing = decision.extend({ evidence: words('what proves that the order may end here') });
/** `null` has to be said: what is left out by mistake must not end a placement. */
const identification = decision.extend({
  portfolioOrderId: uuid("order's id at Upvest").nullable(),
});

/** Makes the decision that the workflow keeps of the one that the caller sent. */
type Signed = <T extends { actor?: string | undefined; reason: string }>(given: T) => T & Decision;

/** How each operation reads its body; its name is the last part of the path. */
const OPERATIONS: Record<Operation['name'], (body: unknown, signed: Signed) => Operation> = {
  cancel: (body, signed) => ({ name: 'cancel', decision: signed(read(decision, body)) }),
  reconcile: (body, signed) => ({ name: 'reconcile', decision: signed(read(decision, body)) }),
  release: (body, signed) => ({ name: 'release', decision: signed(read(decision, body)) }),
  reopen: (body, signed) => ({ name: 'reopen', decision: signed(read(decision, body)) }),
  'retry-emission': (body, signed) => ({ name: 'retry-emission', decision: signed(read(decision, body)) }),
  acknowledge(body, signed) {
    const { codes, ...rest } = signed(read(acknowledgement, body));
    return { name: 'acknowledge', decision: { ...rest, ...(codes && { codes }) } };
  },
  close: (body, signed) => ({ name: 'close', decision: signed(read(closing, body)) }),
  identify(body, signed) {
    const { portfolioOrderId, ...rest } = signed(read(identification, body));
    return {
      name: 'identify',
      decision: { ...rest, ...(portfolioOrderId !== null && { portfolioOrderId }) },
    };
  },
};

export function orderOperationRoutes({
  tokens,
  operations,
}: OrderOperationRoutesOptions): FastifyPluginCallback {
  return (app, _options, done) => {
    for (const [operation, readBody] of Object.entries(OPERATIONS)) {
      const path = `/portfolio-orders/:referenceOrId/${operation}`;
      app.post(path, { onRequest: authorize(tokens, 'operate') }, async (request) => {
        const name = nameIn(request.params);
        const key = keyIn(request);
        const decided = readBody(request.body, signedBy(callerOf(request).name));
        return answerOf(await operations.perform(name, decided, key), name, key);
      });
    }
    done();
  };
}

/**
 * The token says who decides. A name in the body says more, such as which person of a team, but the token's stays with
 * it: anybody can write any name.
 */
function signedBy(token: string): Signed {
  return (given) => ({ ...given, actor: given.actor === undefined ? token : `${given.actor} (${token})` });
}

const KEY = 'must be 1 to 100 printable characters without blanks';
const headers = z.object({
  'idempotency-key': z
    .string({ error: KEY })
    .regex(/^[\x21-\x7e]{1,100}$/, KEY)
    .optional(),
});

function keyIn(request: FastifyRequest): string | undefined {
  return read(headers, request.headers)['idempotency-key'];
}

/** @throws HttpProblem unless it was decided */
function answerOf(verdict: Verdict, name: string, key: string | undefined): Decided {
  switch (verdict.kind) {
    case 'decided':
      return { rule: verdict.rule, decided: verdict.decided };
    case 'forbidden':
      throw new HttpProblem('FORBIDDEN_BY_RULE', `${verdict.why}.`);
    case 'unusable':
      throw new HttpProblem('INVALID_REQUEST', `${verdict.why}.`);
    case 'key-reused':
      throw new HttpProblem(
        'IDEMPOTENCY_KEY_REUSED',
        `${key ?? ''} named another operation on this order. Take a new key.`,
      );
    case 'missing':
      throw noSuchOrder(name);
    case 'outcome-unknown':
      throw new HttpProblem(
        'OUTCOME_UNKNOWN',
        'No worker has answered in time. It may still be applied when one is back; the same Idempotency-Key asks for the same again.',
      );
  }
}
