/** Which commands read the `.env` of the folder that they are run in. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFiles } from '../config/environment';
import { runInProcess } from '../cli/in-process';
import type { Ended } from '../cli/processes';

const files = temporaryFiles();
afterAll(() => {
  files.remove();
});

let number = 0;
function folderWith(content: string): string {
  const name = `folder-${++number}`;
  mkdirSync(join(files.folder, name));
  files.write(join(name, '.env'), content);
  return join(files.folder, name);
}

const run = (folder: string | undefined, args: string[], env: Record<string, string> = {}): Promise<Ended> =>
  runInProcess(args, env, { folder });

it('one that needs the configuration reads it, says so beside its output, and what is set already wins', async () => {
  const tokens = files.write('tokens.json', '[]');
  const folder = folderWith(`API_TOKENS_FILE=${tokens}\nHTTP_PORT=1\n`);
  expect(await run(folder, ['token', 'list', '--json'], { HTTP_PORT: '2' })).toEqual({
    code: 0,
    stdout: '[]\n',
    stderr: `read 1 variable from ${folder}/.env; already set elsewhere and kept: HTTP_PORT\n`,
  });
  const other = files.write('other.json', '[{"name":"ada","role":"read","sha256":"' + 'a'.repeat(64) + '"}]');
  const { stdout } = await run(folder, ['token', 'list', '--json'], { API_TOKENS_FILE: other });
  expect(JSON.parse(stdout)).toEqual([{ name: 'ada', roles: ['read'] }]);
});

it('webhook reads it once', async () => {
  const folder = folderWith('UPVEST_BASE_URL=nonsense\n');
  const { code, stderr } = await run(folder, ['webhook', 'list']);
  expect(code).toBe(1);
  expect(stderr.split(`read 1 variable from ${folder}/.env\n`)).toHaveLength(2);
  expect(stderr).toContain('UPVEST_BASE_URL must be an http(s) URL');
});

it('--direct reads it, and finds Temporal by it', async () => {
  const folder = folderWith('TEMPORAL_ADDRESS=127.0.0.1:1\n');
  const { code, stderr } = await run(folder, ['show', 'any', '--direct']);
  expect(code).toBe(1);
  expect(stderr).toContain(`read 1 variable from ${folder}/.env\n`);
  expect(stderr).toContain('127.0.0.1:1');
});

it('one that sends a token to our server does not: the folder does not decide where it goes', async () => {
  const folder = folderWith('PORTFOLIO_ORDERS_URL=http://127.0.0.1:2\nPORTFOLIO_ORDERS_TOKEN=of-the-file\n');
  const env = { PORTFOLIO_ORDERS_URL: 'http://127.0.0.1:1', PORTFOLIO_ORDERS_TOKEN: 'mine' };
  const { code, stderr } = await run(folder, ['show', 'any'], env);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^No answer from http:\/\/127\.0\.0\.1:1\b/);
  expect(await run(folder, ['show', 'any'])).toMatchObject({ code: 2 });
});

it('that cannot be read ends the command with its path', async () => {
  const folder = join(files.folder, 'unreadable');
  mkdirSync(join(folder, '.env'), { recursive: true });
  const { code, stderr } = await run(folder, ['token', 'list']);
  expect(code).toBe(1);
  expect(stderr).toContain(`${folder}/.env cannot be read (EISDIR)`);
});

it('is not looked for where there is no folder, as in tests', async () => {
  expect(await run(undefined, ['token', 'list'])).toMatchObject({ code: 2 });
});
