/** The calls about the server itself; they take no token. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { json } from './answers';
import type { ServerMetrics } from './metrics';

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
      ...documented('readHealth', 'Whether the process is alive'),
      response: { 200: json('It is', z.object({ status: z.literal('ok') })) },
    };
    app.get('/healthz', { schema: healthSchema }, () => ({ status: 'ok' }));

    const readySchema = {
      ...documented('readReadiness', 'Whether all that requests need can be reached'),
      response: {
        200: json('It can', z.object({ status: z.literal('ready') })),
        503: json('It cannot', z.object({ status: z.literal('not ready'), reason: z.string() })),
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
      ...documented('readMetrics', 'Counters since the start'),
      response: {
        200: { description: 'For Prometheus', content: { 'text/plain': { schema: z.string() } } },
      },
    };
    app.get('/metrics', { schema: metricsSchema }, async (_request, reply) => {
      const { text, contentType } = await metrics.expose();
      return reply.type(contentType).send(text);
    });
    done();
  };
}
