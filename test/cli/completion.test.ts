/** What a shell offers for the tab key. */
import { candidates } from '../../src/cli/commands/completion';
import { createProgram } from '../../src/cli/program';
import { runInProcess } from './in-process';

const program = createProgram({
  out: () => undefined,
  connect: () => Promise.reject(new Error('unexpected request')),
});
const offered = (...words: string[]): string[] => candidates(program, words).map(({ value }) => value);

it('offers the commands, and nothing that help hides', () => {
  expect(offered('')).toEqual(
    expect.arrayContaining(['place', 'watch', 'list', 'parked', 'doctor', 'completion']),
  );
  expect(offered('')).not.toContain('complete');
  expect(offered('re')).toEqual([
    'report',
    'reconcile',
    'release',
    'reopen',
    'retry-emission',
    'records',
    'recover',
  ]);
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
    { value: 'cancel', description: 'Request cancellation at Upvest, which decides.' },
  ]);
});

it.each(['bash', 'zsh', 'fish'])('there is a script for %s', async (shell) => {
  const { code, stdout, stderr } = await runInProcess(['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('portfolio-orders complete -- ');
  expect(stdout).not.toContain('eval');
});

it('another shell is wrong usage', async () => {
  expect(await runInProcess(['completion', 'cmd'])).toMatchObject({ code: 2, stdout: '' });
});
