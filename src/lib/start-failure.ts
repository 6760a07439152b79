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
