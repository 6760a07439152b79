import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Keeps a folder for this process: PGlite itself would let a second one destroy the first one's data. A lock of a process
 * that is gone does not count.
 *
 * @returns gives the folder back
 * @throws Error while another process has it
 */
export async function lock(folder: string): Promise<() => Promise<void>> {
  const file = `${folder}.lock`;
  await mkdir(dirname(folder), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === 2) throw error;
    }
    const owner = Number(await readFile(file, 'utf8'));
    if (isRunning(owner))
      throw new Error(`${folder} is in use by process ${owner}; if it is not, delete ${file}`);
    await rm(file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
