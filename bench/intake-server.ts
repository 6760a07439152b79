/** The web tier as a process of its own. Temporal is a counter: what is measured is everything before it. */
import { pino } from 'pino';
import type { UpvestVerifyKey } from '../src/upvest/schemas';
import { startWebhookServer } from './webhook-server';

/** Asked by the parent process: the key that signs first, then reports. */
export type Question = { ask: 'start'; verifyKeys: UpvestVerifyKey[] } | { ask: 'report' };

export interface Report {
  events: number;
  parked: number;
  /** Seconds of processor time since the start. */
  cpu: number;
  /** Bytes, after a forced garbage collection. */
  heap: number;
  rss: number;
}

export type Reply = { port: number } | Report;

let events = 0;
let parked = 0;
const nobody = (): never => {
  throw new Error('Every event of the load says whose it is.');
};

async function start(verifyKeys: UpvestVerifyKey[]): Promise<Reply> {
  const { port } = await startWebhookServer({
    // As in production, but for the disk.
    logger: pino({ level: 'info' }, pino.destination('/dev/null')),
    verifyKeys,
    upvest: { readOrder: nobody, readPortfolioOrder: nobody },
    deliver: (_portfolioOrderId, observations) => {
      events += observations.length;
      return Promise.resolve({ kind: 'delivered' });
    },
    park: () => {
      parked += 1;
      return Promise.resolve();
    },
  });
  return { port };
}

function report(): Reply {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { heapUsed, rss } = process.memoryUsage();
  return { events, parked, cpu: (user + system) / 1e6, heap: heapUsed, rss };
}

process.on('message', (question: Question) => {
  void Promise.resolve(question.ask === 'start' ? start(question.verifyKeys) : report()).then((reply) =>
    process.send?.(reply),
  );
});
process.on('disconnect', () => process.exit());
