/** API routes of operator decisions about an order. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import type { OrderOperation, OrderOperations } from '../../app/orders/operate';
import { responseDocs, json } from '../openapi/responses';
import type { Guard } from '../plugins/auth';
import { decidedOf, OPERATIONS } from '../../app/orders/decisions';
import { idempotencyHeaders } from '../../app/schemas/decisions';
import { withActor } from '../../app/actor';
import { CallError, noSuchOrder } from '../../app/errors';
import type { OrderReader } from '../../app/orders/read';
import type { Submissions } from '../../app/orders/submit';
import { rolesOf } from '../../app/roles';
import type { WithDeadline } from '../../app/webhooks/accept-batch';
import type { ApiToken } from '../../config/api-tokens';
import { orderParams } from '../../app/schemas/input';
import { decided } from '../openapi/schemas/parts';

export interface OrderOperationRoutesOptions {
  guard: Guard;
  orders: OrderReader;
  submissions: Submissions;
  withDeadline: WithDeadline;
  operations: OrderOperations;
}

const TEXTS: Record<OrderOperation['name'], { operationId: string; summary: string; description: string }> = {
  cancel: {
    operationId: 'cancelPortfolioOrder',
    summary: 'Request cancellation at Upvest',
    description:
      'Upvest decides. While the order is being placed, the request stays pending. Not allowed once the order is final. The role `submit` may cancel what the same token placed.',
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
    description:
      'Resends the events that ESW rejected, unchanged, builds anew those that could not be built, and resumes a paused queue. An event whose `arrivesAfter` is set reaches ESW out of order.',
  },
  'skip-emission': {
    operationId: 'skipEmission',
    summary: 'Leave out rejected events',
    description:
      'All events that ESW rejected or that could not be built, or those with the given names: ESW never gets them.',
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
  orders,
  submissions,
  withDeadline,
  operations,
}: OrderOperationRoutesOptions): FastifyPluginCallbackZod {
  /** The role `submit` may cancel what the same token placed; all else takes `operate`. */
  async function checkPlacedBy(caller: ApiToken, referenceOrId: string): Promise<void> {
    if (rolesOf(caller).includes('operate')) return;
    const submitter = await withDeadline(async () => {
      const direct = await submissions.submitterOf(referenceOrId);
      if (direct !== undefined) return direct;
      const view = await orders.read(referenceOrId);
      if (view === undefined) throw noSuchOrder(referenceOrId);
      return view.reference === undefined ? undefined : submissions.submitterOf(view.reference);
    });
    if (submitter === caller.name) return;
    const detail = `With the role submit, a token may cancel what it placed itself, and ${referenceOrId} is not of ${caller.name}.`;
    throw new CallError('FORBIDDEN', detail);
  }

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
          'AMBIGUOUS_NAME',
          'FORBIDDEN_BY_RULE',
          'IDEMPOTENCY_KEY_REUSED',
          'BODY_TOO_LARGE',
          'UNSUPPORTED_MEDIA_TYPE',
          'OUTCOME_UNKNOWN',
        ]),
      };
      const onRequest = name === 'cancel' ? guard.needs('operate', 'submit') : guard.needs('operate');
      const route = { onRequest, config: { audited: name }, schema };
      app.post(`/portfolio-orders/:referenceOrId/${name}`, route, async (request) => {
        const { referenceOrId } = request.params;
        const { 'idempotency-key': key } = request.headers;
        const caller = guard.callerOf(request);
        await checkPlacedBy(caller, referenceOrId);
        const requested = operation(request.body, withActor(caller.name));
        return decidedOf(await operations.perform(referenceOrId, requested, key), referenceOrId, key);
      });
    }
    done();
  };
}
