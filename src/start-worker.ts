/** Composes the worker process: one Worker for each of its roles. */
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { Runtime, Worker } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import { createActivities } from '../activities';
import type { WorkerConfig } from './config/config';
import { WORKER_ROLES, type WorkerRole } from './config/worker-roles';
import { createEswClient } from './esw/client';
import { createOrderSignals } from './app/orders/deliver';
import { createSharedRate } from './app/upvest-rate';
import { createSkewWarning, type OnClockSkew } from './partners/clock-skew';
import { openRecords } from './records/open';
import { workerDataConverter } from './temporal/payload-codec';
import { ensureSweepSchedule } from './temporal/sweep-schedule';
import { createMetrics, type Metrics } from './telemetry/metrics';
import { createUpvestClient } from './upvest/client/client';
import { createEventRouter } from './upvest/webhooks/event-router';
import { availableMemory, cachedWithin, limitThreadHeaps } from './worker-memory';
import { brokerWorkerSizes, emissionWorkerSizes, orderWorkerSizes } from './worker-options';
import { createWorkflowWorker, type RoleWorker } from './workflow-worker';

export interface WorkerParts {
  client: Client;
  connection: NativeConnection;
  namespace: string;
  /** Path of the bundled workflows. */
  bundlePath: string;
  /** What the process measures. Default: metrics that nothing reads. */
  metrics?: Metrics;
}

export interface RunningWorker {
  /** Resolves after {@link stop}; rejects when the worker fails, which is fatal for the process. */
  finished: Promise<void>;
  /** Resolves when all Workers of the process poll; rejects with the reason otherwise. */
  ready(): Promise<void>;
  /** Waits for running activities and closes the clients. */
  stop(): Promise<void>;
}

/** Time for running activities after a stop. */
const SHUTDOWN_GRACE = '10s';
/** Time limit of a parked event's lookup at Upvest; no caller waits for it. */
const LOOKUP_TIME_LIMIT_MS = 10_000;

export async function startWorker(config: WorkerConfig, parts: WorkerParts): Promise<RunningWorker> {
  const {
    client,
    connection,
    namespace,
    bundlePath,
    metrics = createMetrics({ processName: 'worker' }),
  } = parts;
  const measures = { upvest: metrics.partner('upvest'), esw: metrics.partner('esw') };
  const warn = (fields: object, message: string): void => {
    Runtime.instance().logger.warn(message, { ...fields });
  };
  const upvest = createUpvestClient({
    ...config.upvest,
    ...measures.upvest,
    requestsPerSecond: createSharedRate(client, { ...config, ...config.upvest, warn }),
    onClockSkew: both(measures.upvest.onClockSkew, createSkewWarning('Upvest', warn)),
  });
  const esw = createEswClient({
    ...config.esw,
    ...measures.esw,
    onUndocumentedSuccess: (status) => {
      warn({ status }, 'ESW accepted an OrderEvent with an undocumented 2xx status; it counts as accepted');
    },
    onClockSkew: both(measures.esw.onClockSkew, createSkewWarning('ESW', warn)),
    onCircuitChange: ({ state, ...details }) => {
      measures.esw.onSending(state !== 'open');
      const message =
        state === 'open' ? 'ESW takes no events; one at a time probes' : 'ESW takes events again';
      warn(details, message);
    },
  });
  const records = openRecords(config.databaseUrl, { name: 'portfolio-orders worker', warn });
  const inbox = createOrderSignals(client, config.orderTaskQueue, config.order);
  const router = createEventRouter({
    upvest,
    lookupTimeLimitMs: LOOKUP_TIME_LIMIT_MS,
    looksUpRebalancings: true,
    now: Date.now,
    learnt: records.children,
  });
  const activities = createActivities({
    temporal: client,
    orderTaskQueue: config.orderTaskQueue,
    inbox,
    upvest,
    router,
    sink: esw,
    store: records.orders,
    registry: records.registry,
    parkedDecisions: records.parkedDecisions,
    sweeps: records.sweeps,
    settings: config.order,
    isRecovering: () => records.recovery.isUnderWay(),
  });

  // Before the first activity: a worker that starts after a loss must know.
  await records.recovery.look();
  const common = {
    connection,
    namespace,
    dataConverter: workerDataConverter,
    shutdownGraceTime: SHUTDOWN_GRACE,
  };
  const { orderTaskQueue, order, roles = WORKER_ROLES, memory = availableMemory() } = config;
  const heapLimit = limitThreadHeaps(memory);
  const cachedWorkflows = config.cachedWorkflows ?? cachedWithin(memory, heapLimit);
  const { brokerTaskQueue, emissionTaskQueue = orderTaskQueue } = order;
  const create: Record<WorkerRole, () => Promise<RoleWorker>> = {
    workflows: () =>
      createWorkflowWorker({
        create: (cached) =>
          Worker.create({
            ...common,
            ...orderWorkerSizes(cached),
            taskQueue: orderTaskQueue,
            workflowBundle: { codePath: bundlePath },
            activities: activities.orders,
          }),
        ...{ cachedWorkflows, memory, warn },
      }),
    upvest: () =>
      activityWorker({
        ...common,
        ...brokerWorkerSizes(),
        taskQueue: brokerTaskQueue,
        activities: activities.broker,
      }),
    esw: () =>
      activityWorker({
        ...common,
        ...emissionWorkerSizes(config.esw.maxInFlight),
        taskQueue: emissionTaskQueue,
        activities: activities.sink,
      }),
  };
  const workers: RoleWorker[] = [];
  for (const role of roles) workers.push(await create[role]());
  if (roles.includes('workflows')) await scheduleSweeps(config, client, warn);
  const finished = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);

  return {
    finished,
    ready() {
      const idle = roles.filter((_, index) => workers[index]?.isRunning() !== true);
      if (idle.length === 0) return Promise.resolve();
      return Promise.reject(new Error(`Not running: ${idle.join(', ')}`));
    },
    async stop() {
      for (const worker of workers) worker.shutdown();
      await finished;
      await Promise.all([upvest.close(), esw.close(), records.close()]);
    },
  };
}

async function activityWorker(options: WorkerOptions): Promise<RoleWorker> {
  const worker = await Worker.create(options);
  return {
    run: () => worker.run(),
    shutdown() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    },
    isRunning: () => worker.getState() === 'RUNNING',
  };
}

function both(one: OnClockSkew, other: OnClockSkew): OnClockSkew {
  return (skewMs) => {
    one(skewMs);
    other(skewMs);
  };
}

/** Without the schedule orders go on: a worker that may not change it starts all the same. */
async function scheduleSweeps(
  { sweep, orderTaskQueue, order }: WorkerConfig,
  client: Client,
  warn: (fields: object, message: string) => void,
): Promise<void> {
  if (sweep === undefined) return;
  const input = { brokerTaskQueue: order.brokerTaskQueue, graceMs: sweep.graceMs };
  const everyMs = sweep.everyMs;
  try {
    await ensureSweepSchedule(client, { orderTaskQueue, everyMs, input });
  } catch (error) {
    warn(
      { error: String(error) },
      'The schedule of the sweep is not set up; orders are not compared with Upvest',
    );
  }
}
