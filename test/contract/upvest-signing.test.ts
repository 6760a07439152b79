import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { loadPrivateKey } from '../../src/upvest/client/private-key';
import type { Arrived } from '../upvest/client/http-stub';
import { json } from '../upvest/client/http-stub';
import { fieldOf, signatureBaseOf, verifyRequest } from '../upvest/client/independent-verifier';
import type { UpvestStub } from '../upvest/client/upvest-stub';
import { keyId, placedOrder, placeRequest, publicKey, startUpvest } from '../upvest/client/upvest-stub';
import { idempotencyKey, recordEveryCall, startAnswering, wireOf, type Recorded } from './upvest-calls';

let stub: UpvestStub;
let recorded: Recorded;
let all: Arrived[];
beforeAll(async () => {
  stub = await startAnswering();
  recorded = await recordEveryCall(stub);
  all = [...recorded.tokens, ...recorded.calls];
});
afterAll(() => stub.close());

const pemOf = (key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }) =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();
const inputOf = (request: Arrived) => fieldOf(request, 'signature-input') ?? '';
const derOf = (request: Arrived) =>
  Buffer.from((fieldOf(request, 'signature') ?? '').slice('sig1=:'.length, -1), 'base64');

describe('references/upvest.md#request-signature', () => {
  it('`Key`: EC P-521, named by its key id', () => {
    expect(publicKey.asymmetricKeyDetails?.namedCurve).toBe('secp521r1');
    expect(all.map((request) => verifyRequest(request, publicKey).keyId)).toEqual(all.map(() => keyId));
  });

  it('`Curve conflict`: P-256 and P-384 are rejected at the start, with the command that creates a P-521 key', () => {
    for (const namedCurve of ['prime256v1', 'secp384r1']) {
      const pem = pemOf(generateKeyPairSync('ec', { namedCurve }).privateKey);
      expect(() => loadPrivateKey(pem)).toThrow(/openssl genpkey .*P-521/);
    }
  });

  it('`Ed25519 caveat`: is rejected at the start, too', () => {
    expect(() => loadPrivateKey(pemOf(generateKeyPairSync('ed25519').privateKey))).toThrow(/ed25519.*P-521/);
  });

  it('`Hash and signature`: ECDSA with SHA-512 over the UTF-8 base, with no other hash', () => {
    for (const request of all) {
      const base = Buffer.from(signatureBaseOf(request), 'utf8');
      expect(verify('sha512', base, publicKey, derOf(request))).toBe(true);
      expect(verify('sha256', base, publicKey, derOf(request))).toBe(false);
    }
  });

  it('`Signature encoding`: ASN.1 DER in standard base64, not IEEE P1363', () => {
    for (const request of all) {
      const der = derOf(request);
      expect(der.toString('base64')).toBe(fieldOf(request, 'signature')?.slice('sig1=:'.length, -1));
      // A DER sequence with a length of two bytes, as needed beyond 127 bytes; P1363 would be 132 bytes of r and s.
      expect([...der.subarray(0, 3)]).toEqual([0x30, 0x81, der.length - 3]);
    }
  });

  it('`Label`: sig1, in both headers', () => {
    for (const request of all)
      for (const name of ['signature', 'signature-input'])
        expect(fieldOf(request, name)?.startsWith('sig1=')).toBe(true);
  });

  it('`signature` header: sig1=:<base64>:', () => {
    for (const request of all) expect(fieldOf(request, 'signature')).toMatch(/^sig1=:[A-Za-z0-9+/]+={0,2}:$/);
  });

  it('`signature-input` header: sig1=(<quoted, space separated names>);<params>', () => {
    for (const request of all) expect(inputOf(request)).toMatch(/^sig1=\("@?[a-z-]+"( "@?[a-z-]+")*\);[a-z]/);
  });

  it('`Params`: keyid, created, expires and nonce; strings quoted, integers not; no alg', () => {
    for (const request of all) {
      expect(verifyRequest(request, publicKey).parameters.sort()).toEqual([
        ...['created', 'expires', 'keyid', 'nonce'],
      ]);
      expect(inputOf(request)).toMatch(/;keyid="[^"]+";created=\d{10};expires=\d{10};nonce="[^"]+"$/);
    }
  });

  it('`Validity used by official code`: from now, 5 to 60 s', () => {
    for (const request of all) {
      const { created, expires } = verifyRequest(request, publicKey);
      expect(Math.abs(Date.now() / 1000 - created)).toBeLessThan(60);
      expect(expires - created).toBeGreaterThanOrEqual(5);
      expect(expires - created).toBeLessThanOrEqual(60);
    }
  });

  it('`Nonce`: unique per request', () => {
    expect(new Set(all.map((request) => verifyRequest(request, publicKey).nonce)).size).toBe(all.length);
  });

  it('`Body digest`: sha-512=:<base64(SHA-512(body bytes))>:', () => {
    for (const request of all.filter(({ body }) => body.length > 0)) {
      const digest = createHash('sha512').update(request.body).digest('base64');
      expect(fieldOf(request, 'content-digest')).toBe(`sha-512=:${digest}:`);
    }
  });

  it('`Base line format`: a signature over names without double quotes (v6) does not match', () => {
    for (const request of all) {
      const v6 = signatureBaseOf(request).replace(/^"([^"]+)": /gm, '$1: ');
      expect(verify('sha512', Buffer.from(v6), publicKey, derOf(request))).toBe(false);
    }
  });

  it('`Last line`: the parameters exactly as in the header, without a trailing newline', () => {
    for (const request of all) {
      const base = signatureBaseOf(request);
      expect(base.endsWith(`\n"@signature-params": ${inputOf(request).slice('sig1='.length)}`)).toBe(true);
      expect(verify('sha512', Buffer.from(`${base}\n`), publicKey, derOf(request))).toBe(false);
    }
  });

  it('`Version header`: sent but not covered', () => {
    for (const request of all) {
      expect(fieldOf(request, 'upvest-signature-version')).toBe('15');
      expect(inputOf(request)).not.toContain('upvest-signature-version');
    }
  });
});

describe('references/upvest.md#covered-components', () => {
  const COLUMNS = ['GET', 'DELETE', 'with body', 'without body', 'token'] as const;
  type Column = (typeof COLUMNS)[number];

  function columnOf({ method, url, body }: Arrived): Column {
    if (url === '/auth/token') return 'token';
    if (method === 'GET' || method === 'DELETE') return method;
    return body.length > 0 ? 'with body' : 'without body';
  }

  const [everywhere, bodies]: [Column[], Column[]] = [[...COLUMNS], ['with body', 'token']];
  const sends = (name: string) => (request: Arrived) => fieldOf(request, name) !== undefined;
  const rows: [component: string, columns: Column[], when?: (request: Arrived) => boolean][] = [
    ['@method', everywhere],
    ['@path', everywhere],
    ['@query', ['GET', 'DELETE', 'with body', 'without body'], ({ url }) => url.includes('?')],
    ['accept', everywhere],
    ['authorization', ['GET', 'DELETE', 'with body', 'without body']],
    ['upvest-client-id', everywhere],
    ['upvest-api-version', everywhere, sends('upvest-api-version')],
    ['content-type', bodies],
    ['content-length', bodies],
    ['content-digest', bodies],
    ['idempotency-key', ['with body'], sends('idempotency-key')],
    ['date', everywhere, sends('date')],
  ];

  it('(there is a request of every column, with and without a query, with and without a key)', () => {
    expect(new Set(all.map(columnOf))).toEqual(new Set(COLUMNS));
    for (const condition of [sends('idempotency-key'), ({ url }: Arrived) => url.includes('?')])
      expect(new Set(all.map(condition)).size).toBe(2);
  });

  it.each(rows)('`%s`: covered by %j', (component, columns, when = () => true) => {
    const covered = (request: Arrived) => verifyRequest(request, publicKey).components.includes(component);
    for (const request of all)
      expect([wireOf(request), covered(request)]).toEqual([
        wireOf(request),
        columns.includes(columnOf(request)) && when(request),
      ]);
  });

  it('and nothing else is covered, so that headers added by a proxy or the client library cannot break it', () => {
    const covered = new Set(all.flatMap((request) => verifyRequest(request, publicKey).components));
    expect(rows.map(([component]) => component)).toEqual(expect.arrayContaining([...covered]));
  });
});

test('references/upvest.md#signed-request-example: the request on the wire has the given signature base', async () => {
  const vector = await startUpvest(
    json(200, placedOrder),
    {
      clientId: '2f1c0a94-6b7e-4e0d-8f51-3c9d2b7a6e10',
      clock: { now: () => 1767225600_000 },
      nonce: () => '9f0c7a54-3d2e-4b1a-8c6f-7e5d4c3b2a19',
    },
    json(200, { access_token: 'EXAMPLE.TOKEN', expires_in: 1799 }),
  );
  await vector.client.createPortfolioOrder(placeRequest, idempotencyKey);
  await vector.close();
  const [request] = vector.on('/portfolios/orders');
  if (request === undefined) throw new Error('nothing arrived');
  expect(() => verifyRequest(request, publicKey)).not.toThrow();
  expect(request.body).toHaveLength(155);
  expect(fieldOf(request, 'content-digest')).toBe(
    'sha-512=:UkHtbBCYCeqPw9VntSSOKAZqUatFkcVQUAPyakItFrjLmxcuQYCfY0QDmIy38J8oja+ADn5YOFbTex85cvq1IQ==:',
  );
  // The example is valid for 10 s, our signatures for 30.
  const base = signatureBaseOf(request).replace(';expires=1767225630;', ';expires=1767225610;');
  expect(Buffer.byteLength(base)).toBe(718);
  expect(createHash('sha512').update(base).digest('hex')).toBe(
    'c95f61d4bce0c0e2e3df5f26077345390933c86c32197d83bac7a09beb1919771d44e9c8dce69cc3d6301061685a83a06ffa20a27402405935d44bc9034756e7',
  );
});
