import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CLI_VERSION, cachedCliPath, findTemporalCli } from '../../src/temporal/temporal-cli';
import type { CliSearch, Run } from '../../src/temporal/temporal-cli';

const works = '#!/bin/sh\necho "temporal version 9.9.9"\n';
const broken = '#!/bin/sh\necho "not for this machine" >&2\nexit 1\n';

let home: string;
let lines: string[];
let ran: { command: string; args: readonly string[]; env: NodeJS.ProcessEnv | undefined }[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'temporal-cli-'));
  lines = [];
  ran = [];
});
afterEach(() => rm(home, { recursive: true }));

async function program(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

const noDownload = (): Promise<string> => Promise.reject(new Error('no network'));

/** A `go` that "builds" the given text; the CLI itself answers its version when its text is the working one. */
function fakeRun(built: string | undefined): Run {
  return async (command, args, { env }) => {
    ran.push({ command, args, env });
    if (command !== 'go') {
      if ((await readFile(command, 'utf8')) === works) return 'temporal version 9.9.9\n';
      throw new Error('not for this machine');
    }
    if (built === undefined) throw new Error('spawn go ENOENT');
    if (args[0] === 'install') await program(join(env?.GOBIN ?? '', 'temporal'), built);
    return '';
  };
}

function search(over: Pick<CliSearch, 'run' | 'download'> = {}): CliSearch & { env: NodeJS.ProcessEnv } {
  const env = { PATH: `${join(home, 'empty')}:${join(home, 'bin')}`, XDG_CACHE_HOME: join(home, 'cache') };
  return { log: (line) => lines.push(line), env, run: fakeRun(undefined), download: noDownload, ...over };
}

/** What lies in the project's cache folder, leftovers of an acquisition included. */
async function cacheEntries(): Promise<string[]> {
  return readdir(join(home, 'cache/portfolio-order-coordinator'));
}

test('the PATH comes first, and is really asked for its version', async () => {
  const { run: _fake, ...real } = search();
  await program(cachedCliPath(real.env), works);
  const onPath = await program(join(home, 'bin/temporal'), works);
  expect(await findTemporalCli(real)).toBe(onPath);
  expect(lines).toEqual([`Temporal: using ${onPath} (temporal version 9.9.9)`]);
});

test('one on the PATH that does not run is passed over for the cached copy', async () => {
  const { run: _fake, ...real } = search();
  await program(join(home, 'bin/temporal'), broken);
  const cached = await program(cachedCliPath(real.env), works);
  expect(await findTemporalCli(real)).toBe(cached);
  expect(lines).toEqual([
    'Temporal: "temporal" on the PATH is not available: not for this machine',
    `Temporal: using ${cached} (temporal version 9.9.9)`,
  ]);
});

test('with nothing on the machine the download is used, and only once', async () => {
  const download = jest.fn((directory: string) => program(join(directory, 'temporal'), works));
  const options = search({ run: fakeRun(works), download });
  const cached = cachedCliPath(options.env);
  expect(await findTemporalCli(options)).toBe(cached);
  expect(await findTemporalCli(options)).toBe(cached);
  expect(download).toHaveBeenCalledTimes(1);
  expect(ran.map(({ command }) => command)).not.toContain('go');
  expect(await cacheEntries()).toEqual([`temporal-cli-${CLI_VERSION}`]);
});

test('without the download it is built by go install, with flags of its own', async () => {
  const options = search({ run: fakeRun(works) });
  options.env.GOFLAGS = '-mod=vendor';
  options.env.GOTOOLCHAIN = 'local';
  expect(await findTemporalCli(options)).toBe(cachedCliPath(options.env));
  const install = ran.find(({ args }) => args[0] === 'install');
  expect(install?.args).toEqual(['install', `github.com/temporalio/cli/cmd/temporal@${CLI_VERSION}`]);
  expect(install?.env).toMatchObject({ GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'local' });
  expect(lines.slice(2)).toEqual([
    "Temporal: the SDK's download is not available: no network",
    expect.stringContaining('this takes about five minutes'),
    expect.stringContaining('Temporal: using'),
  ]);
  expect(await cacheEntries()).toEqual([`temporal-cli-${CLI_VERSION}`]);
});

test('a cached copy that does not run is replaced', async () => {
  const options = search({ run: fakeRun(works) });
  const cached = await program(cachedCliPath(options.env), broken);
  expect(await findTemporalCli(options)).toBe(cached);
  expect(await readFile(cached, 'utf8')).toBe(works);
});

test('two processes at once both get a whole binary', async () => {
  const options = search({ run: fakeRun(works) });
  const cached = cachedCliPath(options.env);
  expect(await Promise.all([findTemporalCli(options), findTemporalCli(options)])).toEqual([cached, cached]);
  expect(await cacheEntries()).toEqual([`temporal-cli-${CLI_VERSION}`]);
});

test('when nothing works each step has said why, and the error says what to install', async () => {
  await expect(findTemporalCli(search())).rejects.toThrow(
    /install the Temporal CLI.*Go 1\.25.*TEMPORAL_ADDRESS/s,
  );
  expect(lines).toEqual([
    'Temporal: "temporal" on the PATH is not available: none there',
    `Temporal: a copy cached before is not available: no ${cachedCliPath(search().env)}`,
    "Temporal: the SDK's download is not available: no network",
    'Temporal: go install is not available: spawn go ENOENT',
  ]);
});

test('a build that fails leaves nothing behind', async () => {
  await expect(findTemporalCli(search({ run: fakeRun(broken) }))).rejects.toThrow('No Temporal server');
  expect(lines.at(-1)).toBe('Temporal: go install is not available: not for this machine');
});
