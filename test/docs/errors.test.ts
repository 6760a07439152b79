/** `docs/errors.md` says what the register of problem codes says, and the register is complete. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderErrors } from '../../tools/docs/errors';
import { PROBLEMS, type ProblemCode } from '../../src/app/errors';
import { PROBLEM_STATUS } from '../../src/http/plugins/problem-status';

const root = resolve(__dirname, '../..');
const document = readFileSync(`${root}/docs/errors.md`, 'utf8');
const codes = Object.keys(PROBLEMS);

test('it is what the register says today: after a change, `npm run docs`', () => {
  expect(document).toBe(renderErrors());
});

test('every code has exactly one row, with its status', () => {
  const rows = [...document.matchAll(/^\| <a id="(\w+)"><\/a>`\1` +\| (\d+) /gm)];
  expect(rows.map(([, code]) => code).sort()).toEqual([...codes].sort());
  for (const [, code = '', status] of rows)
    expect({ code, status }).toEqual({
      code,
      status: String(PROBLEM_STATUS[code as ProblemCode]),
    });
});

test('every code is used, so that clients handle none in vain', () => {
  const sources = ['src/app', 'src/http']
    .flatMap((folder) => readdirSync(`${root}/${folder}`, { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile() && file.name.endsWith('.ts'))
    .map((file) => readFileSync(`${file.parentPath}/${file.name}`, 'utf8'))
    .join('\n');
  // As the code of a problem that is made, not as a mere entry of a list of documented ones.
  const made = (code: string) => new RegExp(`(CallError\\(\\s*|code: )'${code}'`).test(sources);
  expect(codes.filter((code) => !made(code))).toEqual([]);
});
