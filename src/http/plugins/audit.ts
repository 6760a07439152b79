/** Writes one audit line per write request: actor, operation, target, all that was decided, and outcome. */
import type { FastifyInstance } from 'fastify';
import type { Guard } from './auth';
import { problemCodeOf } from './problem';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Audited operation of a write route. */
    audited?: string;
  }
}

/** Characters; the longest valid reason. */
const MAX_TEXT = 1000;
/** The most that a valid decision names. */
const MAX_CODES = 100;

/** Audits all routes of `app` with `config.audited`. Requests without a valid token are not audited. */
export function auditWrites(app: FastifyInstance, guard: Guard): void {
  app.addHook('onResponse', (request, reply, done) => {
    const what = request.routeOptions.config.audited;
    const caller = guard.knownCallerOf(request);
    if (what !== undefined && caller !== undefined) {
      const { reference, reason, actor, codes, evidence, portfolioOrderId } = (request.body ?? {}) as Partial<
        Record<string, unknown>
      >;
      const { referenceOrId, id } = request.params as Partial<Record<string, string>>;
      const audit = {
        what,
        who: caller.name,
        role: caller.role,
        actor: textOf(actor),
        on: referenceOrId ?? id ?? textOf(reference),
        reason: textOf(reason),
        codes: Array.isArray(codes) ? codes.slice(0, MAX_CODES).map(textOf) : undefined,
        evidence: textOf(evidence),
        // `null` is an operator’s word that there is no order.
        portfolioOrderId: portfolioOrderId === null ? null : textOf(portfolioOrderId),
        status: reply.statusCode,
        outcome: problemCodeOf(request) ?? 'OK',
      };
      request.log.info({ audit }, 'audit');
    }
    done();
  });
}

/** Rejected bodies may hold anything. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : undefined;
}
