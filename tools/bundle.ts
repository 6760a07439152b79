/** `npm run build`: bundles the workflows, where they have changed since the last time. */
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { payloadConverterPath } from '../src/temporal/payload-codec';
import { distFolder, workflowBundlePath } from '../src/temporal/workflow-bundle';

/**
 * Bundles everything exported from `workflowsPath` (`.ts` or `.js`) into the one file that workers load, with the exact
 * version of the SDK that will run it. The file appears whole or not at all.
 *
 * @throws Error that lists what the bundler complained about, such as a Node module reached from workflow code.
 */
export async function buildWorkflowBundle(workflowsPath: string, out: string): Promise<void> {
  // Not before it is needed: the build asks first whether there is anything to bundle.
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const complaints: string[] = [];
  const logger = new DefaultLogger('WARN', ({ message }) => complaints.push(message));
  try {
    const preloadModules = await sharedModules();
    const workflowInterceptorModules = [join(dirname(payloadConverterPath), '../workflows/current-details')];
    const { code } = await bundleWorkflowCode({
      ...{ workflowsPath, payloadConverterPath, workflowInterceptorModules, preloadModules, logger },
    });
    await mkdir(dirname(out), { recursive: true });
    const unfinished = `${out}.${process.pid}.tmp`;
    await writeFile(unfinished, code);
    await rename(unfinished, out).catch(async (error: unknown) => {
      await rm(unfinished, { force: true });
      throw error;
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`The workflows could not be bundled.\n${[...complaints, message].join('\n')}`, {
      cause: error,
    });
  }
}

/**
 * What all workflows of a thread share: it is pure, so it is loaded once instead of for each workflow, whose own modules are those of
 * `workflows/` alone. The SDK freezes what these modules export.
 */
async function sharedModules(): Promise<string[]> {
  const contracts = dirname(payloadConverterPath);
  const folders = [contracts, join(contracts, '../src/domain')];
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder, { recursive: true })).map((name) => join(folder, name)),
    ),
  );
  return files.flat().filter((path) => /(?<!\.d)\.[jt]s$/.test(path));
}

/** The latest modification below a path in ms, 0 when it does not exist. */
async function newestMtime(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  const inside = await Promise.all((await readdir(path)).map((name) => newestMtime(join(path, name))));
  return Math.max(0, ...inside);
}

/** Whether the bundle is newer than all it is made of: compiled code, and by the lock file the SDK. */
async function isUpToDate(dist: string, bundle: string): Promise<boolean> {
  const sources = ['contracts', 'workflows', 'src/domain', 'tools/bundle.js', '../package-lock.json'];
  const newest = await Promise.all(sources.map((source) => newestMtime(join(dist, source))));
  return (await newestMtime(bundle)) > Math.max(...newest);
}

async function main(): Promise<void> {
  const dist = distFolder();
  const bundle = workflowBundlePath();
  if (await isUpToDate(dist, bundle)) return;
  await buildWorkflowBundle(join(dist, 'workflows/index.js'), bundle);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
