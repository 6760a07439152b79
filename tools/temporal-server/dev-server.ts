import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { connectClient, withTemporalDeadline } from '../../src/temporal/client';
import { freePort } from '../../src/lib/free-port';
import { grpcMessageOf } from '../../src/temporal/grpc';
import { startSupervised } from './supervised-process';
import type { SupervisedProcess } from './supervised-process';
import { findTemporalCli } from './temporal-cli';

/** A Temporal server for development and tests. */
export interface DevServer {
  /** `host:port` of the gRPC frontend. */
  readonly address: string;
  readonly namespace: string;
  /** Address of the Web UI, when it was asked for and the server is ours. */
  readonly uiUrl?: string;
  /** Of the server, when it is ours. */
  readonly pid?: number;
  /** Ends the server and waits until it is gone; a server that was given stays. May be called twice. */
  readonly stop: () => Promise<void>;
  /** Kills the server with SIGKILL; a server that was given stays. */
  readonly kill: () => Promise<void>;
}

/** How {@link startDevServer} gets its server. */
export interface DevServerOptions {
  /** Takes one line for each step. */
  readonly log: (line: string) => void;
  /** A running server, which is then used as it is. */
  readonly given?: { readonly address: string; readonly namespace: string };
  /** Created at launch when it is not there; `default` if left out. */
  readonly namespace?: string;
  /** Port of the gRPC frontend; a free one if left out. */
  readonly port?: number;
  /** Serves the Web UI, on the port given here or on a free one; off if left out. */
  readonly ui?: boolean | number;
  /** Signals that a run of a workflow takes before the server refuses further ones; Temporal's 10,000 if left out. */
  readonly signalsPerRun?: number;
  /** Calls of the index that the server takes in a second. */
  readonly visibilityPerSecond?: number;
  /** Serves the server's own metrics at `/metrics` on this port; off if left out. */
  readonly metricsPort?: number;
  /** SQLite file that outlives the server; in memory if left out. */
  readonly dbFilename?: string;
  /** How to find the CLI; by {@link findTemporalCli} if left out. */
  readonly findCli?: () => Promise<string>;
}

const START_LIMIT_MS = 30_000;
/** The Web UI would tell its maker about each installation, and show news. CLIs before 1.8 lack both feed and flag. */
const NO_NEWS = '--ui-disable-news-fetch';

/**
 * Uses the server that is given, or starts one of our own on 127.0.0.1 and waits until it answers. The server ends with
 * this process at the latest, however that ends.
 *
 * @throws Error when the given server does not answer, no Temporal CLI can be had (it says what to install), or the
 * server does not start (with its last words).
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { log, given, findCli = () => findTemporalCli({ log }) } = options;
  if (given !== undefined) {
    await assertAnswering(given);
    log(`Temporal: using the server at ${given.address}, namespace "${given.namespace}"`);
    return { ...given, stop: () => Promise.resolve(), kill: () => Promise.resolve() };
  }
  const cli = await findCli();
  let uiFlags = [NO_NEWS];
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(cli, options, uiFlags);
    } catch (error) {
      if (error instanceof Error && error.message.includes(`unknown flag: ${NO_NEWS}`)) {
        uiFlags = [];
        continue;
      }
      // The server also picks some ports itself, and another process may have been quicker.
      const unlucky = error instanceof Error && error.message.includes('address already in use');
      if (!unlucky || options.port !== undefined || attempt === 3) throw error;
      log('Temporal: a port was taken meanwhile, trying again with another one');
    }
  }
}

async function assertAnswering(given: {
  readonly address: string;
  readonly namespace: string;
}): Promise<void> {
  const client = connectClient(given);
  try {
    await withTemporalDeadline(client, 10_000, () => client.workflowService.getSystemInfo({}));
  } catch (error) {
    throw new Error(`No Temporal server answers at ${given.address}: ${grpcMessageOf(error)}`, {
      cause: error,
    });
  } finally {
    await client.connection.close();
  }
}

async function launch(
  cli: string,
  options: DevServerOptions,
  uiFlags: readonly string[],
): Promise<DevServer> {
  const { log, namespace = 'default', ui = false } = options;
  const port = options.port ?? (await freePort());
  const uiPort = ui === true ? await freePort() : ui;
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', namespace];
  args.push(...(uiPort === false ? ['--headless'] : ['--ui-port', String(uiPort), ...uiFlags]));
  args.push('--log-level', 'error');
  // A server for tests has no business asking the internet for newer versions of itself.
  args.push('--dynamic-config-value', 'frontend.enableServerVersionCheck=false');
  if (options.signalsPerRun !== undefined)
    args.push('--dynamic-config-value', `history.maximumSignalsPerExecution=${options.signalsPerRun}`);
  if (options.visibilityPerSecond !== undefined)
    args.push('--dynamic-config-value', `frontend.namespaceRPS.visibility=${options.visibilityPerSecond}`);
  if (options.metricsPort !== undefined) args.push('--metrics-port', String(options.metricsPort));
  if (options.dbFilename !== undefined) args.push('--db-filename', options.dbFilename);

  const startedAt = Date.now();
  const server = startSupervised(cli, args);
  const address = `127.0.0.1:${port}`;
  try {
    await untilAnswering(server, address, namespace);
  } catch (error) {
    await server.stop();
    const message = `The Temporal server did not start: ${grpcMessageOf(error)}\n${server.lastWords()}`;
    throw new Error(message.trim(), { cause: error });
  }
  const uiUrl = uiPort === false ? undefined : `http://127.0.0.1:${uiPort}`;
  const webUi = uiUrl === undefined ? '' : `, Web UI at ${uiUrl}`;
  log(`Temporal: server at ${address}${webUi} (started in ${Date.now() - startedAt} ms)`);
  const kill = (): Promise<void> => server.end('SIGKILL');
  const { pid, stop } = server;
  return {
    address,
    namespace,
    ...(uiUrl !== undefined && { uiUrl }),
    ...(pid !== undefined && { pid }),
    stop,
    kill,
  };
}

async function untilAnswering(server: SupervisedProcess, address: string, namespace: string): Promise<void> {
  const connection = Connection.lazy({
    address,
    interceptors: [],
    // gRPC's own pause after a refused connection is a second, longer than the server takes to start.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 100 },
  });
  const deadline = Date.now() + START_LIMIT_MS;
  const describe = (): Promise<unknown> => connection.workflowService.describeNamespace({ namespace });
  try {
    for (;;) {
      const answered = await connection.withDeadline(Date.now() + 2_000, describe).then(
        () => true,
        (error: unknown) => {
          if (Date.now() < deadline) return false;
          throw error;
        },
      );
      // Asked after the answer too: another server on this port may have given it while ours could not start.
      const ending = server.endedWith();
      if (ending !== undefined) throw new Error(`it ended with ${ending}`);
      if (answered) return;
      await sleep(50);
    }
  } finally {
    await connection.close();
  }
}
