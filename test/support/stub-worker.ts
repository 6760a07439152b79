/** The real workflows on a real Temporal server, with stub activities: one worker and one task queue per test file. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { workerDataConverter } from '../../src/temporal/payload-codec';
import { createStubActivities, type StubActivities } from './stub-activities';
import { testBundle, testClient, testConnection, testTarget } from './temporal';

/** Temporal server for the workflows: the shared server of the test run, or a time-skipping one. */
export interface StubTarget {
  client: Client;
  connection: NativeConnection;
  namespace: string;
}

export interface StubWorker extends StubActivities {
  client: Client;
  /** For workflows, and for the activities of both of the product's task queues. */
  taskQueue: string;
  /** As if no worker ran: incoming tasks wait for `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export async function startStubWorker(target?: StubTarget): Promise<StubWorker> {
  const { client, connection, namespace } = target ?? {
    client: testClient(),
    connection: await testConnection(),
    namespace: testTarget().namespace,
  };
  const taskQueue = `stub-${randomUUID()}`;
  const stubs = createStubActivities();
  const start = async (): Promise<() => Promise<void>> => {
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle: testBundle(),
      dataConverter: workerDataConverter,
      activities: stubs.activities,
    });
    const finished = worker.run();
    return () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      return finished;
    };
  };
  let end: (() => Promise<void>) | undefined = await start();
  const stop = async (): Promise<void> => {
    await end?.();
    end = undefined;
  };
  return {
    ...stubs,
    client,
    taskQueue,
    pause: stop,
    async resume() {
      end ??= await start();
    },
    stop,
  };
}
