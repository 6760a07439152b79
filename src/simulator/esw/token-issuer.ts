import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { SimulatorSettings } from './options';

/** Scopes of other ESW APIs (esw-order-event.md 3): granted, but of no use for order events. */
const otherScopes = [
  'logistics.package.api.all',
  'logistics.returns.api.all',
  'logistics.catalog.api.upload',
  'checkout.preorder.api.all',
  'pricing.advisor.api.all',
  'order.transaction.create.api.all',
  'order.transaction.cancel.api.all',
];

/** OAuth error codes of RFC 6749 section 5.2 that the token endpoint answers. */
export type TokenError = 'invalid_request' | 'unsupported_grant_type' | 'invalid_client' | 'invalid_scope';

/** Answer of the token endpoint to a granted request (RFC 6749 section 5.1). */
export interface TokenGrant {
  access_token: string;
  token_type: 'Bearer';
  /** Seconds. */
  expires_in: number;
  scope: string;
}

/** What a valid access token says about its bearer. */
export interface TokenClaims {
  tenant: string;
  scopes: readonly string[];
}

const payloadSchema = z.object({
  tenant: z.string(),
  scope: z.array(z.string()),
  exp: z.number(),
  serial: z.number(),
});

/**
 * Issues and checks tokens for the one client of this simulator, under a key made at start. ESW signs with RS256; here
 * nobody else checks a token, so HS256 spares each start the making of an RSA key (0.1 s and more).
 */
export class TokenIssuer {
  private readonly key = randomBytes(32);
  private issued = 0;
  private expiredThrough = 0;

  constructor(private readonly settings: SimulatorSettings) {}

  /** Decides a client-credentials request; what is wrong is looked for in the order of esw-order-event.md 7. */
  grant(
    form: URLSearchParams,
    lifetimeSeconds: number = this.settings.tokenLifetimeSeconds,
  ): TokenGrant | TokenError {
    const names = [...form.keys()];
    if (new Set(names).size !== names.length) return 'invalid_request';
    if (form.get('grant_type') !== 'client_credentials') return 'unsupported_grant_type';
    const known =
      sameText(form.get('client_id') ?? '', this.settings.clientId) &&
      sameText(form.get('client_secret') ?? '', this.settings.clientSecret);
    if (!known) return 'invalid_client';
    const scopes = (form.get('scope') ?? '').split(' ').filter((name) => name !== '');
    const grantable = [...this.settings.requiredScopes, ...otherScopes];
    if (scopes.length === 0 || scopes.some((name) => !grantable.includes(name))) return 'invalid_scope';
    return {
      access_token: this.sign(scopes, lifetimeSeconds),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      scope: scopes.join(' '),
    };
  }

  /** Claims of the token in an `Authorization` header, or undefined when it is missing, garbled or expired. */
  verify(authorization: string | undefined): TokenClaims | undefined {
    // ESW's own returns client sends `BEARER`, so the scheme is compared without case (esw-order-event.md 7).
    const [, head, payload, signature] =
      /^bearer +([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '') ?? [];
    if (head === undefined || payload === undefined || signature === undefined) return undefined;
    if (!sameText(signature, this.signatureOf(`${head}.${payload}`))) return undefined;
    const claims = payloadSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    if (claims.exp * 1000 <= this.settings.now() || claims.serial <= this.expiredThrough) return undefined;
    return { tenant: claims.tenant, scopes: claims.scope };
  }

  /** Makes every token issued so far count as expired. */
  expireAll(): void {
    this.expiredThrough = this.issued;
  }

  private sign(scopes: readonly string[], lifetimeSeconds: number): string {
    this.issued += 1;
    const issuedAt = this.settings.now() / 1000;
    const claims = {
      client_id: this.settings.clientId,
      tenant: this.settings.tenantCode,
      scope: scopes,
      iat: Math.floor(issuedAt),
      // With fractions, as RFC 7519 section 2 allows: a token of one second shall last that long.
      exp: issuedAt + lifetimeSeconds,
      serial: this.issued,
    };
    const signed = [{ alg: 'HS256', typ: 'at+jwt' }, claims].map(encode).join('.');
    return `${signed}.${this.signatureOf(signed)}`;
  }

  private signatureOf(signed: string): string {
    return createHmac('sha256', this.key).update(signed).digest('base64url');
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Compares in constant time; hashing first makes the lengths equal. */
function sameText(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
