/** Oldest Temporal versions that the tests support; older ones fail with a one-line message. */
import { CLI_VERSION } from '../../tools/temporal-server/versions';

/** Oldest versions on which the tests pass. tools/temporal-server/versions.ts has the versions that they run on. */
export const OLDEST_SERVER = '1.29';
export const OLDEST_WEB_UI = '2.54';

/** The part of a `Connection` that reports the server's version. */
export interface ServerInfo {
  readonly workflowService: {
    getSystemInfo(request: object): Promise<{ serverVersion?: string | null }>;
  };
}

/** @throws Error when the server is older than {@link OLDEST_SERVER}. */
export async function assertServerVersion({ workflowService }: ServerInfo): Promise<void> {
  const { serverVersion } = await workflowService.getSystemInfo({});
  assertAtLeast('a Temporal server', OLDEST_SERVER, serverVersion);
}

/** @throws Error when the Web UI at this address is older than {@link OLDEST_WEB_UI}. */
export async function assertWebUiVersion(uiUrl: string): Promise<void> {
  const settings = (await (await fetch(`${uiUrl}/api/v1/settings`)).json()) as { Version?: string };
  assertAtLeast('a Temporal Web UI', OLDEST_WEB_UI, settings.Version);
}

/** @throws Error when a version, such as `2.54.1`, is lower than the oldest, such as `2.54`, or is none. */
export function assertAtLeast(what: string, oldest: string, found: string | null | undefined): void {
  const [major, minor] = parts(oldest);
  const [foundMajor, foundMinor] = parts(found ?? '');
  if (foundMajor > major || (foundMajor === major && foundMinor >= minor)) return;
  throw new Error(
    `The tests need ${what} >= ${oldest}, found ${found ?? 'none'}. ` +
      `Temporal CLI ${CLI_VERSION} has it; where no "temporal" is on the PATH, the tests fetch that one.`,
  );
}

/** Major and minor number; what is no version is lower than any. */
function parts(version: string): [major: number, minor: number] {
  const [, major = '-1', minor = '-1'] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return [Number(major), Number(minor)];
}
