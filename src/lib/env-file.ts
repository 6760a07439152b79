/** Reads the `.env` file of the folder in which a process was started into its environment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { StartFailure } from './start-failure';

export interface EnvFile {
  path: string;
  /** Names of the variables taken from the file. */
  taken: string[];
  /** Names of variables already set to another value, which takes precedence. */
  overridden: string[];
}

type Environment = Record<string, string | undefined>;

/**
 * Adds the variables of `.env` to an environment. Variables that are already set stay, as with Node's `loadEnvFile`; empty
 * ones count as absent.
 *
 * @returns undefined if there is no such file
 * @throws StartFailure for a file that cannot be read
 */
export function readEnvFile(environment: Environment, folder = process.cwd()): EnvFile | undefined {
  const path = join(folder, '.env');
  const values = valuesIn(path);
  if (values === undefined) return undefined;
  const given = new Map(Object.entries(environment));
  const taken: string[] = [];
  const overridden: string[] = [];
  // Node 20 sorts them, Node 24 does not.
  for (const [name, value] of Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (value === undefined || value === '' || value === given.get(name)) continue;
    if (given.get(name) !== undefined) {
      overridden.push(name);
      continue;
    }
    environment[name] = value;
    taken.push(name);
  }
  return { path, taken, overridden };
}

function valuesIn(path: string): NodeJS.Dict<string> | undefined {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new StartFailure('Unusable environment file', [`${path} cannot be read (${code})`]);
  }
}

/** One sentence for logs and terminals, without values. */
export function describeEnvFile({ path, taken, overridden }: EnvFile): string {
  const kept = overridden.length === 0 ? '' : `; already set elsewhere and kept: ${overridden.join(', ')}`;
  return `read ${taken.length} variable${taken.length === 1 ? '' : 's'} from ${path}${kept}`;
}
