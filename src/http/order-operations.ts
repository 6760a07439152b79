/** The API's calls by which operators decide about an order. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Decided } from '../domain/operators';
import type { Verdict } from '../temporal/operator-updates';
import type { Operation, OrderOperations } from '../temporal/order-operations';
import { answers, json } from './answers';
import type { Guard } from './auth';
import { orderParams } from './input';
import { HttpProblem, noSuchOrder, outcomeUnknown } from './problem';
import {
  acknowledgement,
  closing,
  decided,
  decision,
  idempotencyHeaders,
  identification,
} from './schemas/decisions';
import { signedBy, type Signed } from './signed';

export interface OrderOperationRoutesOptions {
  guard: Guard;
  operations: OrderOperations;
}

/** How one operation is asked for; its name is the last part of the path. */
interface Call {
  operationId: string;
  summary: string;
  description: string;
  body: z.ZodType;
  operation: (body: unknown, signed: Signed) => Operation;
}

function call<S extends z.ZodType<{ reason: string }>>(
  texts: Pick<Call, 'operationId' | 'summary' | 'description'>,
  body: S,
  operation: (given: z.output<S>, signed: Signed) => Operation,
): Call {
  return { ...texts, body, operation: (given, signed) => operation(given as z.output<S>, signed) };
}

function plain(
  name: 'cancel' | 'reconcile' | 'release' | 'retry-emission' | 'reopen',
  texts: Pick<Call, 'operationId' | 'summary' | 'description'>,
): Call {
  return call(texts, decision, (given, signed) => ({ name, decision: signed(given) }));
}

const CALLS: Record<Operation['name'], Call> = {
  cancel: plain('cancel', {
    operationId: 'cancelPortfolioOrder',
    summary: 'Ask Upvest to cancel the order',
    description:
      'Upvest decides. Before placing is known the wish is remembered. Forbidden once it is final.',
  }),
  reconcile: plain('reconcile', {
    operationId: 'reconcilePortfolioOrder',
    summary: 'Ask Upvest how the order stands, at once',
    description: 'Starts the workflow again, with all it knew, where somebody has ended it from outside.',
  }),
  release: plain('release', {
    operationId: 'releaseEmission',
    summary: 'Let go what is held back from ESW',
    description: 'Where the order was first heard of long after its end, or its past cannot be read.',
  }),
  reopen: plain('reopen', {
    operationId: 'reopenPortfolioOrder',
    summary: 'Take a finished order up again',
    description: 'Such as for a late mistrade; it stays open until it is closed.',
  }),
  'retry-emission': plain('retry-emission', {
    operationId: 'retryEmission',
    summary: 'Send again what ESW refused',
    description: 'With the same ids and bytes.',
  }),
  acknowledge: call(
    {
      operationId: 'acknowledgeAttentions',
      summary: 'Say that what needs somebody is dealt with',
      description: 'All of it, or the given codes. The next occurrence needs somebody again.',
    },
    acknowledgement,
    (given, signed) => {
      const { codes, ...rest } = signed(given);
      return { name: 'acknowledge', decision: { ...rest, ...(codes && { codes }) } };
    },
  ),
  close: call(
    {
      operationId: 'closePortfolioOrder',
      summary: 'End the order here, whatever the broker says',
      description: 'With the evidence that it may end.',
    },
    closing,
    (given, signed) => ({ name: 'close', decision: signed(given) }),
  ),
  identify: call(
    {
      operationId: 'identifyPlacement',
      summary: 'Say which order a POST of unknown outcome has made',
      description: 'Or, with `null`, that it has made none.',
    },
    identification,
    (given, signed) => {
      const { portfolioOrderId, ...rest } = signed(given);
      return {
        name: 'identify',
        decision: { ...rest, ...(portfolioOrderId !== null && { portfolioOrderId }) },
      };
    },
  ),
};

/** What operators may do to orders. */
export const OPERATION_NAMES = Object.keys(CALLS) as Operation['name'][];

export function orderOperationRoutes({
  guard,
  operations,
}: OrderOperationRoutesOptions): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    for (const name of OPERATION_NAMES) {
      const { body, operation, ...texts } = CALLS[name];
      const schema = {
        ...texts,
        tags: ['decisions'],
        params: orderParams,
        headers: idempotencyHeaders,
        body,
        response: answers({ 200: json('What was decided, and the rule', decided) }, [
          'INVALID_REQUEST',
          'FORBIDDEN',
          'NOT_FOUND',
          'FORBIDDEN_BY_RULE',
          'IDEMPOTENCY_KEY_REUSED',
          'BODY_TOO_LARGE',
          'UNSUPPORTED_MEDIA_TYPE',
          'OUTCOME_UNKNOWN',
        ]),
      };
      const route = { onRequest: guard.needs('operate'), config: { audited: name }, schema };
      app.post(`/portfolio-orders/:referenceOrId/${name}`, route, async (request) => {
        const { referenceOrId } = request.params;
        const { 'idempotency-key': key } = request.headers;
        const wanted = operation(request.body, signedBy(guard.callerOf(request).name));
        return answerOf(await operations.perform(referenceOrId, wanted, key), referenceOrId, key);
      });
    }
    done();
  };
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
      throw outcomeUnknown();
  }
}
