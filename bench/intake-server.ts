/** The HTTP server as a separate process. A counter replaces Temporal, so that everything before it is measured. */
import { pino } from 'pino';
import type { UpvestVerifyKey } from '../src/upvest/model/schemas';
import { startWebhookServer } from './webhook-server';

/** Messages of the parent process: first the signing key, then requests for a report. */
export type Question = { ask: 'start'; verifyKeys: UpvestVerifyKey[] } | { ask: 'report' };

export interface Report {
  events: number;
  parked: number;
  /** Processor time since the start, in seconds. */
  cpu: number;
  /** Bytes, after a forced garbage collection. */
  heap: number;
  rss: number;
}

export type Reply = { port: number } | Report;

let events = 0;
let parked = 0;
const noLookUp = (): never => {
  throw new Error('Every event of the load names its owner.');
};

async function start(verifyKeys: UpvestVerifyKey[]): Promise<Reply> {
  const { port } = await startWebhookServer({
    // As in production, except that nothing is written to disk.
    logger: pino({ level: 'info' }, pino.destination('/dev/null')),
    verifyKeys,
    upvest: { readOrder: noLookUp, readPortfolioOrder: noLookUp },
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
