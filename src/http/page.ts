/** The operators' page: files that are served as they are. */
import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { pageFolder } from '../page-folder';
import { CSP, withContentSecurity } from './security-headers';

export async function pageRoutes(app: FastifyInstance): Promise<void> {
  const root = pageFolder('static');
  if (!existsSync(root)) {
    app.log.warn({ root }, "the operators' page is not installed");
    return;
  }
  await app.register(async (page) => {
    withContentSecurity(page, CSP.page);
    await page.register(fastifyStatic, {
      root,
      // A route for each file: any other path is none of its business.
      wildcard: false,
      schemaHide: true,
      setHeaders: (reply) => {
        void reply.header('cache-control', 'no-cache');
      },
    });
  });
}
