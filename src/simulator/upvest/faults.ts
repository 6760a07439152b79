import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DisturbedApi, type ApiDisturbance, type CallFailure } from './api-disturbance';
import { problem } from './problem';

/** API calls to spoil. */
export interface FailCalls {
  /** HTTP method; without it every method. */
  method?: string;
  /** Start of the path, such as `/portfolios/orders`; without it every path. */
  path?: string;
  /** How many calls. Default 1. */
  count?: number;
  /** `before` the call has an effect, or `after` it. Default before. */
  mode?: 'before' | 'after';
  /** An HTTP status to answer with a problem, `reset` destroys the connection, `hang` never answers. */
  outcome: number | 'reset' | 'hang';
  /** Headers of the answer, such as retry-after. */
  headers?: Record<string, string>;
}

/** API calls whose answer is held back although they took effect, until `clearFaults` at the latest. */
export interface DelayAnswers {
  method?: string;
  path?: string;
  count?: number;
  /** Real milliseconds. */
  ms: number;
}

interface Counted {
  method?: string;
  path?: string;
  count?: number;
}

/** Faults waiting for the calls that they fit; the first that fits is used up first. */
export class Faults {
  outage = false;
  private failures: FailCalls[] = [];
  private delays: DelayAnswers[] = [];
  private disturbed: DisturbedApi | undefined;
  /** What chance wants of calls that are under way. */
  private readonly byChance = new WeakMap<FastifyRequest, CallFailure>();
  private readonly cut = new WeakSet<FastifyRequest>();
  private readonly closed = new AbortController();
  private held = new AbortController();

  failCalls(failure: FailCalls): void {
    this.failures.push({ ...failure });
  }

  delayAnswers(delay: DelayAnswers): void {
    this.delays.push({ ...delay });
  }

  /** Begins to count anew; without an argument no call fails by chance any more. */
  disturb(disturbance: ApiDisturbance | undefined): void {
    this.disturbed = disturbance && new DisturbedApi(disturbance);
  }

  clear(): void {
    this.failures = [];
    this.delays = [];
    this.outage = false;
    this.disturbed = undefined;
    this.letGo();
  }

  /** Whether the connection of this call was cut instead of an answer. */
  wasCut(request: FastifyRequest): boolean {
    return this.cut.has(request);
  }

  /** As onRequest hook. */
  async beforeEffect(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.outage) throw problem(503, 'Outage, by order of the control plane');
    const asked = take(this.failures, request, ({ mode = 'before' }) => mode === 'before');
    const chance = this.disturbed?.decide(request);
    if (chance && !asked) this.byChance.set(request, chance);
    const failure = asked ?? (chance?.mode === 'before' ? chance : undefined);
    if (failure) await this.fail(failure, request, reply);
  }

  /** As onSend hook: the answer to send instead of `payload`. */
  async afterEffect(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const delay = take(this.delays, request);
    if (delay) await sleep(delay.ms, undefined, { signal: this.held.signal }).catch(() => undefined);
    const chance = this.byChance.get(request);
    const failure: FailCalls | undefined =
      take(this.failures, request, ({ mode }) => mode === 'after') ??
      (chance?.mode === 'after' ? chance : undefined);
    if (!failure) return payload;
    if (typeof failure.outcome !== 'number') {
      await this.silence(failure.outcome, request);
      return payload;
    }
    const spoilt = problem(failure.outcome, 'A fault, by order of the control plane');
    reply.code(spoilt.status).headers({ ...failure.headers, 'content-type': 'application/problem+json' });
    reply.removeHeader('content-length');
    return JSON.stringify(spoilt.body(request.id, request.url));
  }

  close(): void {
    this.closed.abort();
    this.letGo();
  }

  private letGo(): void {
    this.held.abort();
    this.held = new AbortController();
  }

  private async fail(failure: FailCalls, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (typeof failure.outcome === 'number') {
      void reply.headers({ ...failure.headers });
      throw problem(failure.outcome, 'A fault, by order of the control plane');
    }
    reply.hijack();
    await this.silence(failure.outcome, request);
  }

  /** Resolves when the connection is gone. */
  private async silence(outcome: 'reset' | 'hang', request: FastifyRequest): Promise<void> {
    const { socket } = request.raw;
    this.cut.add(request);
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

function take<T extends Counted>(
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
