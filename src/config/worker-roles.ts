/** Which Workers a worker process runs, and how many workflows it caches: environment variables. */
import { memorySize, readAs, wholeNumber } from './values';

/** `workflows` serves the orders' task queue, with its activities; `upvest` and `esw` the activities that call each partner. */
export const WORKER_ROLES = ['workflows', 'upvest', 'esw'] as const;
export type WorkerRole = (typeof WORKER_ROLES)[number];

export const workerRoleVariables = {
  WORKER_ROLES: readAs(rolesOf, `must be a list of ${WORKER_ROLES.join(', ')}, each at most once`).default([
    ...WORKER_ROLES,
  ]),
  WORKER_MEMORY: memorySize(384 * 2 ** 20),
  WORKER_CACHED_WORKFLOWS: wholeNumber(0, 0, 1_000_000),
};

/** Memory of a worker process. */
export interface WorkerMemory {
  /** Memory that the process may use, bytes. Default: see `availableMemory`. */
  memory?: number;
  /** Workflows that stay in memory. Default: as many as the memory holds. */
  cachedWorkflows?: number;
}

export function memoryOf(values: {
  WORKER_MEMORY: { bytes: number | undefined };
  WORKER_CACHED_WORKFLOWS: number;
}): WorkerMemory {
  const { bytes } = values.WORKER_MEMORY;
  const cachedWorkflows = values.WORKER_CACHED_WORKFLOWS;
  return { ...(bytes !== undefined && { memory: bytes }), ...(cachedWorkflows > 0 && { cachedWorkflows }) };
}

function rolesOf(text: string): WorkerRole[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  const roles = WORKER_ROLES.filter((role) => names.includes(role));
  return roles.length === names.length ? roles : undefined;
}
