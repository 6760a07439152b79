/** Checks Temporal: the server, the namespace, and whether workers poll our task queues. */
import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { withTemporalDeadline } from '../temporal/client';
import { grpcMessageOf } from '../temporal/grpc';
import { checkNamespace } from '../temporal/namespace';
import { MINIMUM_RETENTION_DAYS } from '../temporal/namespace-commands';
import { runCheck, failed, notChecked, ok, type CheckResult, type CheckOutcome } from './check';

export interface TemporalParts {
  client: Client;
  /** Configured address. */
  address: string;
  /** Task queues; absent when the configuration is invalid. */
  queues?: { orders: string; broker: string; emission: string };
  timeoutMs: number;
}

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = temporal.api.enums.v1.TaskQueueType;

/** An empty poll lasts a minute; a worker that has not polled for this long is gone. */
const LONGEST_POLL_MS = 90_000;

const NOT_REACHED = notChecked('Temporal is not reachable');

export async function temporalResults(parts: TemporalParts): Promise<CheckResult[]> {
  const { client, address, timeoutMs } = parts;
  const within = <T>(call: () => Promise<T>): Promise<T> => withTemporalDeadline(client, timeoutMs, call);
  // Slightly longer than the calls' own limit, so that their errors are reported.
  const limitMs = timeoutMs + 500;
  const area = 'Temporal';

  const reached = await runCheck(
    {
      area,
      name: 'server',
      run: () => within(() => server(client, address)),
      remedy: 'Check TEMPORAL_ADDRESS, TEMPORAL_API_KEY and TEMPORAL_TLS_*, and that the server runs.',
    },
    limitMs,
  );
  const ifReached = (run: () => Promise<CheckOutcome>): (() => Promise<CheckOutcome>) =>
    reached.result === 'ok' ? () => within(run) : () => Promise.resolve(NOT_REACHED);
  const others = await Promise.all([
    runCheck(
      {
        area,
        name: 'namespace',
        run: ifReached(() => namespace(client)),
        remedy: 'Check TEMPORAL_NAMESPACE and the rights of this client.',
      },
      limitMs,
    ),
    runCheck(
      {
        area,
        name: 'workers',
        run: ifReached(() => workers(parts)),
        remedy: 'Check TEMPORAL_NAMESPACE and the rights of this client.',
      },
      limitMs,
    ),
  ]);
  return [reached, ...others];
}

async function server({ connection }: Client, address: string): Promise<CheckOutcome> {
  try {
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    return ok(`${address} answers, version ${serverVersion}`);
  } catch (error) {
    throw new Error(`${address}: ${grpcMessageOf(error)}`, { cause: error });
  }
}

async function namespace({ connection, options }: Client): Promise<CheckOutcome> {
  const remarks: string[] = [];
  const problems = await checkNamespace(connection, options.namespace, (line) => remarks.push(line));
  if (problems.length > 0)
    return failed(
      problems.join('\n'),
      'Run the commands above, or deploy/temporal-setup.sh for all of them.',
    );
  const fine = `"${options.namespace}" keeps closed workflows for ${MINIMUM_RETENTION_DAYS} days or more`;
  return ok(remarks.length > 0 ? `${fine}. ${remarks.join(' ')}` : `${fine}, and has our search attributes`);
}

async function workers({ client, queues }: TemporalParts): Promise<CheckOutcome> {
  if (queues === undefined) return notChecked('the task queues are not configured');
  const needed = [
    { name: queues.orders, type: TASK_QUEUE_TYPE_WORKFLOW, work: 'workflows' },
    { name: queues.orders, type: TASK_QUEUE_TYPE_ACTIVITY, work: 'activities' },
    { name: queues.broker, type: TASK_QUEUE_TYPE_ACTIVITY, work: 'calls to Upvest' },
    { name: queues.emission, type: TASK_QUEUE_TYPE_ACTIVITY, work: 'calls to ESW' },
  ];
  const counts = await Promise.all(
    needed.map(async (queue) => ({ ...queue, pollers: await pollersOf(client, queue.name, queue.type) })),
  );
  const idle = counts.filter(({ pollers }) => pollers === 0);
  if (idle.length > 0) {
    const detail = idle.map(({ name, work }) => `no worker polls ${name} for ${work}`).join('\n');
    return failed(
      detail,
      'Start a worker: node dist/src/worker.js, with the same task queues and namespace, and the roles in WORKER_ROLES.',
    );
  }
  return ok(counts.map(({ name, work, pollers }) => `${name} (${work}): ${pollers}`).join(', '));
}

/** Number of workers that polled recently. */
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
