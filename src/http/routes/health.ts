/** Health, readiness and metrics; no token needed. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { json } from '../openapi/responses';
import type { ServerMetrics } from '../plugins/metrics';

export interface ServerRoutesOptions {
  metrics: ServerMetrics;
  ready: () => Promise<void>;
}

const documented = (operationId: string, summary: string) => ({
  operationId,
  tags: ['server'],
  summary,
  security: [],
});

export function serverRoutes({ metrics, ready }: ServerRoutesOptions): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    const healthSchema = {
      ...documented('readHealth', 'Liveness'),
      response: { 200: json('Alive', z.object({ status: z.literal('ok') })) },
    };
    app.get('/healthz', { schema: healthSchema }, () => ({ status: 'ok' }));

    const readySchema = {
      ...documented('readReadiness', 'Readiness: whether Temporal is reachable and its namespace is set up'),
      response: {
        200: json('Ready', z.object({ status: z.literal('ready') })),
        503: json('Not ready', z.object({ status: z.literal('not ready'), reason: z.string() })),
      },
    };
    app.get('/readyz', { schema: readySchema }, async (_request, reply) => {
      try {
        await ready();
        return { status: 'ready' };
      } catch (error) {
        return reply
          .code(503)
          .send({ status: 'not ready', reason: error instanceof Error ? error.message : String(error) });
      }
    });

    const metricsSchema = {
      ...documented('readMetrics', 'Counters since the start of the process, and gauges of all orders'),
      response: {
        200: { description: 'Prometheus text format', content: { 'text/plain': { schema: z.string() } } },
      },
    };
    app.get('/metrics', { schema: metricsSchema }, async (_request, reply) => {
      const { text, contentType } = await metrics.expose();
      return reply.type(contentType).send(text);
    });
    done();
  };
}
