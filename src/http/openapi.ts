/** The document of the API, made from the schemas of its routes, and the page that shows it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { DocumentedAnswer } from './answers';
import { pageFolder } from '../page-folder';
import { tidied } from './openapi-tidy';
import { CSP, withContentSecurity } from './security-headers';

const DESCRIPTION = `Places portfolio orders at Upvest once and only once, shows how they stand, and lets operators decide.

Money and quantities are decimal strings, times ISO 8601 UTC. Errors are RFC 9457 problem documents with a stable \`code\`.`;

/** Answers may get further members, so no schema of ours says that there are none; strict requests say so. */
const zodToJsonConfig = {
  override: ({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: Record<string, unknown> }) => {
    const { def } = (zodSchema as { _zod: { def: { type: string; catchall?: unknown } } })._zod;
    if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties;
    // What JavaScript counts exactly is no limit of ours.
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
};

const toJsonSchema = createJsonSchemaTransform({ zodToJsonConfig });
const withComponents = createJsonSchemaTransformObject({ zodToJsonConfig });

/** Before any route. */
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
        { name: 'orders', description: 'Place portfolio orders and see how they stand' },
        { name: 'decisions', description: 'What operators decide about an order' },
        { name: 'parked events', description: 'Webhook events that could not be used' },
        { name: 'server', description: 'The server itself' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A token of the role `read`, `submit` (place) or `operate` (decide), or of several. Each role may read.',
          },
        },
      },
    },
    transform: (route) => {
      const transformed = toJsonSchema(route);
      addToAnswers(transformed.schema, route.schema);
      return transformed;
    },
    transformObject: (document) => tidied(withComponents(document)),
  });
}

/** Headers and examples of answers, which the transformation of the schemas leaves out. */
function addToAnswers(transformed: FastifySchema | undefined, schema: FastifySchema | undefined): void {
  const documented = (schema?.response ?? {}) as Record<string, DocumentedAnswer>;
  const target = (transformed?.response ?? {}) as Record<string, Record<string, unknown>>;
  for (const [status, answer] of Object.entries(documented)) {
    const shown = target[status];
    if (shown === undefined) continue;
    if (answer.headers) shown.headers = answer.headers;
    const content = (shown.content ?? {}) as Record<string, object>;
    for (const [type, { examples }] of Object.entries(answer.content ?? {}))
      Object.assign(content[type] ?? {}, examples && { examples });
  }
}

/** `GET /openapi.json`, and `GET /docs` with all that it shows from here. */
export async function documentationRoutes(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(async (docs) => {
    withContentSecurity(docs, CSP.docs);
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      uiConfig: { deepLinking: true, displayRequestDuration: true, validatorUrl: null },
      theme: {
        title: 'Portfolio order coordinator',
        css: [await ours('docs.css')],
        js: [await ours('docs.js')],
      },
    });
  });
}

async function ours(filename: string): Promise<{ filename: string; content: string }> {
  return { filename, content: await readFile(join(pageFolder('docs'), filename), 'utf8') };
}
