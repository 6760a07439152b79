/** A checkout as people have one after `npm ci` and a build, in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

export interface Checkout {
  folder: string;
  /** Files that Git would add: neither there at the start nor ignored. */
  untracked(): string[];
  remove(): void;
}

export function newCheckout(): Checkout {
  const folder = mkdtempSync(join(tmpdir(), 'portfolio-order-coordinator-checkout-'));
  const git = (cwd: string, ...args: string[]): string[] =>
    execFileSync('git', args, { cwd, encoding: 'utf8' })
      .split('\n')
      .filter((line) => line !== '');
  for (const file of git(root, 'ls-files', '--cached', '--others', '--exclude-standard')) {
    // A bundle older than the lock file would be rebuilt.
    cpSync(join(root, file), join(folder, file), { preserveTimestamps: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true, preserveTimestamps: true });
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all');
  return {
    folder,
    untracked: () =>
      git(folder, 'ls-files', '--others', '--exclude-standard').filter((file) => file !== 'node_modules'),
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
