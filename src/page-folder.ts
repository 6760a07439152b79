import { join } from 'node:path';
import { packageRoot } from './package-root';

/**
 * Where the files of a page are. The build compiles code and copies nothing, so they stay where they are in the package.
 *
 * @throws Error where there is no package.json above the code
 */
export function pageFolder(name: 'static' | 'docs'): string {
  return join(packageRoot(), 'src', 'page', name);
}
