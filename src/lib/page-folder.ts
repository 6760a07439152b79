import { join } from 'node:path';
import { packageRoot } from './package-root';

/**
 * The folder of a page's files, in the source tree: the build copies no files.
 *
 * @throws Error if no folder above the code has a package.json
 */
export function pageFolder(name: 'static' | 'docs'): string {
  return join(packageRoot(), 'src', 'page', name);
}
