import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withFolders } from '../../tools/docs/folders';

const root = resolve(__dirname, '../..');

test('the picture of the folders is that of today: after a change, `npm run docs`', () => {
  const text = readFileSync(resolve(root, 'docs/architecture.md'), 'utf8');
  expect(text).toBe(withFolders(text, root));
});

describe('the product stays in small parts', () => {
  const PRODUCT = ['src', 'workflows', 'activities', 'contracts', 'tools', 'demo', 'simulators'];
  const MAX_FILES = 15;
  const MAX_LINES = 300;
  const files = PRODUCT.flatMap((folder) =>
    readdirSync(resolve(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => ({ folder: parentPath.slice(root.length + 1), name })),
  );

  it(`with at most ${MAX_FILES} files in a folder`, () => {
    const counts = new Map<string, number>();
    for (const { folder } of files) counts.set(folder, (counts.get(folder) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > MAX_FILES)).toEqual([]);
  });

  it(`with at most ${MAX_LINES} lines in a file`, () => {
    const linesOf = ({ folder, name }: (typeof files)[number]): number =>
      readFileSync(resolve(root, folder, name), 'utf8')
        .trimEnd()
        .split('\n').length;
    const long = files.filter((file) => linesOf(file) > MAX_LINES);
    expect(long.map(({ folder, name }) => `${folder}/${name}`)).toEqual([]);
  });
});
