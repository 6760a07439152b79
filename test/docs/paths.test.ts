/** Paths and links in the documents lead somewhere, and the way of a webhook event in docs/architecture.md is in the code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const FOLDERS = 'contracts|workflows|activities|src|simulators|demo|tools|bench|test|deploy|bin';

it.each(documents)('%s names files that exist', (file) => {
  const paths = [...read(file).matchAll(new RegExp(`\`((?:${FOLDERS})/[\\w./-]*?)(?::\\w+)?\``, 'g'))].map(
    ([, path = '']) => path,
  );
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it.each(documents)('%s links to files and headings that exist', (file) => {
  const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const broken = links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
  });
  expect(broken).toEqual([]);
});

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
  return markdown
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
}

describe('one webhook event, from the socket to ESW’s POST', () => {
  const [, rest = ''] = read('docs/architecture.md').split('\n## One webhook event, ');
  const [section = ''] = rest.split('\n## ');
  const named = [...section.matchAll(/`([\w./-]+\.ts):(\w+)`/g)].map(([, path = '', name = '']) => [
    path,
    name,
  ]);

  it('has at most 25 steps', () => {
    const numbers = [...section.matchAll(/^(\d+)\. `[\w./-]+\.ts:\w+`/gm)].map(([, number]) =>
      Number(number),
    );
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
    expect(numbers.length).toBeGreaterThan(15);
    expect(numbers.length).toBeLessThanOrEqual(25);
  });

  it.each(named)('%s has %s', (path = '', name = '') => {
    // Declared as a function, or as a method.
    expect(read(path)).toMatch(
      new RegExp(`function ${name}[<(]|^ +(private |protected )?(async )?${name}(: async )?\\(`, 'm'),
    );
  });
});
