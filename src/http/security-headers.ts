/** What browsers are told about every answer: nothing of it may run, be framed, or be guessed to be something else. */
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

const CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Content security policies by what is answered. */
export const CSP = {
  /** JSON, and whatever else is no page. */
  api: CLOSED,
  /** A picture with a style sheet of its own, and without scripts. */
  picture: `${CLOSED}; style-src 'unsafe-inline'; sandbox`,
  /** The operators' page. */
  page: `${CLOSED}; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'`,
  /** The page of the API's document, which sets styles of its own. */
  docs: `${CLOSED}; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'`,
} as const;

/** For every answer, errors included. */
export async function protect(app: FastifyInstance): Promise<void> {
  await app.register(helmet, { contentSecurityPolicy: false, frameguard: { action: 'deny' } });
  withContentSecurity(app, CSP.api);
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header('cache-control', 'no-store');
    done();
  });
}

/** Of answers that are made before any hook runs, such as to a path that cannot be decoded. */
export const EARLY_HEADERS = {
  'content-security-policy': CSP.api,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
} as const;

/** For every answer of the routes of `app`. */
export function withContentSecurity(app: FastifyInstance, policy: string): void {
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header('content-security-policy', policy);
    done();
  });
}
