/** API routes of operator decisions about an order. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import type { OrderOperation, OrderOperations } from '../../app/orders/operate';
import { responseDocs, json } from '../openapi/responses';
import type { Guard } from '../plugins/auth';
import { decidedOf, OPERATIONS } from '../../app/orders/decisions';
import { idempotencyHeaders } from '../../app/schemas/decisions';
import { withActor } from '../../app/actor';
import { orderParams } from '../../app/schemas/input';
import { decided } from '../openapi/schemas/parts';

export interface OrderOperationRoutesOptions {
  guard: Guard;
  operations: OrderOperations;
}

const TEXTS: Record<OrderOperation['name'], { operationId: string; summary: string; description: string }> = {
  cancel: {
    operationId: 'cancelPortfolioOrder',
    summary: 'Request cancellation at Upvest',
    description:
      'Upvest decides. While the order is being placed, the request stays pending. Not allowed once the order is final.',
  },
  reconcile: {
    operationId: 'reconcilePortfolioOrder',
    summary: 'Check the order with Upvest now',
    description: 'Restarts the workflow from its last state where it was terminated or failed.',
  },
  release: {
    operationId: 'releaseEmission',
    summary: 'Release events held back from ESW',
    description: 'For an order first seen long after its end, or whose predecessor run cannot be read.',
  },
  reopen: {
    operationId: 'reopenPortfolioOrder',
    summary: 'Reopen a finished order',
    description: 'Such as for a late mistrade. It stays open until it is closed.',
  },
  'retry-emission': {
    operationId: 'retryEmission',
    summary: 'Resend rejected events',
    description: 'Resends the events that ESW rejected, unchanged, and resumes a paused queue.',
  },
  acknowledge: {
    operationId: 'acknowledgeAttentions',
    summary: 'Acknowledge issues',
    description:
      'All issues, or those with the given codes, of an open or a finished order. A new occurrence needs attention again.',
  },
  close: {
    operationId: 'closePortfolioOrder',
    summary: 'Stop tracking the order',
    description: 'Whatever its status at Upvest; requires evidence. Settles its issues.',
  },
  identify: {
    operationId: 'identifyPlacement',
    summary: 'Resolve a placement with unknown outcome',
    description: 'Names the order at Upvest, or says with `null` that there is none.',
  },
};

/** Names of all operations. */
export const OPERATION_NAMES = Object.keys(TEXTS) as OrderOperation['name'][];

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
        response: responseDocs({ 200: json('The decision and its rule', decided) }, [
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
        const requested = operation(request.body, withActor(guard.callerOf(request).name));
        return decidedOf(await operations.perform(referenceOrId, requested, key), referenceOrId, key);
      });
    }
    done();
  };
}
