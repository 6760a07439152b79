import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Where the files of a page are. The build compiles code and copies nothing, so they stay where they are in the package.
 *
 * @throws Error where there is no package.json above the code
 */
export function pageFolder(name: 'static' | 'docs'): string {
  return join(packageRoot(__dirname), 'src', 'page', name);
}

/** The folder of `package.json`: from `src` as from `dist/src`. */
function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('There is no package.json above the code');
  return packageRoot(parent);
}
