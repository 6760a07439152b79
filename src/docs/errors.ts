/** `docs/errors.md`, from the register of problem codes. A test fails when the two differ. */
import { PROBLEMS, problemType } from '../http/problem-codes';
import { code, table } from './markdown';

/** The whole document, with a line break at its end. */
export function renderErrors(): string {
  const rows = Object.entries(PROBLEMS)
    .sort(([, a], [, b]) => a.status - b.status)
    .map(([name, { status, title, meaning, remedy }]) => [
      `<a id="${name}"></a>${code(name)}`,
      String(status),
      `${title}. ${meaning}`,
      remedy,
    ]);
  return `${[
    '# Errors of the HTTP API',
    'Generated from `src/http/problem-codes.ts` by `npm run docs`.',
    `Errors are problem documents (RFC 9457, \`application/problem+json\`). Programs decide by \`code\`, which never changes its
meaning; \`title\` and \`detail\` are for people and may be worded otherwise tomorrow. \`type\` is the code as a name:
\`${problemType('NOT_FOUND')}\`. 429 and 503 say in \`Retry-After\` how many seconds to wait.`,
    table(['Code', 'Status', 'What it means', 'What to do'], rows),
  ].join('\n\n')}\n`;
}
