/** Who may call: tokens that are made, listed and revoked, and how a command is given one. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { parseTokens, type ApiToken } from '../../src/config/api-tokens';
import { createToken } from '../../src/config/api-tokens-file';
import { createProgram } from '../../src/cli/program';
import { temporaryFiles } from '../config/environment';
import type { GlobalOptions } from '../../src/cli/command-context';

const files = temporaryFiles();
afterAll(() => {
  files.remove();
});
// Commands load it by the name that Node needs; Jest knows it by that of its source alone.
jest.mock(
  '../../src/config/api-tokens-file.js',
  () => jest.requireActual<object>('../../src/config/api-tokens-file'),
  {
    virtual: true,
  },
);
let number = 0;
/** A path where nothing is yet. */
const newFile = (): string => join(files.folder, `tokens-${++number}.json`);

interface Said {
  out: string[];
  /** What is said beside the output, wrong usage included. */
  errors: string;
  error?: unknown;
  /** What the server would have been asked with. */
  asked?: GlobalOptions;
}

async function cli(args: string[], environment: Record<string, string> = {}): Promise<Said> {
  const said: Said = { out: [], errors: '' };
  const program = createProgram({
    out: (line) => void said.out.push(line),
    write: { writeErr: (text) => void (said.errors += text) },
    environment,
    connect: (options) => {
      said.asked = options;
      return Promise.reject(new Error('unexpected request'));
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    said.error = error;
  }
  return said;
}

const token = (file: string, ...args: string[]): Promise<Said> => cli(['token', ...args, '--file', file]);
const read = (file: string): ApiToken[] => parseTokens(readFileSync(file, 'utf8'));
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);
const hashOf = (text: string | undefined): string => createHash('sha256').update(`${text}`).digest('hex');

describe('token create', () => {
  it('prints the token alone, and writes nothing but its hash, for the owner alone', async () => {
    const file = newFile();
    const { out, errors, error } = await token(file, 'create', '--name', 'ada', '--role', 'submit');
    expect(error).toBeUndefined();
    expect(out).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    const [made = ''] = out;
    expect(read(file)).toEqual([{ name: 'ada', role: 'submit', sha256: hashOf(made) }]);
    expect(modeOf(file)).toBe('600');
    expect(errors).toBe(`Added ada (submit) to ${file}. This is the only time the token is shown.\n`);
    expect(`${readFileSync(file, 'utf8')}${errors}`).not.toContain(made);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('gives a token several roles, and no two tokens are the same', async () => {
    const file = newFile();
    const first = await token(file, 'create', '--name', 'me', '--role', 'submit,operate');
    const second = await token(file, 'create', '--name', 'desk', '--role', 'operate', '--json');
    const { token: made, ...rest } = JSON.parse(second.out.join('\n')) as { token: string };
    expect(rest).toEqual({ name: 'desk', roles: ['operate'] });
    expect(read(file)).toEqual([
      { name: 'me', role: ['submit', 'operate'], sha256: hashOf(first.out[0]) },
      { name: 'desk', role: 'operate', sha256: hashOf(made) },
    ]);
    expect(made).not.toBe(first.out[0]);
  });

  it('takes the file of the server where no other one is said', async () => {
    const [file, other] = [newFile(), newFile()];
    const args = ['token', 'create', '--role', 'read', '--name'];
    await cli([...args, 'one'], { API_TOKENS_FILE: file });
    await cli([...args, 'two', '--file', other], { API_TOKENS_FILE: file });
    expect([read(file), read(other)]).toMatchObject([[{ name: 'one' }], [{ name: 'two' }]]);
    for (const environment of [{}, { API_TOKENS_FILE: '' }]) {
      const { out, errors, error } = await cli([...args, 'three'], environment);
      expect(error).toBeInstanceOf(CommanderError);
      expect({ out, errors }).toEqual({
        out: [],
        errors: expect.stringContaining('API_TOKENS_FILE') as string,
      });
    }
  });

  it('keeps what is in the file, its permissions, and where it really is', async () => {
    const [file, link] = [newFile(), newFile()];
    const before = { name: 'old', role: 'read', sha256: 'a'.repeat(64) };
    writeFileSync(file, JSON.stringify([before]));
    chmodSync(file, 0o640);
    symlinkSync(file, link);
    await token(link, 'create', '--name', 'new', '--role', 'operate');
    expect(read(file)).toMatchObject([before, { name: 'new' }]);
    expect(modeOf(file)).toBe('640');
    expect(readFileSync(link, 'utf8')).toBe(readFileSync(file, 'utf8'));
  });

  it.each(['', '\n', '[]\n'])('begins a list in a file that holds %j', async (content) => {
    const file = newFile();
    writeFileSync(file, content);
    await token(file, 'create', '--name', 'ada', '--role', 'read');
    expect(read(file)).toMatchObject([{ name: 'ada' }]);
  });

  it('loses no entry when many are made at once', async () => {
    const file = newFile();
    const names = Array.from({ length: 12 }, (_, index) => `client-${index}`);
    await Promise.all(names.map((name) => createToken(file, name, ['submit'], 60_000)));
    expect(
      read(file)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...names].sort());
  });

  it('refuses a name that exists, and changes nothing', async () => {
    const file = newFile();
    await token(file, 'create', '--name', 'ada', '--role', 'read');
    const before = readFileSync(file, 'utf8');
    const { out, error } = await token(file, 'create', '--name', 'ada', '--role', 'operate');
    expect(out).toEqual([]);
    expect(error).toMatchObject({
      message: expect.stringContaining('already has a token named ada') as string,
    });
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it.each([
    ['is not JSON', '[{"name": "one"', 'is not JSON'],
    ['has an unknown role', '[{"name":"one","role":"boss","sha256":"x"}]', '0.role'],
  ])('leaves a file that %s as it is', async (_what, content, why) => {
    const file = newFile();
    writeFileSync(file, content);
    for (const args of [
      ['create', '--name', 'ada', '--role', 'read'],
      ['revoke', '--name', 'one'],
      ['list'],
    ]) {
      const { out, error } = await token(file, ...args);
      expect(out).toEqual([]);
      expect(error).toMatchObject({ message: expect.stringContaining(why) as string });
      expect((error as Error).message).toContain(file);
    }
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('says what is in the way: no folder, or a change that was interrupted', async () => {
    const nowhere = join(files.folder, 'nowhere', 'tokens.json');
    await expect(createToken(nowhere, 'ada', ['read'])).rejects.toThrow('nowhere is not writable (ENOENT)');
    const file = newFile();
    writeFileSync(`${file}.lock`, 'half');
    await expect(createToken(file, 'ada', ['read'], 0)).rejects.toThrow(`${file}.lock exists`);
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe('half');
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['an unknown role', ['--name', 'ada', '--role', 'submit,boss']],
    ['a role twice', ['--name', 'ada', '--role', 'read,read']],
    ['an empty role', ['--name', 'ada', '--role', 'read,']],
    ['no role', ['--name', 'ada']],
    ['no name', ['--role', 'read']],
    ['an empty name', ['--name', '', '--role', 'read']],
    ['a name of two lines', ['--name', 'ada\nroot', '--role', 'read']],
    ['a name that is too long', ['--name', 'a'.repeat(101), '--role', 'read']],
  ])('(%s) is wrong usage', async (_what, args) => {
    const file = newFile();
    const { out, error, errors } = await token(file, 'create', ...args);
    expect(error).toBeInstanceOf(CommanderError);
    expect(errors).toMatch(/^error: /);
    expect(out).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });
});

describe('token list and revoke', () => {
  async function withTwo(): Promise<string> {
    const file = newFile();
    await token(file, 'create', '--name', 'ada', '--role', 'submit');
    await token(file, 'create', '--name', 'desk', '--role', 'read,operate');
    return file;
  }

  it('list shows names and roles, and no hash', async () => {
    const file = await withTwo();
    const text = (await token(file, 'list')).out.join('\n');
    expect(text).toMatch(/ada\s+│ submit\b[^]*desk\s+│ read, operate/);
    for (const { sha256 } of read(file)) expect(text).not.toContain(sha256);
    const { out } = await token(file, 'list', '--json');
    expect(JSON.parse(out.join('\n'))).toEqual([
      { name: 'ada', roles: ['submit'] },
      { name: 'desk', roles: ['read', 'operate'] },
    ]);
    expect((await token(newFile(), 'list')).out).toEqual([expect.stringContaining('no tokens')]);
  });

  it('revoke takes out every token of the name, and nothing else', async () => {
    const file = await withTwo();
    const entries = [...read(file), { name: 'ada', role: 'read', sha256: 'b'.repeat(64) }];
    writeFileSync(file, JSON.stringify(entries));
    const { out } = await token(file, 'revoke', '--name', 'ada', '--json');
    expect(JSON.parse(out.join('\n'))).toEqual({ revoked: 'ada' });
    expect(read(file)).toEqual([entries[1]]);
  });

  it.each([
    ['unknown', 'no token named unknown'],
    ['desk', 'only token'],
  ])('revoke of %s says why not, and changes nothing', async (name, why) => {
    const file = await withTwo();
    expect((await token(file, 'revoke', '--name', 'ada')).out).toEqual([`Revoked ada in ${file}.`]);
    const before = readFileSync(file, 'utf8');
    const { out, error } = await token(file, 'revoke', '--name', name);
    expect(out).toEqual([]);
    expect(error).toMatchObject({ message: expect.stringContaining(why) as string });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

describe('a command gets its token', () => {
  const secret = 'S3cret-of-a-file';
  function tokenFile(content: string, mode = 0o600): string {
    const path = files.write(`token-${++number}`, content);
    chmodSync(path, mode);
    return path;
  }
  const withToken = (...args: string[]): Promise<Said> =>
    cli(args, { PORTFOLIO_ORDERS_TOKEN: 'of-the-environment' });

  it('from the environment', async () => {
    expect((await withToken('show', 'any')).asked?.token).toBe('of-the-environment');
  });

  it.each([secret, `${secret}\n`, `\n  ${secret} \r\n`])(
    'from a file that holds %j, silently',
    async (content) => {
      const { asked, errors } = await withToken('--token-file', tokenFile(content), 'show', 'any');
      expect(asked?.token).toBe(secret);
      expect(errors).toBe('');
    },
  );

  it.each(['640', '604', '666'])('with a warning where others can get at the file (%s)', async (mode) => {
    const file = tokenFile(secret, Number.parseInt(mode, 8));
    const { asked, errors } = await withToken('show', 'any', '--token-file', file);
    expect(asked?.token).toBe(secret);
    expect(errors).toBe(`warning: other users can read ${file}; run: chmod 600 ${file}\n`);
  });

  it.each([
    ['is empty', () => tokenFile(' \n'), 'is empty'],
    ['holds a list of hashes', () => tokenFile('[ { "name" } ]'), 'must hold one token without blanks'],
    ['is not there', () => join(files.folder, 'none'), 'cannot be read (ENOENT)'],
    ['is a folder', () => files.folder, 'cannot be read (EISDIR)'],
  ])('not from a file that %s: wrong usage, and no request is sent', async (_what, file, why) => {
    const path = file();
    const { error, errors, asked } = await withToken('--token-file', path, 'show', 'any');
    expect(error).toBeInstanceOf(CommanderError);
    expect(errors).toMatch(/^error: --token-file /);
    expect(errors).toContain(`${path} ${why}`);
    expect(errors).not.toContain('name"');
    expect(asked).toBeUndefined();
  });

  it('not from two places at once, and never with --direct', async () => {
    const both = await withToken('--token', 't', '--token-file', tokenFile(secret), 'show', 'any');
    expect(both.error).toBeInstanceOf(CommanderError);
    expect(both.errors).toContain('either --token or --token-file');
    const direct = await withToken('--token-file', join(files.folder, 'none'), '--direct', 'show', 'any');
    expect(direct.asked).toEqual({ url: 'http://127.0.0.1:3000', direct: true });
  });

  it('or says what is missing', async () => {
    const { error, errors } = await cli(['show', 'any']);
    expect(error).toBeInstanceOf(CommanderError);
    expect(errors).toMatch(/PORTFOLIO_ORDERS_TOKEN.*--token-file/);
  });
});
