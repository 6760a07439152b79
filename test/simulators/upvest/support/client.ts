import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { Agent, request } from 'undici';

/**
 * A small client for tests of the Upvest simulator. Its signing is written from references/upvest.md#request-signature
 * and #signed-request-example, independent of the product's client and of the simulator's verification.
 */

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });

/** Identity of the signing client. */
export interface ClientIdentity {
  clientId: string;
  clientSecret: string;
  keyId: string;
  privateKey: KeyObject;
}

export const testClient = {
  privateKey,
  clientId: '2f1c0a94-6b7e-4e0d-8f51-3c9d2b7a6e10',
  clientSecret: 'a secret & more',
  keyId: '11111111-2222-4333-8444-555555555555',
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The body as JSON, or undefined without one. */
  json: unknown;
}

/** Changes to an otherwise valid request. */
export interface RequestChange {
  headers?: Record<string, string | undefined>;
  /** Replaces the covered components. */
  components?: string[];
  /** Replaces signature parameters (`keyid;created;expires;nonce`). */
  params?: Partial<{ keyid: string; created: number; expires: number; nonce: string }>;
  /** Replaces the signed body. */
  sentBody?: string;
  dsaEncoding?: 'der' | 'ieee-p1363';
  /** Corrupts the bytes of the signature. */
  corrupt?: (signature: Buffer) => Buffer;
}

/** The base of draft v15: `"name": value` lines, the parameters last, no trailing newline. */
export function baseOf(
  method: string,
  target: string,
  headers: Record<string, string>,
  list: string[],
  params: string,
): string {
  const [path, search] = target.split('?');
  const special: Record<string, string | undefined> = {
    '@method': method,
    '@path': path,
    '@query': search === undefined ? undefined : `?${search}`,
  };
  const lines = list.map((name) => `"${name}": ${special[name] ?? headers[name] ?? ''}`);
  return [...lines, `"@signature-params": ${params}`].join('\n');
}

export class UpvestTestClient {
  private readonly agent = new Agent();
  private tokens = new Map<string, string>();

  constructor(
    private readonly baseUrl: string,
    private readonly identity: ClientIdentity = testClient,
  ) {}

  async token(scope: string, change?: RequestChange): Promise<HttpResponse> {
    const form = new URLSearchParams({
      client_id: this.identity.clientId,
      client_secret: this.identity.clientSecret,
      grant_type: 'client_credentials',
      scope,
    });
    return this.signed('POST', '/auth/token', form.toString(), {
      ...change,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...change?.headers },
    });
  }

  /** A signed call with a token of the given scope. */
  async call(
    method: string,
    target: string,
    { scope, body, ...change }: RequestChange & { scope?: string; body?: unknown } = {},
  ): Promise<HttpResponse> {
    const token = await this.tokenFor(scope ?? 'portfolios:admin orders:admin webhooks:admin');
    const text = body === undefined ? undefined : JSON.stringify(body);
    return this.signed(method, target, text, {
      ...change,
      headers: { authorization: `Bearer ${token}`, ...change.headers },
    });
  }

  async placeOrder(body: unknown, idempotencyKey: string = randomUUID()): Promise<HttpResponse> {
    return this.call('POST', '/orders', { body, headers: { 'idempotency-key': idempotencyKey } });
  }

  async rebalance(body: unknown, idempotencyKey: string = randomUUID()): Promise<HttpResponse> {
    return this.call('POST', '/portfolios/rebalancings/executions', {
      body,
      headers: { 'idempotency-key': idempotencyKey },
    });
  }

  async place(
    body: unknown,
    idempotencyKey: string = randomUUID(),
    change: RequestChange = {},
  ): Promise<HttpResponse> {
    return this.call('POST', '/portfolios/orders', {
      ...change,
      body,
      headers: { 'idempotency-key': idempotencyKey, ...change.headers },
    });
  }

  /** Creates and enables a webhook, as Upvest's proxy does; returns its id. */
  async subscribe(url: string, config: object = { delay: '1s' }, more: object = {}): Promise<string> {
    const created = await this.call('POST', '/webhooks', { body: { title: 'test', url, config, ...more } });
    const { id } = created.json as { id: string };
    await this.call('PATCH', `/webhooks/${id}`, { body: { enabled: true } });
    return id;
  }

  /** Calls the control plane, unsigned. */
  async control(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<HttpResponse> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    return this.send(method, `/__sim${path}`, headers, body === undefined ? undefined : JSON.stringify(body));
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  forgetTokens(): void {
    this.tokens = new Map();
  }

  private async tokenFor(scope: string): Promise<string> {
    const known = this.tokens.get(scope);
    if (known !== undefined) return known;
    const { access_token: token } = (await this.token(scope)).json as { access_token: string };
    this.tokens.set(scope, token);
    return token;
  }

  private async signed(
    method: string,
    target: string,
    body: string | undefined,
    change: RequestChange,
  ): Promise<HttpResponse> {
    const wanted: Record<string, string | undefined> = {
      accept: 'application/json',
      'upvest-client-id': this.identity.clientId,
      'upvest-api-version': '1',
      'upvest-signature-version': '15',
      ...(body === undefined
        ? {}
        : {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(body)),
            'content-digest': `sha-512=:${createHash('sha512').update(body).digest('base64')}:`,
          }),
      ...change.headers,
    };
    const headers = Object.fromEntries(
      Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const now = Math.floor(Date.now() / 1000);
    const { keyid, created, expires, nonce } = {
      keyid: this.identity.keyId,
      created: now,
      expires: now + 10,
      nonce: randomUUID(),
      ...change.params,
    };
    const list = change.components ?? [
      '@method',
      '@path',
      ...(target.includes('?') ? ['@query'] : []),
      ...Object.keys(headers).filter((name) => name !== 'upvest-signature-version'),
    ];
    const quoted = list.map((name) => `"${name}"`).join(' ');
    const params = `(${quoted});keyid="${keyid}";created=${created};expires=${expires};nonce="${nonce}"`;
    const signature = sign('sha512', Buffer.from(baseOf(method, target, headers, list, params)), {
      key: this.identity.privateKey,
      dsaEncoding: change.dsaEncoding ?? 'der',
    });
    const sent = change.corrupt ? change.corrupt(signature) : signature;
    return this.send(
      method,
      target,
      { ...headers, 'signature-input': `sig1=${params}`, signature: `sig1=:${sent.toString('base64')}:` },
      change.sentBody ?? body,
    );
  }

  private async send(
    method: string,
    target: string,
    headers: Record<string, string>,
    body: string | undefined,
  ): Promise<HttpResponse> {
    const answer = await request(this.baseUrl + target, {
      method: method as 'GET',
      headers,
      body: body ?? null,
      dispatcher: this.agent,
    });
    const text = await answer.body.text();
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: answer.statusCode, headers: answer.headers, text, json };
  }
}

/** A valid placement; each call uses a new account. */
export function placement(change: object = {}): Record<string, unknown> {
  return {
    user_id: randomUUID(),
    account_id: randomUUID(),
    cash_amount: '250.00',
    currency: 'EUR',
    side: 'BUY',
    ...change,
  };
}

/** A valid placement of an individual order; each call uses a new account. */
export function orderPlacement(change: object = {}): Record<string, unknown> {
  return {
    user_id: randomUUID(),
    account_id: randomUUID(),
    side: 'BUY',
    instrument_id: 'IE00B3XXRP09',
    instrument_id_type: 'ISIN',
    cash_amount: '250.00',
    ...change,
  };
}
