/** What a shell offers when somebody presses the tab key. */
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { candidates } from '../../src/cli/completion';
import { createProgram } from '../../src/cli/program';
import { temporaryFiles } from '../config/environment';
import { ensureBuilt, run } from './processes';

const program = createProgram({
  out: () => undefined,
  connect: () => Promise.reject(new Error('nobody is asked')),
});
const offered = (...words: string[]): string[] => candidates(program, words).map(({ value }) => value);

it('offers the commands, and nothing that help hides', () => {
  expect(offered('')).toEqual(
    expect.arrayContaining(['place', 'watch', 'list', 'parked', 'doctor', 'completion']),
  );
  expect(offered('')).not.toContain('complete');
  expect(offered('re')).toEqual(['reconcile', 'release', 'reopen', 'retry-emission']);
  expect(offered('parked', '')).toEqual(['list', 'show', 'retry', 'discard', 'help']);
  expect(offered('nothing-like-it')).toEqual([]);
});

it('offers the options of the command and of the program', () => {
  expect(offered('list', '--')).toEqual(
    expect.arrayContaining(['--status', '--attention', '--json', '--direct', '--url']),
  );
  expect(offered('show', '--s')).toEqual([]);
  expect(offered('--direct', 'parked', 'discard', '--r')).toEqual(['--reason']);
});

it('offers the values that an option or an argument takes', () => {
  expect(offered('place', '--side', '')).toEqual(['BUY', 'SELL']);
  expect(offered('place', '--side', 'S')).toEqual(['SELL']);
  expect(offered('place', '--side', 'BUY', '--cur')).toEqual(['--currency']);
  expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(offered('place', '--reference', '')).toEqual([]);
  expect(offered('--url', 'list', 'sh')).toEqual(['show']);
});

it('says what each of them is', () => {
  expect(candidates(program, ['canc'])).toEqual([
    { value: 'cancel', description: 'Ask Upvest to cancel the order; Upvest decides.' },
  ]);
});

describe('in a shell', () => {
  const files = temporaryFiles();
  const root = resolve(__dirname, '../..');
  beforeAll(() => {
    ensureBuilt();
    const command = files.write(
      'portfolio-orders',
      `#!/bin/sh\nexec ${process.execPath} ${join(root, 'dist/src/cli/main.js')} "$@"\n`,
    );
    chmodSync(command, 0o755);
  });
  afterAll(() => {
    files.remove();
  });

  /** What bash would offer for these words. */
  function bash(...words: string[]): string[] {
    const script = [
      'source <(portfolio-orders completion bash)',
      // As when ~/.bashrc is read twice.
      'source <(portfolio-orders completion bash)',
      'COMP_WORDS=(portfolio-orders "$@"); COMP_CWORD=$#',
      '$(complete -p portfolio-orders | sed -n "s/.*-F \\([^ ]*\\).*/echo \\1/p" | sh)',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const env = { PATH: `${files.folder}:${process.env.PATH ?? ''}` };
    const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
    const out = execFileSync('bash', ['-c', script, 'bash', ...words], { env, stdio, encoding: 'utf8' });
    return out.split('\n').filter((line) => line !== '');
  }

  it('bash offers them, by nothing but itself', () => {
    expect(bash('canc')).toEqual(['cancel']);
    expect(bash('parked', 'list', '--reason', 'UN')).toEqual(['UNROUTED', 'UNREADABLE', 'UNKNOWN_TYPE']);
  });

  it('nothing that is half typed is run', () => {
    const trap = join(files.folder, 'trap');
    expect(bash('cancel', 'x', '--reason', `"$(touch ${trap})`, '--ac')).toEqual(['--actor']);
    expect(() => execFileSync('cat', [trap], { stdio: 'ignore' })).toThrow();
  });

  it.each(['bash', 'zsh', 'fish'])('there is a script for %s', async (shell) => {
    const { code, stdout, stderr } = await run('cli/main.js', ['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('portfolio-orders complete -- ');
    expect(stdout).not.toContain('eval');
  });

  it('another shell is wrong usage', async () => {
    expect(await run('cli/main.js', ['completion', 'cmd'])).toMatchObject({ code: 2, stdout: '' });
  });
});
