import type { FastifyRequest } from 'fastify';
import { callOf } from './call-log';
import { seededRandom } from '../../seeded-random';

/** Random failures of API calls. Probabilities apply per matching call, from 0 to 1. */
export interface ApiDisturbance {
  /** The same seed makes the same decisions for the same sequence of calls to an endpoint. */
  seed: number;
  /** Probability of a failure without any effect. Default 0. */
  failBefore?: number;
  /** Probability, for calls that did not fail before, of a failure response after taking effect. Default 0. */
  failAfter?: number;
  /** Possible failures, equally likely. Default 500, 502, 503, 504 and `reset`. */
  outcomes?: (number | 'reset')[];
  /** HTTP methods. Default GET, POST and DELETE. */
  methods?: string[];
  /** Path prefixes. Default: all but `/auth/token`, whose failures would affect calls of all kinds. */
  paths?: string[];
}

/** How one call fails. */
export interface CallFailure {
  mode: 'before' | 'after';
  outcome: number | 'reset';
}

const defaultOutcomes: readonly (number | 'reset')[] = [500, 502, 503, 504, 'reset'];
const defaultMethods: readonly string[] = ['GET', 'POST', 'DELETE'];

/**
 * Decides which calls fail. Decisions depend on the seed, the endpoint (method and path template) and the number of
 * earlier calls to it, but not on ids or the order among endpoints, which differ from run to run.
 */
export class RandomApiFailures {
  private readonly counts = new Map<string, number>();

  constructor(private readonly disturbance: ApiDisturbance) {}

  /** Call it once per API call. */
  decide(request: FastifyRequest): CallFailure | undefined {
    const { seed, failBefore = 0, failAfter = 0, outcomes = defaultOutcomes } = this.disturbance;
    if (!this.matches(request)) return undefined;
    const { method, path } = callOf(request);
    const endpoint = `${method} ${path}`;
    const count = (this.counts.get(endpoint) ?? 0) + 1;
    this.counts.set(endpoint, count);
    const random = (purpose: string): number => seededRandom(seed, endpoint, count, purpose);
    const outcome = outcomes[Math.floor(random('outcome') * outcomes.length)];
    if (outcome === undefined) return undefined;
    if (random('before') < failBefore) return { mode: 'before', outcome };
    return random('after') < failAfter ? { mode: 'after', outcome } : undefined;
  }

  private matches({ method, url }: FastifyRequest): boolean {
    const { methods = defaultMethods, paths } = this.disturbance;
    if (!methods.some((one) => one.toUpperCase() === method)) return false;
    return paths ? paths.some((path) => url.startsWith(path)) : !url.startsWith('/auth/token');
  }
}
