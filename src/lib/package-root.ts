import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of `package.json`, from `src` and from `dist/src`.
 *
 * @throws Error if no folder above the code has a package.json
 */
export function packageRoot(folder = __dirname): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('No folder above the code has a package.json');
  return packageRoot(parent);
}

/**
 * The folder of a page's files, in the source tree: the build copies no files.
 *
 * @throws Error if no folder above the code has a package.json
 */
export function pageFolder(name: 'static' | 'docs'): string {
  return join(packageRoot(), 'src', 'page', name);
}

/** The version of this package. */
export function version(): string {
  const { version: number } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return number;
}
