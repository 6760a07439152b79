import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolderForAll } from '../../../tools/postgresql/postgresql';

describe('the temporary folder that PostgreSQL’s own user can enter', () => {
  const folder = mkdtempSync('/tmp/postgresql-test-');
  const own = join(folder, 'own');
  mkdirSync(own);
  chmodSync(own, 0o755);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is the configured one if everyone can enter it', () => {
    chmodSync(folder, 0o755);
    expect(temporaryFolderForAll(own)).toBe(own);
  });

  it('is /tmp if the configured one is inside a private folder', () => {
    chmodSync(folder, 0o700);
    expect(temporaryFolderForAll(own)).toBe('/tmp');
  });
});
