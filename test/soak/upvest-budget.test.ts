/** Worker and server processes share Upvest's requests per second, over real HTTP, while one of them is killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startUpvestSimulator, type UpvestSimulator } from '../../simulators/upvest';
import { UNLEASED_PER_SECOND } from '../../src/upvest/client/leased-rate';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal, testTarget } from '../support/temporal';

/** Small, so that signatures do not keep a small machine busy. */
const BUDGET = 60;
const KINDS = ['worker', 'worker', 'worker', 'worker', 'server', 'server', 'server', 'server'] as const;
/** As far from the budget as Upvest's 300 are from 250, and what needs no lease. */
const LIMIT = BUDGET * 1.2 + UNLEASED_PER_SECOND * KINDS.length;
/** Leases that were granted when fewer processes ran are over, and renewed. */
const FAIR_AFTER_MS = 25_000;
/** The share of a killed process is in use again. */
const BACK_AFTER_MS = 38_000;
const MEASURED_MS = 10_000;

let worker: StubWorker;
let upvest: UpvestSimulator;
const keys = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
const access = { clientId: randomUUID(), clientSecret: randomUUID() };
const keyId = randomUUID();

beforeAll(async () => {
  worker = await startStubWorker();
  const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  upvest = await startUpvestSimulator({
    ...access,
    clientKeys: [{ keyId, publicKey }],
    requestsPerSecond: LIMIT,
  });
});
const children: ChildProcess[] = [];
afterAll(async () => {
  await Promise.all(children.map(killed));
  await upvest.close();
  await worker.stop();
  await closeTemporal();
});

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function startProcess(kind: 'worker' | 'server'): { id: string; child: ChildProcess } {
  const id = randomUUID();
  const privateKey = createPrivateKey(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const configuration = {
    kind,
    id,
    temporal: { address: testTarget().address, namespace: testTarget().namespace },
    orderTaskQueue: worker.taskQueue,
    requestsPerSecond: BUDGET,
    upvest: {
      ...access,
      keyId,
      baseUrl: upvest.url,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    },
  };
  const program = resolve(__dirname, '../support/upvest-caller.cjs');
  const child = spawn(process.execPath, [program, JSON.stringify(configuration)], { stdio: 'inherit' });
  children.push(child);
  return { id, child };
}

/** The most requests within any second. */
function heaviestSecond(times: number[]): number {
  let from = 0;
  let most = 0;
  for (const [index, at] of times.entries()) {
    while (at - (times[from] ?? at) >= 1_000) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}

it('is never exceeded, and a killed process gives its share back within 40 seconds', async () => {
  const processes = KINDS.map(startProcess);
  const [victim, ...others] = processes;
  if (victim === undefined) throw new Error('No process was started');
  await sleep(FAIR_AFTER_MS + MEASURED_MS);
  const killedAt = Date.now();
  await killed(victim.child);
  await sleep(BACK_AFTER_MS + MEASURED_MS);

  const requests = upvest.control.requests();
  expect(requests.filter(({ status }) => status === 429)).toEqual([]);
  const times = requests.map(({ at }) => Date.parse(at));
  const most = heaviestSecond(times);
  expect(most).toBeLessThanOrEqual(LIMIT);

  const made = (ids: string[], from: number): number =>
    requests.filter(({ at, url }) => {
      const time = Date.parse(at);
      return time >= from && time < from + MEASURED_MS && ids.some((id) => url.includes(id));
    }).length;
  const rest = others.map(({ id }) => id);
  const before = made([victim.id, ...rest], killedAt - MEASURED_MS);
  const restBefore = made(rest, killedAt - MEASURED_MS);
  const restAfter = made(rest, killedAt + BACK_AFTER_MS);
  process.stderr.write(
    `Upvest got at most ${most} requests in a second; in 10 s ${before}, of which ${restBefore} of the others, and ${restAfter} of them later\n`,
  );
  // The process had an eighth; whole requests per second are granted.
  expect(before - restBefore).toBeGreaterThan(0.09 * before);
  expect(restAfter).toBeGreaterThan(1.07 * restBefore);
});
