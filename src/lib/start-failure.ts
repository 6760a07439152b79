/** Expected reasons why a process cannot start. */

/**
 * A problem for the person who started the process. `title` and each of `problems` are one line without secrets.
 */
export class StartFailure extends Error {
  override readonly name: string = 'StartFailure';

  /** @param remedy one sentence */
  constructor(
    readonly title: string,
    readonly problems: readonly string[],
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(`${title}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
  }
}

/** Node's error codes for an address that cannot be listened on. */
const LISTEN_PROBLEMS = new Map([
  ['EADDRINUSE', 'the port is already in use'],
  ['EACCES', 'this user may not use the port'],
  ['EADDRNOTAVAIL', 'this machine does not have the address'],
  ['ENOTFOUND', 'the host is unknown'],
]);

/** Turns an error of `listen` into a {@link StartFailure}; returns other errors unchanged. */
export function listenFailure(error: unknown, title: string, remedy: string): unknown {
  const problem = LISTEN_PROBLEMS.get((error as NodeJS.ErrnoException).code ?? '');
  return problem === undefined ? error : new StartFailure(title, [problem], remedy, { cause: error });
}
