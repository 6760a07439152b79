/**
 * Drills: rehearsals on programs that CI has no time to build or install, such as a Temporal server on PostgreSQL. Each
 * names the programs that it needs and is skipped, by name, where one is missing.
 */
import { findOnPath } from '../../tools/temporal-server/on-postgresql';

/**
 * Declares a drill, as `describe` does.
 *
 * @param needs names of programs on the PATH
 * @param declare declares its tests; it gets the path of each program, by name
 */
export function drill<const Program extends string>(
  name: string,
  needs: readonly Program[],
  declare: (programs: Record<Program, string>) => void,
): void {
  const found = needs.map((program) => [program, findOnPath(program)] as const);
  const missing = found.flatMap(([program, path]) => (path === undefined ? [program] : []));
  if (missing.length === 0) {
    describe(name, () => {
      declare(Object.fromEntries(found) as Record<Program, string>);
    });
    return;
  }
  describe(`${name} (skipped: no ${missing.join(', ')} on the PATH)`, () => {
    it.skip('needs programs that are not here', () => undefined);
  });
}
