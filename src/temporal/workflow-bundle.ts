import { basename, join, resolve } from 'node:path';

/** The package's `dist` folder, whether this module is compiled or runs from source. */
export function distFolder(): string {
  const root = resolve(__dirname, '../..');
  return basename(root) === 'dist' ? root : join(root, 'dist');
}

/** Path of the workflow bundle that the build creates. */
export function workflowBundlePath(): string {
  return join(distFolder(), 'workflow-bundle.js');
}
