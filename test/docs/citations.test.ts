/** Facts about Upvest and ESW are cited as `references/upvest.md#anchor`, and every citation has its section. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git']);
const TEXT = /\.(ts|js|mjs|cjs|md|sh|ya?ml|html|css)$|(^|\/)(\.env\.example|Dockerfile)$/;

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(path);
    return entry.isFile() && TEXT.test(path) ? [path] : [];
  });
}

/** The anchor that GitHub gives a heading. */
function slugOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** The text of each section by its anchor. Anchors that are set by hand have no text. */
function sectionsOf(document: string): Map<string, string> {
  const sections = new Map<string, string>();
  let fenced = false;
  let anchor: string | undefined;
  for (const line of document.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced;
    const heading = fenced ? undefined : /^#{1,6} +(.*?) *#*$/.exec(line)?.[1];
    if (heading !== undefined) {
      const slug = slugOf(heading);
      let repeated = 0;
      anchor = slug;
      while (sections.has(anchor)) anchor = `${slug}-${++repeated}`;
      sections.set(anchor, '');
    } else if (anchor !== undefined) {
      sections.set(anchor, `${sections.get(anchor) ?? ''}${line}\n`);
    }
    for (const [, id = ''] of line.matchAll(/<a id="([^"]+)">/g)) sections.set(id, '');
  }
  return sections;
}

const read = new Map<string, Map<string, string> | undefined>();
function sectionsIn(path: string): Map<string, string> | undefined {
  if (!read.has(path)) {
    const file = join(root, path);
    read.set(path, existsSync(file) ? sectionsOf(readFileSync(file, 'utf8')) : undefined);
  }
  return read.get(path);
}

interface Citation {
  /** From the root of the repository. */
  document: string;
  anchor?: string;
  /** Numbered rows of a table, or steps of a list. */
  rows: string[];
}

const PLACE = String.raw`#([a-z\d][\w-]*)(?: no\. (\d+(?: and \d+)*))?`;
const MENTION = new RegExp(
  String.raw`(?<![\w/.-])(?:docs/)?((?:references/)?[\w-]+\.md)((?:(?:,| and|, and)? ?${PLACE})*)`,
  'g',
);
const LINK = /\]\(([^)\s:#]*\.md|)(?:#([^)\s]+))?\)/g;

/** Citations in prose and comments; those of one document follow each other as in `references/upvest.md#a, #b`. */
function mentionsIn(text: string): Citation[] {
  // A citation may go on in the next line of a comment.
  const joined = text.replaceAll(/\n[ \t]*(?:\*(?!\/)|\/\/)?[ \t]*/g, ' ');
  return [...joined.matchAll(MENTION)].flatMap(([whole, name = '', places = '']) => {
    if (!name.startsWith('references/') && !whole.startsWith('docs/')) return [];
    const document = `docs/${name}`;
    const anchors = [...places.matchAll(new RegExp(PLACE, 'g'))];
    if (anchors.length === 0) return [{ document, rows: [] }];
    return anchors.map(([, anchor, rows]) => ({
      document,
      ...(anchor !== undefined && { anchor }),
      rows: rows?.split(' and ') ?? [],
    }));
  });
}

function linksIn(path: string, text: string): Citation[] {
  return [...text.matchAll(LINK)].flatMap(([, target = '', anchor]) => {
    if (target === '' && anchor === undefined) return [];
    const document = target === '' ? path : relative(root, resolve(root, dirname(path), target));
    return [{ document, ...(anchor !== undefined && { anchor }), rows: [] }];
  });
}

function citationsIn(path: string, text: string): Citation[] {
  return [...mentionsIn(text), ...(path.endsWith('.md') ? linksIn(path, text) : [])];
}

/** What is wrong with a citation, if anything. */
function faultOf({ document, anchor, rows }: Citation): string[] {
  const sections = sectionsIn(document);
  if (sections === undefined) return [`${document} does not exist`];
  if (anchor === undefined) return [];
  const section = sections.get(anchor);
  if (section === undefined) return [`${document} has no section #${anchor}`];
  return rows
    .filter((row) => !new RegExp(String.raw`^(\| *${row} +\||${row}\. )`, 'm').test(section))
    .map((row) => `${document}#${anchor} has no number ${row}`);
}

/** Documents that are not in the repository, or not at that place. */
const ELSEWHERE = /(?<![\w/#-])(?:upvest|esw|esw-order-event|design|temporal-typescript|house-style)\.md\b/;

const files = filesUnder('.').filter((path) => path !== relative(root, __filename));
const texts = files.map((path) => [path, readFileSync(join(root, path), 'utf8')] as const);

test('every citation has a document and a section', () => {
  const faults = texts.flatMap(([path, text]) =>
    citationsIn(path, text)
      .flatMap(faultOf)
      .map((fault) => `${path}: ${fault}`),
  );
  expect(faults).toEqual([]);
});

test('nothing cites a document that is not here', () => {
  const found = texts.flatMap(([path, text]) =>
    text
      .split('\n')
      .flatMap((line, index) => (ELSEWHERE.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('both partners are cited, in code, tests and simulators', () => {
  const cited = (folder: string, document: string): boolean =>
    texts.some(
      ([path, text]) =>
        path.startsWith(folder) &&
        citationsIn(path, text).some((one) => one.document === `docs/references/${document}`),
    );
  for (const folder of ['src/', 'test/', 'simulators/'])
    expect([folder, cited(folder, 'upvest.md'), cited(folder, 'esw.md')]).toEqual([folder, true, true]);
});

describe('what is read', () => {
  const upvest = 'docs/references/upvest.md';

  test('citations of several sections, over lines of a comment, with rows', () => {
    expect(mentionsIn(' * See references/upvest.md#errors,\n * #retries and #order no. 1 and 3).')).toEqual([
      { document: upvest, anchor: 'errors', rows: [] },
      { document: upvest, anchor: 'retries', rows: [] },
      { document: upvest, anchor: 'order', rows: ['1', '3'] },
    ]);
    expect(mentionsIn('docs/rules.md#deadlines, docs/errors.md.')).toEqual([
      { document: 'docs/rules.md', anchor: 'deadlines', rows: [] },
      { document: 'docs/errors.md', rows: [] },
    ]);
  });

  test('links of documents, from where they are', () => {
    expect(
      linksIn('simulators/upvest/README.md', '[it](../../docs/references/upvest.md#order), [b](#c)'),
    ).toEqual([
      { document: upvest, anchor: 'order', rows: [] },
      { document: 'simulators/upvest/README.md', anchor: 'c', rows: [] },
    ]);
  });

  test('headings as GitHub makes anchors of them', () => {
    const text =
      '# A `code`, and [a link](x.md)\n```\n# none\n```\n## Twice\n| 3 | x |\n## Twice\n<a id="ID"></a>\n';
    expect([...sectionsOf(text).keys()]).toEqual(['a-code-and-a-link', 'twice', 'twice-1', 'ID']);
  });

  test('wrong ones', () => {
    expect(faultOf({ document: 'docs/references/none.md', rows: [] })).toHaveLength(1);
    expect(faultOf({ document: upvest, anchor: 'none', rows: [] })).toHaveLength(1);
    expect(faultOf({ document: upvest, anchor: 'known-inconsistencies', rows: ['3', '99'] })).toHaveLength(1);
    expect(
      ['upvest.md 4.1', '`design.md` 6', '(esw-order-event.md 8.7)'].every((text) => ELSEWHERE.test(text)),
    ).toBe(true);
    expect(ELSEWHERE.test('references/upvest.md#order')).toBe(false);
  });
});
