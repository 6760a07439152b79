import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { workflowBundlePath } from '../../src/temporal/workflow-bundle';
import { buildWorkflowBundle } from '../../tools/bundle';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bundle-'));
  await symlink(resolve(__dirname, '../../node_modules'), join(directory, 'node_modules'));
});
afterEach(() => rm(directory, { recursive: true }));

async function workflows(source: string): Promise<string> {
  const path = join(directory, 'index.ts');
  await writeFile(path, source);
  return path;
}

test('workflows in TypeScript become one file', async () => {
  const path = await workflows(
    'export async function waveHand(): Promise<string> { return "hello from far away"; }',
  );
  const out = join(directory, 'out/bundle.js');
  await buildWorkflowBundle(path, out);
  expect(await readFile(out, 'utf8')).toContain('hello from far away');
  expect(await readdir(join(directory, 'out'))).toEqual(['bundle.js']);
});

test('workflows that reach for Node are refused with the reason, and leave no file', async () => {
  const path = await workflows(
    'import { readFileSync } from "node:fs"; export const readIt = () => readFileSync("x");',
  );
  const out = join(directory, 'out/bundle.js');
  await expect(buildWorkflowBundle(path, out)).rejects.toThrow(/could not be bundled.*node:fs|'fs'/s);
  await expect(readFile(out)).rejects.toThrow('ENOENT');
});

test('contracts and domain are loaded once for all workflows of a thread, and each workflow loads its own modules', async () => {
  const out = join(directory, 'bundle.js');
  await buildWorkflowBundle(resolve(__dirname, '../../workflows/index.ts'), out);
  const modules: Record<string, unknown> = {};
  const context = createContext({ __webpack_module_cache__: modules, TextEncoder, TextDecoder, URL });
  runInContext(await readFile(out, 'utf8'), context);
  const loaded = (code: string): string[] => {
    const before = new Set(Object.keys(modules));
    runInContext(code, context);
    return Object.keys(modules).filter((name) => !before.has(name));
  };
  const shared = loaded('__TEMPORAL__.preloadModules()');
  expect(shared).toEqual(
    expect.arrayContaining(['./contracts/portfolio-order.ts', './src/domain/order/step.ts']),
  );
  expect(shared.filter((name) => name.startsWith('./workflows/'))).toEqual([]);
  const own = loaded('__TEMPORAL__.importInterceptors(); __TEMPORAL__.importWorkflows()');
  expect(own).toEqual(expect.arrayContaining(['./workflows/portfolio-order/workflow.ts']));
  expect(own.filter((name) => !name.startsWith('./workflows/'))).toEqual([]);
});

test('the build and the workers agree where the bundle is', () => {
  expect(workflowBundlePath()).toBe(resolve(__dirname, '../../dist/workflow-bundle.js'));
});
