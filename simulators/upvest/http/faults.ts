import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RandomApiFailures, type ApiDisturbance, type CallFailure } from './api-disturbance';
import { problem } from './problem';

/** API calls that fail on command. */
export interface FailCalls {
  /** HTTP method; default: all. */
  method?: string;
  /** Path prefix, such as `/portfolios/orders`; default: all paths. */
  path?: string;
  /** Number of calls. Default 1. */
  count?: number;
  /** Fail `before` or `after` the call takes effect. Default before. */
  mode?: 'before' | 'after';
  /** HTTP status of a problem response; `reset` resets the connection, `hang` never responds. */
  outcome: number | 'reset' | 'hang';
  /** Headers of the response, such as retry-after. */
  headers?: Record<string, string>;
  /** HTML of a gateway that answers with `outcome` in place of Upvest; default: Upvest's own problem. */
  page?: string;
}

/** API calls that take effect but whose response is delayed, until `clearFaults` at the latest. */
export interface DelayAnswers {
  method?: string;
  path?: string;
  count?: number;
  /** Real milliseconds. */
  ms: number;
}

interface CallMatch {
  method?: string;
  path?: string;
  count?: number;
}

/** Faults armed for matching calls; the oldest match is used first. */
export class Faults {
  outage = false;
  private failures: FailCalls[] = [];
  private delays: DelayAnswers[] = [];
  private random: RandomApiFailures | undefined;
  /** Random failures of calls in flight. */
  private readonly randomFailures = new WeakMap<FastifyRequest, CallFailure>();
  private readonly aborted = new WeakSet<FastifyRequest>();
  private readonly closed = new AbortController();
  private delayed = new AbortController();

  failCalls(failure: FailCalls): void {
    this.failures.push({ ...failure });
  }

  delayAnswers(delay: DelayAnswers): void {
    this.delays.push({ ...delay });
  }

  /** Restarts the sequence of random decisions; without an argument, ends them. */
  disturb(disturbance: ApiDisturbance | undefined): void {
    this.random = disturbance && new RandomApiFailures(disturbance);
  }

  clear(): void {
    this.failures = [];
    this.delays = [];
    this.outage = false;
    this.random = undefined;
    this.sendDelayed();
  }

  /** Whether this call's connection was aborted instead of a response. */
  wasAborted(request: FastifyRequest): boolean {
    return this.aborted.has(request);
  }

  /** For use as onRequest hook. */
  async beforeEffect(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.outage) throw problem(503, 'Outage set on the control plane');
    const armed = take(this.failures, request, ({ mode = 'before' }) => mode === 'before');
    const random = this.random?.decide(request);
    if (random && !armed) this.randomFailures.set(request, random);
    const failure = armed ?? (random?.mode === 'before' ? random : undefined);
    if (failure) await this.fail(failure, request, reply);
  }

  /** For use as onSend hook: returns the payload to send. */
  async afterEffect(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const delay = take(this.delays, request);
    if (delay) await sleep(delay.ms, undefined, { signal: this.delayed.signal }).catch(() => undefined);
    const random = this.randomFailures.get(request);
    const failure: FailCalls | undefined =
      take(this.failures, request, ({ mode }) => mode === 'after') ??
      (random?.mode === 'after' ? random : undefined);
    if (!failure) return payload;
    if (typeof failure.outcome !== 'number') {
      await this.abort(failure.outcome, request);
      return payload;
    }
    if (failure.page !== undefined) {
      reply.code(failure.outcome).headers({ ...failure.headers, 'content-type': 'text/html' });
      reply.removeHeader('content-length');
      reply.removeHeader('upvest-request-id');
      return failure.page;
    }
    const failed = problem(failure.outcome, 'Fault injected on the control plane');
    reply.code(failed.status).headers({ ...failure.headers, 'content-type': 'application/problem+json' });
    reply.removeHeader('content-length');
    return JSON.stringify(failed.body(request.id, request.url));
  }

  close(): void {
    this.closed.abort();
    this.sendDelayed();
  }

  private sendDelayed(): void {
    this.delayed.abort();
    this.delayed = new AbortController();
  }

  private async fail(failure: FailCalls, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (typeof failure.outcome === 'number' && failure.page !== undefined) {
      const { outcome, page } = failure;
      reply.hijack();
      reply.raw.writeHead(outcome, { 'content-type': 'text/html', ...failure.headers }).end(page);
      return;
    }
    if (typeof failure.outcome === 'number') {
      void reply.headers({ ...failure.headers });
      throw problem(failure.outcome, 'Fault injected on the control plane');
    }
    reply.hijack();
    await this.abort(failure.outcome, request);
  }

  /** Resets or hangs the connection; resolves when it is closed. */
  private async abort(outcome: 'reset' | 'hang', request: FastifyRequest): Promise<void> {
    const { socket } = request.raw;
    this.aborted.add(request);
    if (outcome === 'reset') {
      socket.resetAndDestroy();
      return;
    }
    await new Promise<void>((resolve) => {
      socket.once('close', resolve);
      this.closed.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    socket.destroy();
  }
}

function take<T extends CallMatch>(
  faults: T[],
  request: FastifyRequest,
  fits: (fault: T) => boolean = () => true,
): T | undefined {
  const path = request.url.split('?')[0] ?? '';
  const index = faults.findIndex(
    (fault) =>
      (fault.method === undefined || fault.method.toUpperCase() === request.method) &&
      path.startsWith(fault.path ?? '') &&
      fits(fault),
  );
  const fault = faults[index];
  if (!fault) return undefined;
  const left = (fault.count ?? 1) - 1;
  if (left > 0) fault.count = left;
  else faults.splice(index, 1);
  return fault;
}
