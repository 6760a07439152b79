/** The worker of this project: workflows, and the activities of both task queues. */
import type { NativeConnection } from '@temporalio/worker';
import { Runtime, Worker } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import { createActivities } from '../activities';
import type { WorkerConfig } from './config';
import { createEswClient } from './esw/client';
import { createOrderInbox } from './temporal/order-inbox';
import { createUpvestClient } from './upvest/client';
import { createEventRouter } from './upvest/event-router';

export interface WorkerParts {
  client: Client;
  connection: NativeConnection;
  namespace: string;
  /** Path of the bundled workflows. */
  bundlePath: string;
}

export interface RunningWorker {
  /** Resolves after {@link stop}; rejects when the worker failed, which is fatal for the process. */
  finished: Promise<void>;
  /** Lets running activities end and closes the clients. */
  stop(): Promise<void>;
}

/** How long running activities may go on after a stop was asked for. */
const SHUTDOWN_GRACE = '10s';
/** How long a parked event's question to Upvest may take: nobody waits for it. */
const QUESTION_BUDGET_MS = 10_000;

export async function startWorker(config: WorkerConfig, parts: WorkerParts): Promise<RunningWorker> {
  const { client, connection, namespace, bundlePath } = parts;
  const upvest = createUpvestClient(config.upvest);
  const esw = createEswClient({
    ...config.esw,
    onOddSuccess: (status) => {
      const message = 'ESW accepts OrderEvents with a status that it does not document; it counts as success';
      Runtime.instance().logger.warn(message, { status });
    },
  });
  const inbox = createOrderInbox(client, config.orderTaskQueue, config.order);
  const router = createEventRouter({
    upvest,
    questionBudgetMs: QUESTION_BUDGET_MS,
    asksForRebalancings: true,
    now: Date.now,
  });
  const activities = createActivities({
    temporal: client,
    orderTaskQueue: config.orderTaskQueue,
    inbox,
    upvest,
    router,
    sink: esw,
  });

  const common = { connection, namespace, shutdownGraceTime: SHUTDOWN_GRACE };
  const orders = await Worker.create({
    ...common,
    taskQueue: config.orderTaskQueue,
    workflowBundle: { codePath: bundlePath },
    activities: activities.orders,
  });
  const broker = await Worker.create({
    ...common,
    taskQueue: config.order.brokerTaskQueue,
    activities: activities.broker,
  });
  const finished = Promise.all([orders.run(), broker.run()]).then(() => undefined);

  return {
    finished,
    async stop() {
      for (const worker of [orders, broker]) if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished;
      await Promise.all([upvest.close(), esw.close()]);
    },
  };
}
