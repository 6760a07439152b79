/**
 * The words of the field, and no others: what `test/docs/words.json` lists as replaced occurs nowhere, neither in code nor
 * in comments, documents or texts. Names of the public API that look like one are exceptions, each with its reason.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

interface Words {
  /** Regular expression of a word or phrase, and what to write instead. */
  replaced: Record<string, string>;
  /** Files or texts in which a replaced word may stand, and why. */
  exceptions: { word: string; path: string; text?: string; why: string }[];
}

const root = resolve(__dirname, '../..');
const { replaced, exceptions } = JSON.parse(
  readFileSync(resolve(root, 'test/docs/words.json'), 'utf8'),
) as Words;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n')
  .filter((path) => /\.(ts|js|md|sh|yml|html|css)$|^\.env\.example$/.test(path));
const lines = files.flatMap((path) => {
  const text = read(path);
  return text === undefined
    ? []
    : text.split('\n').map((line, index) => ({ path, place: `${path}:${index + 1}`, line }));
});

/** Deleted files are listed until they are committed. */
function read(path: string): string | undefined {
  try {
    return readFileSync(resolve(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

test.each(Object.entries(replaced))('%s: write %s', (word) => {
  const pattern = new RegExp(word);
  const allowed = exceptions.filter((one) => one.word === word);
  const found = lines.filter(
    ({ path, line }) =>
      pattern.test(line) &&
      !allowed.some(
        (one) => new RegExp(one.path).test(path) && (one.text === undefined || line.includes(one.text)),
      ),
  );
  expect(found.map(({ place, line }) => `${place} ${line.trim()}`)).toEqual([]);
});

test.each(exceptions)('the exception $word in $path is needed: $why', ({ word, path, text }) => {
  const isUsed = lines.some(
    (one) =>
      new RegExp(path).test(one.path) &&
      new RegExp(word).test(one.line) &&
      (text === undefined || one.line.includes(text)),
  );
  expect(isUsed).toBe(true);
});
