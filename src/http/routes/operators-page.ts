/** Serves the static files of the operators' page. */
import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { pageFolder } from '../../lib/package-root';
import { CSP, withContentSecurity } from '../plugins/security-headers';

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
      // One route per file, so that other paths stay free.
      wildcard: false,
      schemaHide: true,
      setHeaders: (reply) => {
        void reply.header('cache-control', 'no-cache');
      },
    });
  });
}
