/** The two sides of the comparison, each with a worker and a server process. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placementWorkflowId } from '../../contracts/placement';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';
import { startNode, type NodeProcess, type NodeProcessOptions } from './node-process';
import type { Stream } from './options';
import type { Basket, PartnerAccess } from './partners-messages';
import { twinWorkflowId, type TwinOrder } from './twin/contract';
import { SETTINGS_VARIABLE, type TwinSettings } from './twin/settings';

export interface Side {
  name: 'twin' | 'product';
  stream: Stream;
  /** Of its server. */
  url: string;
  roots: Record<'worker' | 'server', number>;
  /** The last lines of their logs. */
  lastWords(): string;
  /** The request that starts an order. */
  order(basket: Basket): { path: string; headers: Record<string, string>; body: object };
  /** Heap in use in the worker after a collection, bytes. */
  workerHeap(): Promise<number>;
  /** Of one order. */
  workflowIds(basket: Basket): string[];
  /** Ends the worker, and starts it with other further variables. The twin's cannot. */
  restartWorker?(environment: Record<string, string>): Promise<void>;
}

export interface RunningSides {
  /** One for each stream. */
  sides: Side[];
  stop(): Promise<void>;
}

export interface SideOptions {
  temporalAddress: string;
  databaseUrl: string;
  access: PartnerAccess;
  streams: readonly Stream[];
  cpuProf?: string | undefined;
  /** Further variables of the product's worker. */
  workerEnvironment?: Record<string, string>;
}

const LISTENING = /http:\/\/127\.0\.0\.1:\d+/;

type Start = (options: Omit<NodeProcessOptions, 'cwd'>) => Promise<NodeProcess>;

/** Starts processes in a folder of their own; `stop` ends all that were started. */
async function together(start: (startOne: Start, folder: string) => Promise<Side[]>): Promise<RunningSides> {
  const cwd = mkdtempSync(join(tmpdir(), 'bench-engine-'));
  const running: NodeProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((one) => one.stop()));
    rmSync(cwd, { recursive: true });
  };
  const startOne: Start = async (options) => {
    const started = await startNode({ ...options, cwd });
    running.push(started);
    return started;
  };
  try {
    return { sides: await start(startOne, cwd), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One pair of processes for all streams: what to send is part of each order. */
export function startTwin({ temporalAddress, access, streams }: SideOptions): Promise<RunningSides> {
  return together(async (start) => {
    const settings: TwinSettings = { temporalAddress, access, taskQueue: 'twin' };
    const env = { [SETTINGS_VARIABLE]: JSON.stringify(settings) };
    const worker = await start({
      script: 'bench/engine/twin/worker.js',
      env,
      readyWhen: /worker is running/,
    });
    const server = await start({ script: 'bench/engine/twin/server.js', env, readyWhen: LISTENING });
    return streams.map((stream) => ({
      name: 'twin' as const,
      stream,
      url: server.ready,
      roots: { worker: worker.pid, server: server.pid },
      lastWords: () => lastWords(worker, server),
      workerHeap: () => worker.usedHeap(),
      order({ reference, userId, accountId, cashAmount, portfolioOrderId }) {
        const body: TwinOrder = { reference, userId, accountId, cashAmount, stream };
        return { path: `/orders/${portfolioOrderId}`, headers: {}, body };
      },
      workflowIds: ({ portfolioOrderId }) => [twinWorkflowId(portfolioOrderId)],
    }));
  });
}

/** The processes of production, one pair for each stream: what to send is a setting of both. */
export function startProduct(options: SideOptions): Promise<RunningSides> {
  return together(async (start, folder) => {
    const token = randomBytes(24).toString('base64url');
    const sha256 = createHash('sha256').update(token).digest('hex');
    const tokens = join(folder, 'tokens.json');
    writeFileSync(tokens, JSON.stringify([{ name: 'bench', role: 'submit', sha256 }]));
    const keyFile = join(folder, 'upvest.key');
    writeFileSync(keyFile, options.access.upvest.privateKey, { mode: 0o600 });
    const sides: Side[] = [];
    for (const stream of options.streams) {
      const env = {
        ...productEnvironment(options, stream),
        UPVEST_PRIVATE_KEY_FILE: keyFile,
        API_TOKENS_FILE: tokens,
      };
      const profiles = (name: string) =>
        options.cpuProf === undefined ? undefined : join(options.cpuProf, `${stream}-${name}`);
      const startWorker = (further: Record<string, string> = {}): Promise<NodeProcess> =>
        start({
          script: 'src/worker.js',
          env: { ...env, ...further },
          readyWhen: /worker is running/,
          cpuProf: profiles('worker'),
        });
      let worker = await startWorker(options.workerEnvironment);
      const server = await start({
        script: 'src/server.js',
        env,
        readyWhen: LISTENING,
        cpuProf: profiles('server'),
      });
      const roots = { worker: worker.pid, server: server.pid };
      sides.push({
        name: 'product',
        stream,
        url: server.ready,
        roots,
        async restartWorker(environment) {
          await worker.stop();
          worker = await startWorker(environment);
          roots.worker = worker.pid;
        },
        lastWords: () => lastWords(worker, server),
        workerHeap: () => worker.usedHeap(),
        order({ reference, userId, accountId, cashAmount }) {
          const body = { reference, userId, accountId, cashAmount, currency: 'EUR', side: 'BUY' };
          return { path: '/portfolio-orders', headers: { authorization: `Bearer ${token}` }, body };
        },
        workflowIds: ({ reference, portfolioOrderId }) => [
          placementWorkflowId(reference),
          portfolioOrderWorkflowId(portfolioOrderId),
        ],
      });
    }
    return sides;
  });
}

function productEnvironment(
  { temporalAddress, databaseUrl, access: { upvest, esw } }: SideOptions,
  stream: Stream,
): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: temporalAddress,
    DATABASE_URL: databaseUrl,
    UPVEST_BASE_URL: upvest.url,
    UPVEST_CLIENT_ID: upvest.clientId,
    UPVEST_CLIENT_SECRET: upvest.clientSecret,
    UPVEST_KEY_ID: upvest.keyId,
    ESW_BASE_URL: esw.url,
    ESW_TOKEN_URL: `${esw.url}/connect/token`,
    ESW_CLIENT_ID: esw.clientId,
    ESW_CLIENT_SECRET: esw.clientSecret,
    ESW_SCOPE: esw.scope,
    ESW_TENANT_CODE: esw.tenantCode,
    ESW_EVENT_DETAIL: stream,
    HTTP_PORT: '0',
    ADMIN_PORT: '0',
    HTTP_REQUESTS_PER_MINUTE: '1000000',
    ORDER_TASK_QUEUE: `portfolio-orders-${stream}`,
    UPVEST_TASK_QUEUE: `upvest-${stream}`,
    // A comparison with Upvest would call it for the prepared orders, too.
    SWEEP_INTERVAL: 'off',
    // As in our image.
    MALLOC_ARENA_MAX: '2',
  };
}

function lastWords(worker: NodeProcess, server: NodeProcess): string {
  return `worker: ${worker.lastWords()}\nserver: ${server.lastWords()}`;
}
