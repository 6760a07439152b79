/** Starts the simulated partners, and waits for what they report. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { EngineOptions } from './options';
import type { Basket, Notice, PartnerAccess, Question, Reply } from './partners-messages';

export interface PartnersProcess {
  access: PartnerAccess;
  prepare(count: number): Promise<Basket[]>;
  /** Resolves once Upvest has answered the placement. */
  placed(basket: Basket): Promise<void>;
  /** Resolves once ESW has accepted this many events of the order. */
  accepted(basket: Basket, count: number): Promise<void>;
  /** Number of events of the order that ESW has accepted. */
  countOf(basket: Basket): number;
  /** @returns findings and rejections of ESW since the last time, as JSON; empty if all is well */
  forget(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startPartners(
  options: Pick<EngineOptions, 'children' | 'requests' | 'partnerLatency'>,
): Promise<PartnersProcess> {
  const child = spawn(process.execPath, [join(__dirname, 'partners.js')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const heard = new Heard();
  child.on('message', (message: Notice | Reply) => {
    if ('notice' in message) heard.add(message);
  });
  const { children, requests, partnerLatency: partnerLatencyMs } = options;
  const started = await ask(child, { ask: 'start', partnerLatencyMs, children, requests });
  if (started.reply !== 'started') throw new Error('The partners did not start.');
  return {
    access: started.access,
    async prepare(count) {
      const reply = await ask(child, { ask: 'prepare', count });
      return reply.reply === 'prepared' ? reply.baskets : [];
    },
    placed: ({ accountId }) => heard.until(accountId, 1),
    accepted: ({ reference }, count) => heard.until(reference, count),
    countOf: ({ reference }) => heard.count(reference),
    async forget() {
      heard.clear();
      const reply = await ask(child, { ask: 'forget' });
      return reply.reply === 'forgotten' ? [...reply.audit, ...reply.rejections] : [];
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** Counts notices by account or reference. */
class Heard {
  private readonly counts = new Map<string, number>();
  private readonly waiting = new Map<string, { count: number; done: () => void }>();

  add(notice: Notice): void {
    const key = notice.notice === 'placed' ? notice.accountId : notice.reference;
    const count = this.count(key) + 1;
    this.counts.set(key, count);
    const waiter = this.waiting.get(key);
    if (waiter !== undefined && count >= waiter.count) waiter.done();
  }

  count(key: string): number {
    return this.counts.get(key) ?? 0;
  }

  until(key: string, count: number): Promise<void> {
    if (this.count(key) >= count) return Promise.resolve();
    return new Promise((done) => this.waiting.set(key, { count, done }));
  }

  clear(): void {
    this.counts.clear();
    this.waiting.clear();
  }
}

function ask(child: ChildProcess, question: Question): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const failed = (code: number | null): void => {
      reject(new Error(`The partners ended with ${code ?? 'a signal'}.`));
    };
    const listen = (message: Notice | Reply): void => {
      if (!('reply' in message)) return;
      child.off('exit', failed).off('message', listen);
      resolve(message);
    };
    child.once('exit', failed).on('message', listen);
    child.send(question);
  });
}
