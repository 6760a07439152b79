/** Checks the configuration of worker and server. */
import {
  CONFIGURATION_REMEDY,
  ConfigurationError,
  readServerConfig,
  readWorkerConfig,
} from '../config/config';
import type { CoordinatorConfig, OfProcess, ServerConfig, WorkerConfig } from '../config/config';
import { failed, ok, type CheckOutcome, type CheckResult } from './check';

type Environment = Readonly<Record<string, string | undefined>>;

export type ProcessName = 'worker' | 'server';

export interface ReadConfiguration {
  results: CheckResult[];
  worker?: OfProcess<WorkerConfig>;
  server?: OfProcess<ServerConfig>;
  /** The common part, from whichever could be read. */
  common?: CoordinatorConfig;
}

/** @param processes whose configuration to check */
export function readConfiguration(
  environment: Environment,
  processes: readonly ProcessName[],
): ReadConfiguration {
  const results: CheckResult[] = [];
  const read = <T>(name: ProcessName, reader: (given: Environment) => T): T | undefined => {
    if (!processes.includes(name)) return undefined;
    const { config, outcome } = attempt(() => reader(environment));
    results.push({ area: 'configuration', name, ...outcome });
    return config;
  };
  const worker = read('worker', readWorkerConfig);
  const server = read('server', readServerConfig);
  const common = worker ?? server;
  return { results, ...(worker && { worker }), ...(server && { server }), ...(common && { common }) };
}

function attempt<T>(read: () => T): { config?: T; outcome: CheckOutcome } {
  try {
    return { config: read(), outcome: ok('complete') };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { outcome: failed(error.problems.join('\n'), CONFIGURATION_REMEDY) };
  }
}
