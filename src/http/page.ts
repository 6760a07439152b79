/** The operators' page: files that are served as they are. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { CSP, withContentSecurity } from './security-headers';

/** The build compiles code and copies nothing, so these files stay where they are in the package. */
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

/** The folder of `package.json`: from `src` as from `dist/src`. */
function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('There is no package.json above the code');
  return packageRoot(parent);
}
