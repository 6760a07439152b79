/** The OpenAPI document, generated from the routes' schemas, and its page. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { ResponseDoc } from './responses';
import { pageFolder } from '../../lib/package-root';
import { compacted } from './compact';
import { CSP, withContentSecurity } from '../plugins/security-headers';
import { own } from '../../domain/values/own';

const DESCRIPTION = `Places portfolio orders at Upvest exactly once, reports their status, and takes operators' decisions.

Money and quantities are decimal strings, times ISO 8601 UTC. Errors are RFC 9457 problem documents with a stable \`code\`.`;

/** Response schemas stay open for further members; strict request schemas are closed. */
const zodToJsonConfig = {
  override: ({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: Record<string, unknown> }) => {
    const { def } = (zodSchema as { _zod: { def: { type: string; catchall?: unknown } } })._zod;
    if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties;
    // JavaScript's safe integer range is not a limit of the API.
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
};

const toJsonSchema = createJsonSchemaTransform({ zodToJsonConfig });
const withComponents = createJsonSchemaTransformObject({ zodToJsonConfig });

/** Call this before registering any route. */
export async function documentRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Portfolio order coordinator',
        version: '1',
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      security: [{ bearer: [] }],
      tags: [
        { name: 'orders', description: 'Place portfolio orders and read their status' },
        { name: 'decisions', description: 'Operator decisions about an order' },
        {
          name: 'reports',
          description: 'Sums of settled orders, the log of decisions, and differences that sweeps found',
        },
        { name: 'parked events', description: 'Webhook events that could not be processed' },
        { name: 'server', description: 'Health, metrics and webhooks' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A token with one or several of the roles `read`, `submit` (place) and `operate` (decide). Every role may read.',
          },
        },
      },
    },
    transform: (route) => {
      const transformed = toJsonSchema(route);
      addResponseDetails(transformed.schema, route.schema);
      return transformed;
    },
    transformObject: (document) => compacted(withComponents(document)),
  });
}

/** Adds headers and examples of responses, which the schema transformation drops. */
function addResponseDetails(transformed: FastifySchema | undefined, schema: FastifySchema | undefined): void {
  const documented = (schema?.response ?? {}) as Record<string, ResponseDoc>;
  const target = (transformed?.response ?? {}) as Record<string, Record<string, unknown>>;
  for (const [status, answer] of Object.entries(documented)) {
    const shown = own(target, status);
    if (shown === undefined) continue;
    if (answer.headers) shown.headers = answer.headers;
    const content = (shown.content ?? {}) as Record<string, object>;
    for (const [type, { examples }] of Object.entries(answer.content ?? {}))
      Object.assign(own(content, type) ?? {}, examples && { examples });
  }
}

/** `GET /openapi.json`, and `GET /docs` with its assets. */
export async function documentationRoutes(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(async (docs) => {
    withContentSecurity(docs, CSP.docs);
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      uiConfig: { deepLinking: true, displayRequestDuration: true, validatorUrl: null },
      theme: {
        title: 'Portfolio order coordinator',
        css: [await asset('docs.css')],
        js: [await asset('docs.js')],
      },
    });
  });
}

async function asset(filename: string): Promise<{ filename: string; content: string }> {
  return { filename, content: await readFile(join(pageFolder('docs'), filename), 'utf8') };
}
