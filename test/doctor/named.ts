import type { CheckResult } from '../../src/doctor/check';

/** What a look came to, by its name. */
export function named(results: CheckResult[], name: string): CheckResult {
  const found = results.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no check named ${name}`);
  return found;
}
