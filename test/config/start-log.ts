/** What a process logs at its start. */

export interface LogLine {
  level: number;
  msg: string;
  problems?: string[];
  remedy?: string;
  taken?: string[];
  overridden?: string[];
}

const FATAL = 60;

export const logOf = (text: string): LogLine[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);

/** The one line that says why a process could not start; it has no stack trace. */
export function failureIn(text: string): LogLine {
  const [failure, ...others] = logOf(text).filter(({ level }) => level === FATAL);
  expect(others).toEqual([]);
  expect(text).not.toMatch(/\n? {4}at |"stack"/);
  return failure ?? { level: 0, msg: 'no failure' };
}

/** The variables that are named, one in each problem. */
export const named = (problems: string[] = []): string[] =>
  problems.map((problem) => /^(\w+) ./.exec(problem)?.[1] ?? problem).sort();
