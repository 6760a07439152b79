/** Expected reasons why a process cannot start. */

/**
 * What the person who started a process has to put right. `title` and each of `problems` are one line for people, without
 * secrets; a stack trace would add nothing.
 */
export class StartFailure extends Error {
  override readonly name: string = 'StartFailure';

  /** @param remedy a sentence that says what to do */
  constructor(
    readonly title: string,
    readonly problems: readonly string[],
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(`${title}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
  }
}
