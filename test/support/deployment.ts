/**
 * The product as it is deployed, for tests that kill its parts: worker and server as processes, a real PostgreSQL, a Temporal
 * server with a file; the simulators of both partners live on in the test's process.
 */
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { startEswSimulator, type EswSimulator } from '../../simulators/esw';
import {
  startUpvestSimulator,
  type UpvestSimulator,
  type UpvestSimulatorOptions,
} from '../../simulators/upvest';
import { connectRecords, type RecordsDatabase } from '../../src/records/connect';
import { migrate } from '../../src/records/migrate';
import { connectClient } from '../../src/temporal/client';
import { prepareNamespace } from '../../src/temporal/namespace';
import { findPostgres, startPostgres } from '../../tools/postgresql/postgresql';
import { startDevServer, type DevServer } from '../../tools/temporal-server/dev-server';
import { findTemporalCli } from '../../tools/temporal-server/temporal-cli';
import { freePort } from '../../src/lib/free-port';
import { call } from './api-calls';
import { until } from './until';

export type Part = 'worker' | 'server' | 'database' | 'temporal';

export interface Deployment {
  /** Base URL of the HTTP server. */
  url: string;
  /** URL of its admin address. */
  admin: string;
  tokens: { read: string; submit: string; operate: string };
  upvest: UpvestSimulator;
  esw: EswSimulator;
  client: Client;
  records: RecordsDatabase;
  databaseUrl: string;
  /** SQLite file of the Temporal server. */
  temporalFile: string;
  /** Environment of worker, server and command line. */
  environment: Readonly<Record<string, string>>;
  /** Kills a part: SIGKILL, or an immediate stop of PostgreSQL. */
  kill(part: Part): Promise<void>;
  /** Process id. */
  pidOf(part: 'worker' | 'server'): number;
  /** Asks a process to end, by SIGTERM, and waits until it is gone. */
  end(part: 'worker' | 'server'): Promise<Ending>;
  /** Stops Temporal's process where it is: it answers nothing, and its connections stay. @returns what lets it go on */
  freezeTemporal(): () => void;
  /** Starts a part that has ended. */
  start(part: Part): Promise<void>;
  stop(): Promise<void>;
}

/** How a process ended after SIGTERM. */
export interface Ending {
  /** Exit code; undefined if a signal ended it. */
  code: number | undefined;
  tookMs: number;
  /** Its last log lines. */
  log: string;
}

export interface DeploymentOptions {
  upvest?: Partial<UpvestSimulatorOptions>;
  /** Of worker and server, such as policies. */
  variables?: Readonly<Record<string, string>>;
  /** False for a test that starts workers itself. */
  hasWorker?: boolean;
  /** Servers that are there, which cannot be killed then. Default: a PostgreSQL and a Temporal server of its own. */
  servers?: { temporalAddress: string; databaseUrl: string };
}

const quiet = (): void => undefined;

export async function startDeployment({
  upvest: behaviour,
  variables = {},
  hasWorker = true,
  servers,
}: DeploymentOptions = {}): Promise<Deployment> {
  // Run in reverse order, also if the start fails.
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'portfolio-order-coordinator-deployment-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const keys = generateKeyPairSync('ec', {
      namedCurve: 'secp521r1',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const [keyId, clientId, secret] = [randomUUID(), randomUUID(), randomUUID()];
    const clientKeys = [{ keyId, publicKey: keys.publicKey }];
    const upvest = await startUpvestSimulator({ ...behaviour, clientId, clientSecret: secret, clientKeys });
    undo.push(() => upvest.close());
    const eswClientId = 'PFOLIO.coordinator';
    const esw = await startEswSimulator({ clientId: eswClientId, clientSecret: secret });
    undo.push(() => esw.close());

    const password = randomUUID();
    const postgres = servers ? undefined : await startPostgres(findPostgres(), { user: 'test', password });
    undo.push(async () => postgres?.stop());
    const databaseUrl =
      servers?.databaseUrl ?? `postgresql://test:${password}@127.0.0.1:${String(postgres?.port)}/postgres`;
    const records = connectRecords(databaseUrl);
    undo.push(() => records.destroy());
    await migrate(records);

    const temporalFile = join(folder, 'temporal.sqlite');
    const cli = await findTemporalCli({ log: quiet });
    const port = await freePort();
    const launchTemporal = (): Promise<DevServer> =>
      startDevServer({
        ...{ log: quiet, port, dbFilename: temporalFile, findCli: () => Promise.resolve(cli) },
        ...(servers && { given: { address: servers.temporalAddress, namespace: 'default' } }),
      });
    let temporal = await launchTemporal();
    undo.push(() => temporal.stop());
    const client = connectClient(temporal);
    undo.push(() => client.connection.close());
    await prepareNamespace(client.connection, temporal.namespace, quiet);

    const httpPort = await freePort();
    const adminPort = await freePort();
    const url = `http://127.0.0.1:${httpPort}`;
    const tokens = { read: newToken(), submit: newToken(), operate: newToken() };
    const keyFile = join(folder, 'upvest.key');
    await writeFile(keyFile, keys.privateKey);
    const tokensFile = join(folder, 'tokens.json');
    await writeFile(
      tokensFile,
      JSON.stringify(
        (['read', 'submit', 'operate'] as const).map((role) => ({
          name: `test-${role}`,
          role,
          sha256: createHash('sha256').update(tokens[role]).digest('hex'),
        })),
      ),
    );
    const environment = {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      DATABASE_URL: databaseUrl,
      UPVEST_BASE_URL: upvest.url,
      UPVEST_CLIENT_ID: clientId,
      UPVEST_CLIENT_SECRET: secret,
      UPVEST_KEY_ID: keyId,
      UPVEST_PRIVATE_KEY_FILE: keyFile,
      ESW_BASE_URL: esw.url,
      ESW_TOKEN_URL: `${esw.url}/connect/token`,
      ESW_CLIENT_ID: eswClientId,
      ESW_CLIENT_SECRET: secret,
      ESW_SCOPE: 'logistics.fulfillment.api.all',
      ESW_TENANT_CODE: 'PFOLIO',
      HTTP_PORT: String(httpPort),
      ADMIN_PORT: '0',
      API_TOKENS_FILE: tokensFile,
      ...variables,
    };

    const processes: Partial<Record<'worker' | 'server', Launched>> = {};
    const launch = async (name: 'worker' | 'server', ready: string): Promise<void> => {
      const ownPort = name === 'server' ? { ADMIN_PORT: String(adminPort) } : {};
      processes[name] = await launchProcess(name, ready, { ...environment, ...ownPort }, folder);
    };
    const killProcess = async (name: 'worker' | 'server'): Promise<void> => {
      const child = processes[name]?.child;
      if (child?.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    };
    undo.push(() => Promise.all([killProcess('worker'), killProcess('server')]));

    const deployment: Deployment = {
      ...{
        url,
        admin: `http://127.0.0.1:${adminPort}`,
        tokens,
        upvest,
        esw,
        client,
        records,
        databaseUrl,
        temporalFile,
        environment,
        stop,
      },
      async kill(part) {
        if (part === 'database') await postgres?.crash();
        else if (part === 'temporal') await temporal.kill();
        else await killProcess(part);
      },
      pidOf(part) {
        const pid = processes[part]?.child.pid;
        if (pid === undefined) throw new Error(`There is no ${part}`);
        return pid;
      },
      async end(part) {
        const running = processes[part];
        if (running === undefined) throw new Error(`There is no ${part}`);
        const startedAt = Date.now();
        const gone = once(running.child, 'close') as Promise<[number | null]>;
        running.child.kill('SIGTERM');
        const [code] = await gone;
        return { code: code ?? undefined, tookMs: Date.now() - startedAt, log: running.log() };
      },
      freezeTemporal() {
        const { pid } = temporal;
        if (pid === undefined) throw new Error('The Temporal server is not ours');
        process.kill(pid, 'SIGSTOP');
        return () => process.kill(pid, 'SIGCONT');
      },
      async start(part) {
        if (part === 'database') await postgres?.restart();
        else if (part === 'temporal') temporal = await launchTemporal();
        else await launch(part, part === 'worker' ? 'worker is running' : 'server is listening');
      },
    };
    await Promise.all([hasWorker && deployment.start('worker'), deployment.start('server')]);
    await subscribed(deployment);
    return deployment;
  } catch (error) {
    await stop();
    throw error;
  }
}

export interface Launched {
  child: ChildProcess;
  /** Its last log lines. */
  log(): string;
}

/** Resolves once the process has logged that it is ready. @param cwd a folder without `.env` */
export async function launchProcess(
  name: 'worker' | 'server',
  ready: string,
  env: Readonly<Record<string, string>>,
  cwd = tmpdir(),
): Promise<Launched> {
  const program = resolve(__dirname, `../../dist/src/${name}.js`);
  if (!existsSync(program)) throw new Error(`${program} is missing. Run "npm run build" first.`);
  const child = spawn(process.execPath, [program], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((started, failed) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-8_000);
      if (said.includes(ready)) started();
    });
    child.once('exit', () => {
      failed(new Error(`The ${name} ended:\n${said}`));
    });
  });
  return { child, log: () => said };
}

/** Registers the webhook, as an operator does once. */
async function subscribed({ environment, url }: Deployment): Promise<void> {
  const program = resolve(__dirname, '../../dist/src/cli/main.js');
  const child = spawn(process.execPath, [program, 'webhook', 'register', `${url}/webhooks/upvest`], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The webhook is not registered: ${said}`);
}

function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Submits a request until the server takes it, as a client does whose server is away now and then. */
export async function submitUntilTaken(
  deployment: Deployment,
  order: Record<string, unknown>,
): Promise<void> {
  const { url, tokens } = deployment;
  await until('the submit to be taken', async () => {
    try {
      const { status } = await call({ url }, 'POST', '/portfolio-orders', {
        token: tokens.submit,
        json: order,
      });
      if (status === 200 || status === 202) return true;
      if (status >= 500 || status === 429) return false;
      throw new Refused(status);
    } catch (error) {
      if (error instanceof Refused) throw error;
      return false;
    }
  });
}

class Refused extends Error {
  constructor(status: number) {
    super(`The submit was answered with ${status}`);
  }
}
