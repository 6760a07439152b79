/** The operators' page: files that are served as they are. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../package-root';
import { CSP, withContentSecurity } from './security-headers';

export async function pageRoutes(app: FastifyInstance): Promise<void> {
  const root = join(packageRoot(__dirname), 'src', 'page', 'static');
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
