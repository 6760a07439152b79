import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { EswSimulatorControl } from '../control';
import { eventDisturbanceSchema } from '../faults/event-disturbance';
import { stringifyExactJson } from './exact-json';
import { faultSchema } from '../faults/faults';
import { outageKindSchema, outageScopeSchema } from '../faults/outage';
import { tokenFaultSchema } from '../faults/token-faults';

const filterSchema = z.strictObject({
  tenant: z.string().optional(),
  reference: z.string().optional(),
  parent: z.string().optional(),
  id: z.string().optional(),
});
const outageSchema = z.strictObject({ kind: outageKindSchema, scope: outageScopeSchema.default('all') });

/**
 * The control plane over HTTP: JSON requests and responses, raw bodies as base64; invalid requests get 400.
 */
export function registerControlRoutes(app: FastifyInstance, control: EswSimulatorControl): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof z.ZodError) return reply.code(400).send({ errors: error.issues });
    return reply.send(error);
  });

  // Event bodies may contain integers that JSON.stringify cannot print.
  app.setReplySerializer((payload) => stringifyExactJson(payload));

  app.get('/__sim/events', (request) => control.events(filterSchema.parse(request.query)));
  app.get('/__sim/receipts', (request) =>
    control
      .receipts(filterSchema.parse(request.query))
      .map((receipt) => ({ ...receipt, bytes: receipt.bytes.toString('base64') })),
  );
  app.get('/__sim/counts', () => control.counts());
  app.get('/__sim/audit', () => control.audit());
  app.get('/__sim/rejections', () => control.rejections());
  app.get('/__sim/faults', () => control.faults());
  app.get('/__sim/faults/token', () => control.tokenFaults());

  app.post('/__sim/faults', (request, reply) => {
    control.addFault(faultSchema.parse(request.body));
    return reply.code(204).send();
  });
  app.post('/__sim/faults/token', (request, reply) => {
    control.addTokenFault(tokenFaultSchema.parse(request.body));
    return reply.code(204).send();
  });
  app.put('/__sim/faults/disturbance', (request, reply) => {
    control.disturbEvents(eventDisturbanceSchema.parse(request.body));
    return reply.code(204).send();
  });
  app.delete('/__sim/faults/disturbance', (_request, reply) => {
    control.disturbEvents(undefined);
    return reply.code(204).send();
  });
  app.delete('/__sim/faults', (_request, reply) => {
    control.clearFaults();
    return reply.code(204).send();
  });
  app.put('/__sim/outage', (request, reply) => {
    const { kind, scope } = outageSchema.parse(request.body);
    control.setOutage(kind, scope);
    return reply.code(204).send();
  });
  app.delete('/__sim/outage', (_request, reply) => {
    control.setOutage(undefined);
    return reply.code(204).send();
  });
  app.post('/__sim/tokens/expire', (_request, reply) => {
    control.expireTokens();
    return reply.code(204).send();
  });
  app.post('/__sim/reset', (_request, reply) => {
    control.reset();
    return reply.code(204).send();
  });
}
