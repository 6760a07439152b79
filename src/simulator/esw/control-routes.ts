import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { EswSimulatorControl } from './control';
import { faultSchema } from './faults';
import { outageKindSchema, outageScopeSchema } from './outage';

const filterSchema = z.strictObject({
  tenant: z.string().optional(),
  reference: z.string().optional(),
  id: z.string().optional(),
});
const outageSchema = z.strictObject({ kind: outageKindSchema, scope: outageScopeSchema.default('all') });

/** The control plane over HTTP: JSON in, JSON out; what cannot be understood is answered 400. */
export function registerControlRoutes(app: FastifyInstance, control: EswSimulatorControl): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof z.ZodError) return reply.code(400).send({ errors: error.issues });
    return reply.send(error);
  });

  app.get('/__sim/events', (request) => control.events(filterSchema.parse(request.query)));
  app.get('/__sim/counts', () => control.counts());
  app.get('/__sim/audit', () => control.audit());
  app.get('/__sim/rejections', () => control.rejections());
  app.get('/__sim/faults', () => control.faults());

  app.post('/__sim/faults', (request, reply) => {
    control.addFault(faultSchema.parse(request.body));
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
