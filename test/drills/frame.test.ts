/** The frame of the drills: it searches the PATH for their programs, and runs a drill if all of them exist. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from '../../tools/temporal-server/on-postgresql';
import { drill } from '../support/drill';

drill('a drill whose programs are there', ['node', 'npm'], ({ node }) => {
  it('runs, and gets their paths', async () => {
    const { stdout } = await promisify(execFile)(node, ['--version']);
    expect(stdout).toMatch(/^v\d+\./);
  });
});

drill('a drill without its programs', ['node', 'no-such-program'], () => {
  throw new Error('a drill that is skipped declares nothing');
});

it('a program is searched on the PATH alone', () => {
  expect(findOnPath('no-such-program')).toBeUndefined();
  expect(findOnPath('node', '')).toBeUndefined();
});
