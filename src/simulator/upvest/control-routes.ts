import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { jsonBody, pathId, rawBody } from './api-server';
import type { UpvestControl } from './control';
import { cashAmountSchema } from './portfolio-order-routes';

const milliseconds = z.number().min(0).exactOptional();
const paceSchema = z.strictObject({
  processAfterMs: milliseconds,
  childSpacingMs: milliseconds,
  fillAfterMs: milliseconds,
  settleAfterMs: milliseconds,
  cancelAfterMs: milliseconds,
  secondMs: milliseconds,
});
const initiateSchema = z.strictObject({
  userId: z.guid(),
  accountId: z.guid(),
  cashAmount: cashAmountSchema,
  currency: z.enum(['EUR', 'GBP']).exactOptional(),
  type: z.enum(['BUY', 'SELL', 'REBALANCING']).exactOptional(),
  postTax: z.boolean().exactOptional(),
  initiationFlow: z.string().exactOptional(),
});
const accountSchema = z.strictObject({
  children: z.number().int().min(1).exactOptional(),
  rejectWith: z
    .enum([
      'ACCOUNT_IS_EMPTY',
      'CANCELLED_BY_CLIENT',
      'CANCELLED_BY_UPVEST',
      'PORTFOLIO_IS_BALANCED',
      'SELL_LIMIT_EXCEEDED',
    ])
    .exactOptional(),
});
const orderCancelSchema = z.strictObject({
  reason: z
    .enum([
      'CANCELLED_BY_CLIENT',
      'CANCELLED_BY_UPVEST_OPERATIONS',
      'CANCELLED_BY_TRADING_PARTNER',
      'CANCELLED_BY_UPVEST_PLATFORM',
    ])
    .exactOptional(),
});
const detailsSchema = z.strictObject({ details: z.string().exactOptional() });
const releaseSchema = z.strictObject({
  order: z.enum(['forward', 'reverse']).exactOptional(),
  copies: z.number().int().min(1).exactOptional(),
  batches: z.number().int().min(1).exactOptional(),
});
const rawSchema = z.strictObject({
  webhookId: z.string().exactOptional(),
  events: z.array(z.unknown()).exactOptional(),
  body: z.string().exactOptional(),
  tamper: z
    .strictObject({
      signature: z.literal('corrupt').exactOptional(),
      digest: z.literal('corrupt').exactOptional(),
      keyId: z.string().exactOptional(),
    })
    .exactOptional(),
});
const calls = {
  method: z.string().exactOptional(),
  path: z.string().exactOptional(),
  count: z.number().int().min(1).exactOptional(),
};
const failSchema = z.strictObject({
  ...calls,
  mode: z.enum(['before', 'after']).exactOptional(),
  outcome: z.union([z.number().int().min(400).max(599), z.enum(['reset', 'hang'])]),
  headers: z.record(z.string(), z.string()).exactOptional(),
});
const delaySchema = z.strictObject({ ...calls, ms: z.number().min(0) });

/** The control plane over HTTP: unsigned JSON, answers of commands are 200 (README.md). */
export function controlRoutes(plane: FastifyInstance, control: UpvestControl): void {
  plane.get('/portfolio-orders', () => control.portfolioOrders());
  plane.get('/portfolio-orders/:id', (request) => control.portfolioOrder(pathId(request, 'id')));
  plane.get('/placement-requests', () => control.placementRequests());
  plane.get('/deliveries', () => control.deliveries());

  plane.post('/portfolio-orders', (request) => control.initiate(jsonBody(request, initiateSchema)));
  plane.post('/portfolio-orders/:id/cancel', (request) => {
    const { details } = rawBody(request) ? jsonBody(request, detailsSchema) : {};
    return { effective: control.cancelPortfolioOrder(pathId(request, 'id'), details) };
  });
  plane.post('/orders/:id/cancel', (request) => {
    const { reason } = rawBody(request) ? jsonBody(request, orderCancelSchema) : {};
    return { effective: control.cancelOrder(pathId(request, 'id'), reason) };
  });
  plane.post('/executions/:id/cancel', (request) => ({
    effective: control.cancelExecution(pathId(request, 'id')),
  }));
  command(plane, 'PUT', '/accounts/:id', accountSchema, (settings, id) => {
    control.configureAccount(id, settings);
  });

  command(plane, 'PATCH', '/pace', paceSchema, (pace) => {
    control.changePace(pace);
  });
  command(plane, 'POST', '/pause', undefined, () => {
    control.pause();
  });
  command(plane, 'POST', '/resume', undefined, () => {
    control.resume();
  });

  command(plane, 'POST', '/webhooks/hold', undefined, () => {
    control.holdWebhooks();
  });
  plane.post('/webhooks/release', (request) =>
    control.releaseWebhooks(rawBody(request) ? jsonBody(request, releaseSchema) : {}),
  );
  plane.post('/webhooks/send', (request) => control.sendRaw(jsonBody(request, rawSchema)));
  plane.post('/webhooks/rotate-key', () => ({ keyId: control.rotateWebhookKey() }));

  command(plane, 'POST', '/faults/fail-calls', failSchema, (failure) => {
    control.failCalls(failure);
  });
  command(plane, 'POST', '/faults/delay-answers', delaySchema, (delay) => {
    control.delayAnswers(delay);
  });
  command(plane, 'DELETE', '/faults', undefined, () => {
    control.clearFaults();
  });
  command(plane, 'PUT', '/outage', z.strictObject({ on: z.boolean() }), ({ on }) => {
    control.setOutage(on);
  });
  command(plane, 'POST', '/tokens/expire', undefined, () => {
    control.expireTokens();
  });
}

/** A route that only does something; `schema` is undefined for one without a body. */
function command<T>(
  plane: FastifyInstance,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  schema: z.ZodType<T> | undefined,
  run: (body: T, id: string) => void,
): void {
  plane.route({
    method,
    url,
    handler: (request) => {
      run(schema ? jsonBody(request, schema) : (undefined as T), pathId(request, 'id'));
      return { done: true };
    },
  });
}
