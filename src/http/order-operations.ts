/** The API's calls by which operators decide about an order. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import type { Operation, OrderOperations } from '../temporal/order-operations';
import { answers, json } from './answers';
import type { Guard } from './auth';
import { orderParams } from './input';
import { decidedOf, OPERATIONS } from './operations';
import { decided, idempotencyHeaders } from './schemas/decisions';
import { signedBy } from './signed';

export interface OrderOperationRoutesOptions {
  guard: Guard;
  operations: OrderOperations;
}

const TEXTS: Record<Operation['name'], { operationId: string; summary: string; description: string }> = {
  cancel: {
    operationId: 'cancelPortfolioOrder',
    summary: 'Ask Upvest to cancel the order',
    description:
      'Upvest decides. Before placing is known the wish is remembered. Forbidden once it is final.',
  },
  reconcile: {
    operationId: 'reconcilePortfolioOrder',
    summary: 'Ask Upvest how the order stands, at once',
    description: 'Starts the workflow again, with all it knew, where somebody has ended it from outside.',
  },
  release: {
    operationId: 'releaseEmission',
    summary: 'Let go what is held back from ESW',
    description: 'Where the order was first heard of long after its end, or its past cannot be read.',
  },
  reopen: {
    operationId: 'reopenPortfolioOrder',
    summary: 'Take a finished order up again',
    description: 'Such as for a late mistrade; it stays open until it is closed.',
  },
  'retry-emission': {
    operationId: 'retryEmission',
    summary: 'Send again what ESW refused',
    description: 'With the same ids and bytes.',
  },
  acknowledge: {
    operationId: 'acknowledgeAttentions',
    summary: 'Say that what needs somebody is dealt with',
    description: 'All of it, or the given codes. The next occurrence needs somebody again.',
  },
  close: {
    operationId: 'closePortfolioOrder',
    summary: 'End the order here, whatever the broker says',
    description: 'With the evidence that it may end.',
  },
  identify: {
    operationId: 'identifyPlacement',
    summary: 'Say which order a POST of unknown outcome has made',
    description: 'Or, with `null`, that it has made none.',
  },
};

/** What operators may do to orders. */
export const OPERATION_NAMES = Object.keys(TEXTS) as Operation['name'][];

export function orderOperationRoutes({
  guard,
  operations,
}: OrderOperationRoutesOptions): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    for (const name of OPERATION_NAMES) {
      const { body, operation } = OPERATIONS[name];
      const schema = {
        ...TEXTS[name],
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
        return decidedOf(await operations.perform(referenceOrId, wanted, key), referenceOrId, key);
      });
    }
    done();
  };
}
