import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of `package.json` above `folder`: from `src` as from `dist/src`. The build compiles code and copies nothing, so
 * files of pages stay where they are in the package.
 *
 * @throws Error where there is none
 */
export function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('There is no package.json above the code');
  return packageRoot(parent);
}
