/** Looks at Temporal: the server, the namespace, and whether workers poll our task queues. */
import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { withBudget } from '../temporal/connection';
import { grpcMessageOf } from '../temporal/grpc';
import { checkNamespace } from '../temporal/namespace';
import { MINIMUM_RETENTION_DAYS } from '../temporal/namespace-commands';
import { examine, failed, notChecked, ok, type CheckResult, type Finding } from './check';

export interface TemporalParts {
  client: Client;
  /** Where it is, as configured. */
  address: string;
  /** Task queues; absent where the configuration does not say them. */
  queues?: { orders: string; broker: string };
  timeoutMs: number;
}

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = temporal.api.enums.v1.TaskQueueType;

/** A poll that finds nothing lasts a minute; a worker that has been quiet for longer than this is gone. */
const LONGEST_POLL_MS = 90_000;

const NOT_REACHED = notChecked('Temporal could not be reached');

export async function temporalResults(parts: TemporalParts): Promise<CheckResult[]> {
  const { client, address, timeoutMs } = parts;
  const within = <T>(call: () => Promise<T>): Promise<T> => withBudget(client, timeoutMs, call);
  // A little longer than the calls themselves may take, so that their own words are heard.
  const limitMs = timeoutMs + 500;
  const area = 'Temporal';

  const reached = await examine(
    {
      area,
      name: 'server',
      look: () => within(() => server(client, address)),
      remedy: 'Check TEMPORAL_ADDRESS, TEMPORAL_API_KEY and TEMPORAL_TLS_*, and that the server runs.',
    },
    limitMs,
  );
  const ifReached = (look: () => Promise<Finding>): (() => Promise<Finding>) =>
    reached.result === 'ok' ? () => within(look) : () => Promise.resolve(NOT_REACHED);
  const others = await Promise.all([
    examine(
      {
        area,
        name: 'namespace',
        look: ifReached(() => namespace(client)),
        remedy: 'Check TEMPORAL_NAMESPACE and the rights of this client.',
      },
      limitMs,
    ),
    examine(
      {
        area,
        name: 'workers',
        look: ifReached(() => workers(parts)),
        remedy: 'Check TEMPORAL_NAMESPACE and the rights of this client.',
      },
      limitMs,
    ),
  ]);
  return [reached, ...others];
}

async function server({ connection }: Client, address: string): Promise<Finding> {
  try {
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    return ok(`${address} answers, version ${serverVersion}`);
  } catch (error) {
    throw new Error(`${address}: ${grpcMessageOf(error)}`, { cause: error });
  }
}

async function namespace({ connection, options }: Client): Promise<Finding> {
  const remarks: string[] = [];
  const problems = await checkNamespace(connection, options.namespace, (line) => remarks.push(line));
  if (problems.length > 0)
    return failed(
      problems.join('\n'),
      'Run what is named, or deploy/temporal-setup.sh, which does all of it.',
    );
  const fine = `"${options.namespace}" keeps closed workflows for ${MINIMUM_RETENTION_DAYS} days or more`;
  return ok(remarks.length > 0 ? `${fine}. ${remarks.join(' ')}` : `${fine}, and has our search attributes`);
}

async function workers({ client, queues }: TemporalParts): Promise<Finding> {
  if (queues === undefined) return notChecked('the configuration does not say the task queues');
  const needed = [
    { name: queues.orders, type: TASK_QUEUE_TYPE_WORKFLOW, work: 'workflows' },
    { name: queues.orders, type: TASK_QUEUE_TYPE_ACTIVITY, work: 'activities' },
    { name: queues.broker, type: TASK_QUEUE_TYPE_ACTIVITY, work: 'activities' },
  ];
  const counts = await Promise.all(
    needed.map(async (queue) => ({ ...queue, pollers: await pollersOf(client, queue.name, queue.type) })),
  );
  const idle = counts.filter(({ pollers }) => pollers === 0);
  if (idle.length > 0) {
    const detail = idle.map(({ name, work }) => `nobody polls ${name} for ${work}`).join('\n');
    return failed(
      detail,
      'Start a worker: node dist/src/worker.js, with the same task queues and namespace.',
    );
  }
  return ok(counts.map(({ name, work, pollers }) => `${name} (${work}): ${pollers}`).join(', '));
}

/** How many workers have asked for work lately. */
async function pollersOf(
  { connection, options }: Client,
  name: string,
  taskQueueType: temporal.api.enums.v1.TaskQueueType,
): Promise<number> {
  const { namespace } = options;
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name },
    taskQueueType,
  });
  const recent = Date.now() - LONGEST_POLL_MS;
  return pollers.filter(({ lastAccessTime }) => tsToMs(lastAccessTime ?? null) > recent).length;
}
