import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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

test('the build and the workers agree where the bundle is', () => {
  expect(workflowBundlePath()).toBe(resolve(__dirname, '../../dist/workflow-bundle.js'));
});
