import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { jsonBody, pathId, query, rawBody } from './api-server';
import type { UpvestControl } from '../control';
import {
  accountSchema,
  apiDisturbanceSchema,
  callFilterSchema,
  delaySchema,
  detailsSchema,
  disturbanceSchema,
  schemaDriftSchema,
  failSchema,
  initiateSchema,
  orderCancelSchema,
  outageSchema,
  paceSchema,
  rawSchema,
  releaseSchema,
  rotateSchema,
  settlementDateSchema,
} from './control-schemas';

/** The control plane over HTTP: unsigned JSON; commands respond with 200 (README.md). */
export function controlRoutes(plane: FastifyInstance, control: UpvestControl): void {
  plane.get('/portfolio-orders', () => control.portfolioOrders());
  plane.get('/portfolio-orders/:id', (request) => control.portfolioOrder(pathId(request, 'id')));
  plane.get('/placement-requests', () => control.placementRequests());
  plane.get('/portfolio-order-counts', () => control.portfolioOrderCounts());
  plane.get('/requests', (request) => control.requests(query(request, callFilterSchema)));
  plane.get('/request-counts', (request) => control.requestCounts(query(request, callFilterSchema)));
  plane.get('/deliveries', () => control.deliveries());
  plane.get('/truth', () => control.truth());

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
  for (const kind of ['/portfolio-orders', '/orders']) {
    plane.post(`${kind}/:id/proceed`, (request) => ({ effective: control.proceed(pathId(request, 'id')) }));
    plane.post(`${kind}/:id/settlement-date`, (request) => {
      const { date, told: notice } = jsonBody(request, settlementDateSchema);
      return { changed: control.changeSettlementDate(pathId(request, 'id'), date, notice) };
    });
  }
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
  plane.post('/webhooks/rotate-key', (request) => ({
    keyId: control.rotateWebhookKey(rawBody(request) ? jsonBody(request, rotateSchema) : {}),
  }));
  plane.get('/webhooks/keys', () => ({ keys: control.webhookKeys() }));
  plane.get('/webhooks/lost', () => control.lostEvents());
  command(plane, 'PUT', '/webhooks/disturbance', disturbanceSchema, (disturbance) => {
    control.disturbWebhooks(disturbance);
  });
  command(plane, 'DELETE', '/webhooks/disturbance', undefined, () => {
    control.disturbWebhooks();
  });
  command(plane, 'PUT', '/drift', schemaDriftSchema, (options) => {
    control.drift(options);
  });

  command(plane, 'POST', '/faults/fail-calls', failSchema, (failure) => {
    control.failCalls(failure);
  });
  command(plane, 'POST', '/faults/delay-answers', delaySchema, (delay) => {
    control.delayAnswers(delay);
  });
  command(plane, 'PUT', '/faults/disturbance', apiDisturbanceSchema, (disturbance) => {
    control.disturbApi(disturbance);
  });
  command(plane, 'DELETE', '/faults/disturbance', undefined, () => {
    control.disturbApi();
  });
  command(plane, 'DELETE', '/faults', undefined, () => {
    control.clearFaults();
  });
  command(plane, 'POST', '/placement-keys/forget', undefined, () => {
    control.forgetPlacementKeys();
  });
  command(plane, 'PUT', '/outage', outageSchema, ({ on }) => {
    control.setOutage(on);
  });
  command(plane, 'POST', '/tokens/expire', undefined, () => {
    control.expireTokens();
  });
}

/** Adds a command route; `schema` is undefined for commands without a body. */
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
