import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withFolders } from '../../tools/docs/folders';

test('the picture of the folders is that of today: after a change, `npm run docs`', () => {
  const root = resolve(__dirname, '../..');
  const text = readFileSync(resolve(root, 'docs/architecture.md'), 'utf8');
  expect(text).toBe(withFolders(text, root));
});
