/** What a process says when it cannot start, and which variables it finds in `.env`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describeEnvFile, readEnvFile } from '../../src/lib/env-file';
import { reportFailure } from '../../src/lib/process';
import { StartFailure } from '../../src/lib/start-failure';
import { temporaryFiles } from './environment';

const files = temporaryFiles();
afterAll(() => {
  files.remove();
});

describe('a failure', () => {
  function reported(error: unknown, isTTY: boolean): { shown: string; logged: Record<string, unknown>[] } {
    let shown = '';
    const logged: Record<string, unknown>[] = [];
    const write = (text: string): void => void (shown += text);
    const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as never) });
    reportFailure(error, logger, { isTTY, write });
    return { shown, logged };
  }
  const expected = new StartFailure('The door is shut', ['no key', 'no handle'], 'Open it.');

  it('that is expected is lines on a terminal, and not logged', () => {
    const shown = 'The door is shut:\n  - no key\n  - no handle\nOpen it.\n';
    expect(reported(expected, true)).toEqual({ shown, logged: [] });
  });

  it('that is expected is one line of the log elsewhere, without a stack trace', () => {
    const { shown, logged } = reported(expected, false);
    expect(shown).toBe('');
    const line = {
      level: 60,
      msg: 'The door is shut',
      problems: ['no key', 'no handle'],
      remedy: 'Open it.',
    };
    expect(logged).toEqual([expect.objectContaining(line)]);
    expect(logged[0]).not.toHaveProperty('err');
  });

  it('that is expected may have no remedy', () => {
    const bare = new StartFailure('The door is shut', ['no key']);
    expect(reported(bare, true).shown).toBe('The door is shut:\n  - no key\n');
    expect(reported(bare, false).logged[0]).not.toHaveProperty('remedy');
  });

  it('that is unexpected keeps its stack trace', () => {
    const error = new TypeError('x is not a function');
    const terminal = reported(error, true);
    expect(terminal.logged).toEqual([]);
    expect(terminal.shown).toMatch(/^TypeError: x is not a function\n +at .*start\.test/);
    const elsewhere = reported(error, false);
    expect(elsewhere.shown).toBe('');
    expect(elsewhere.logged[0]).toMatchObject({
      level: 60,
      msg: 'the process failed',
      err: { type: 'TypeError', stack: expect.stringContaining('start.test') as string },
    });
  });
});

describe('.env', () => {
  let number = 0;
  function folderWith(content: string): string {
    const folder = join(files.folder, `env-${++number}`);
    mkdirSync(folder);
    files.write(join(`env-${number}`, '.env'), content);
    return folder;
  }

  it('adds what is not set: comments and quotes as in the example, empty ones count as absent', () => {
    const environment: Record<string, string | undefined> = { HOME: '/home/ada' };
    const folder = folderWith(
      '# A comment\n# HTTP_PORT=1\nONE=1\n\nTWO="a b" # c\nexport THREE=a=b,c\nEMPTY=\n',
    );
    expect(readEnvFile(environment, folder)).toEqual({
      path: join(folder, '.env'),
      taken: ['ONE', 'THREE', 'TWO'],
      overridden: [],
    });
    expect(environment).toEqual({ HOME: '/home/ada', ONE: '1', TWO: 'a b', THREE: 'a=b,c' });
  });

  it('never replaces what is set, not even to nothing, and names what it left alone', () => {
    const environment = { ONE: 'mine', TWO: '', SAME: 'x' };
    const folder = folderWith('ONE=1\nTWO=2\nSAME=x\nTHREE=3\n');
    const read = readEnvFile(environment, folder);
    expect(read).toMatchObject({ taken: ['THREE'], overridden: ['ONE', 'TWO'] });
    expect(environment).toEqual({ ONE: 'mine', TWO: '', SAME: 'x', THREE: '3' });
    expect(read && describeEnvFile(read)).toBe(
      `read 1 variable from ${folder}/.env; already set elsewhere and kept: ONE, TWO`,
    );
  });

  it('need not be there', () => {
    const environment = {};
    expect(readEnvFile(environment, files.folder)).toBeUndefined();
    expect(environment).toEqual({});
  });

  it('that cannot be read is a failure with its path', () => {
    const folder = join(files.folder, 'env-folder');
    mkdirSync(join(folder, '.env'), { recursive: true });
    expect(() => readEnvFile({}, folder)).toThrow(StartFailure);
    expect(() => readEnvFile({}, folder)).toThrow(`${folder}/.env cannot be read (EISDIR)`);
  });
});
