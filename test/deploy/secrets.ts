import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(__dirname, '../..');

export interface Secrets {
  folder: string;
  /** Names of the files in it. */
  files: string[];
  /** What the script said. */
  said: string;
  /** Runs the script once more; returns what it said. */
  again: () => string;
  remove: () => void;
}

/** What deploy/make-secrets.sh makes, in a folder of its own: the script works beside itself. */
export function makeSecrets(): Secrets {
  const place = mkdtempSync(join(tmpdir(), 'portfolio-order-coordinator-secrets-'));
  const script = join(place, 'make-secrets.sh');
  cpSync(join(root, 'deploy/make-secrets.sh'), script);
  const run = (): string => execFileSync('sh', [script], { encoding: 'utf8' });
  const said = run();
  const folder = join(place, 'secrets');
  const remove = (): void => {
    rmSync(place, { recursive: true, force: true });
  };
  return { folder, files: readdirSync(folder), said, again: run, remove };
}
