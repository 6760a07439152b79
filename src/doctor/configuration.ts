/** Looks at the environment as worker and server read it. */
import { CONFIGURATION_REMEDY, ConfigurationError, readServerConfig, readWorkerConfig } from '../config';
import type { CoordinatorConfig, ServerConfig, WorkerConfig } from '../config';
import { failed, ok, type CheckResult, type Finding } from './check';

type Environment = Readonly<Record<string, string | undefined>>;

export type ProcessName = 'worker' | 'server';

export interface ReadConfiguration {
  results: CheckResult[];
  worker?: WorkerConfig;
  server?: ServerConfig;
  /** What both have, of whichever could be read. */
  common?: CoordinatorConfig;
}

/** @param processes whose configuration is expected here */
export function readConfiguration(
  environment: Environment,
  processes: readonly ProcessName[],
): ReadConfiguration {
  const results: CheckResult[] = [];
  const read = <T>(name: ProcessName, reader: (given: Environment) => T): T | undefined => {
    if (!processes.includes(name)) return undefined;
    const { config, finding } = attempt(() => reader(environment));
    results.push({ area: 'configuration', name, ...finding });
    return config;
  };
  const worker = read('worker', readWorkerConfig);
  const server = read('server', readServerConfig);
  const common = worker ?? server;
  return { results, ...(worker && { worker }), ...(server && { server }), ...(common && { common }) };
}

function attempt<T>(read: () => T): { config?: T; finding: Finding } {
  try {
    return { config: read(), finding: ok('complete') };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { finding: failed(error.problems.join('\n'), CONFIGURATION_REMEDY) };
  }
}
