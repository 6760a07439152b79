import type { FastifyRequest } from 'fastify';
import { callOf } from './call-log';
import { chanceOf } from './chance';

/** API calls that fail by chance. Shares are of the calls that fit, from 0 to 1. */
export interface ApiDisturbance {
  /** The same seed and the same number of calls to an endpoint make the same decisions for it. */
  seed: number;
  /** Share that fails without any effect. Default 0. */
  failBefore?: number;
  /** Share, of those that did not fail before, that takes effect and fails nevertheless. Default 0. */
  failAfter?: number;
  /** What may come instead of the answer, each as likely as the others. Default 500, 502, 503, 504 and `reset`. */
  outcomes?: (number | 'reset')[];
  /** HTTP methods. Default GET, POST and DELETE. */
  methods?: string[];
  /** Starts of paths. Default every path but `/auth/token`, whose failures would spoil calls of all kinds. */
  paths?: string[];
}

/** How one call is going to fail. */
export interface CallFailure {
  mode: 'before' | 'after';
  outcome: number | 'reset';
}

const defaultOutcomes: readonly (number | 'reset')[] = [500, 502, 503, 504, 'reset'];
const defaultMethods: readonly string[] = ['GET', 'POST', 'DELETE'];

/**
 * Decides which calls fail. Decisions hang on the seed, the endpoint (method and path without its ids) and how many
 * calls of that endpoint were decided before: ids and the order among endpoints differ from run to run.
 */
export class DisturbedApi {
  private readonly counts = new Map<string, number>();

  constructor(private readonly disturbance: ApiDisturbance) {}

  /** To be asked once for each call. */
  decide(request: FastifyRequest): CallFailure | undefined {
    const { seed, failBefore = 0, failAfter = 0, outcomes = defaultOutcomes } = this.disturbance;
    if (!this.fits(request)) return undefined;
    const { method, path } = callOf(request);
    const endpoint = `${method} ${path}`;
    const count = (this.counts.get(endpoint) ?? 0) + 1;
    this.counts.set(endpoint, count);
    const chance = (what: string): number => chanceOf(seed, endpoint, count, what);
    const outcome = outcomes[Math.floor(chance('outcome') * outcomes.length)];
    if (outcome === undefined) return undefined;
    if (chance('before') < failBefore) return { mode: 'before', outcome };
    return chance('after') < failAfter ? { mode: 'after', outcome } : undefined;
  }

  private fits({ method, url }: FastifyRequest): boolean {
    const { methods = defaultMethods, paths } = this.disturbance;
    if (!methods.some((one) => one.toUpperCase() === method)) return false;
    return paths ? paths.some((path) => url.startsWith(path)) : !url.startsWith('/auth/token');
  }
}
