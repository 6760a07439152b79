/** One log line for each attempt to change something: who, what, on what, why, and what came of it. */
import type { FastifyInstance } from 'fastify';
import type { Guard } from './auth';
import { problemCodeOf } from './problem';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route changes: it is audited. */
    audited?: string;
  }
}

/** Longer than any reason that is let in. */
const MAX_TEXT = 1000;

/** For all routes of `app` that say what they change. Without a token that is known there is nobody to name. */
export function auditWrites(app: FastifyInstance, guard: Guard): void {
  app.addHook('onResponse', (request, reply, done) => {
    const what = request.routeOptions.config.audited;
    const caller = guard.knownCallerOf(request);
    if (what !== undefined && caller !== undefined) {
      const { reference, reason, actor } = (request.body ?? {}) as Partial<Record<string, unknown>>;
      const { referenceOrId, id } = request.params as Partial<Record<string, string>>;
      const audit = {
        what,
        who: caller.name,
        role: caller.role,
        actor: textOf(actor),
        on: referenceOrId ?? id ?? textOf(reference),
        reason: textOf(reason),
        status: reply.statusCode,
        outcome: problemCodeOf(request) ?? 'OK',
      };
      request.log.info({ audit }, 'audit');
    }
    done();
  });
}

/** Bodies that were refused may hold anything. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : undefined;
}
