/** `docs/errors.md`, from the register of problem codes. A test fails when the two differ. */
import { PROBLEMS, type ProblemCode } from '../../src/app/errors';
import { code, table } from './markdown';
import { problemType, PROBLEM_STATUS } from '../../src/http/plugins/problem-status';

/** The whole document, with a line break at its end. */
export function renderErrors(): string {
  const rows = Object.entries(PROBLEM_STATUS)
    .sort(([, a], [, b]) => a - b)
    .map(([name, status]) => [name, status, PROBLEMS[name as ProblemCode]] as const)
    .map(([name, status, { title, meaning, remedy }]) => [
      `<a id="${name}"></a>${code(name)}`,
      String(status),
      `${title}. ${meaning}`,
      remedy,
    ]);
  return `${[
    '# Errors of the HTTP API',
    'Generated from `src/app/errors.ts` by `npm run docs`.',
    `Errors are problem documents (RFC 9457, \`application/problem+json\`). Programs should
read \`code\`, which never changes its meaning; \`title\` and \`detail\` are for people, and their wording may change. \`type\` is the
code as a URN: \`${problemType('NOT_FOUND')}\`. 429 and 503 have a \`Retry-After\` in seconds.`,
    table(['Code', 'Status', 'What it means', 'What to do'], rows),
  ].join('\n\n')}\n`;
}
