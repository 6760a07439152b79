/** The requests of the fuzzing: what is sent, and what must become of it. */
import { brokenBody, deepBody, goodBody, largeBody, rubbishBody } from './events';
import type { FuzzBody, KnownOrders } from './events';
import { pickMutation } from './mutations';
import type { End } from './client';
import { Random } from './random';
import { bytesOf, COVERED, paramsOf, seal } from './wire';
import type { Recipe, SigningKey, WireRequest } from './wire';

export interface FuzzCase {
  what: string;
  request: WireRequest;
  bytes: Buffer;
  /** `verified`: signed, but oddly; the server may refuse it, and the independent verifier says whether it may take it. */
  expected: 'taken' | 'refused' | 'verified';
  /** What must be found, once for each time it was taken. */
  body: FuzzBody;
  /** Sent that often. */
  times: number;
  end: End;
}

export interface FuzzWorld {
  seed: number;
  keys: SigningKey[];
  known: KnownOrders;
  /** Signed requests that are never sent as they are. */
  decoys: WireRequest[];
}

/** As the HTTP edge has it. */
const BODY_LIMIT = 1400 * 1024;
const DECOYS = 60;
const NOTHING: FuzzBody = { what: 'nothing', bytes: Buffer.alloc(0), good: [], kept: [] };

export async function newWorld(seed: number, keys: SigningKey[]): Promise<FuzzWorld> {
  const known: KnownOrders = new Map();
  const decoys = await Promise.all(
    Array.from({ length: DECOYS }, (_, index) => {
      const random = Random.of(seed, -index - 2);
      return seal(plain(random, `9${index}`, keys, goodBody(random, known).bytes));
    }),
  );
  return { seed, keys, known, decoys };
}

function plain(random: Random, serial: string, keys: SigningKey[], body: Buffer): Recipe {
  const key = random.pick(keys);
  return {
    key,
    body,
    form: 'v6',
    label: 'sig1',
    covered: COVERED,
    params: paramsOf(random, key.keyId, serial),
    encoding: 'der',
    headers: [],
  };
}

/** The case of this number: the same for the same seed, but for keys, times and signatures. */
export async function caseOf(world: FuzzWorld, index: number): Promise<FuzzCase> {
  const random = Random.of(world.seed, index);
  if (index % 20 === 0) return signed(world, random, index, goodBody(random, world.known));
  const kind = random.next();
  if (kind < 0.012) return signed(world, random, index, rubbishBody(random, world.known));
  if (kind < 0.02) return signed(world, random, index, brokenBody(random, world.known));
  if (kind < 0.03) return oddlySigned(world, random, index);
  if (kind < 0.0303) return signed(world, random, index, deepBody(random, world.known));
  if (kind < 0.0306)
    return signed(world, random, index, largeBody(random, world.known, BODY_LIMIT - random.below(9)));
  if (kind < 0.0309) return tooLarge(world, random);
  return mutated(world, random);
}

async function signed(world: FuzzWorld, random: Random, index: number, body: FuzzBody): Promise<FuzzCase> {
  const recipe = plain(random, String(index), world.keys, body.bytes);
  if (random.chance(0.2)) recipe.encoding = 'ieee-p1363';
  if (random.chance(0.2)) recipe.label = random.pick(['sig', 'a', '*x', 'upvest-1', 'k.2_b']);
  if (random.chance(0.2))
    recipe.params += random.pick([';alg="ecdsa"', ';tag="a\\"b"', ';x', ';y=?0', ';z=:AA==:']);
  if (random.chance(0.1)) recipe.form = 'v15';
  const digest = recipe.form === 'v6' ? 'digest' : 'content-digest';
  recipe.covered = COVERED.with(-1, digest);
  if (random.chance(0.2)) {
    recipe.covered = random.shuffled([...recipe.covered, '@authority', '@scheme', '@query', '@target-uri']);
  }
  const chunked = random.chance(0.1);
  // A proxy that sends a body in chunks drops the length, which Upvest may have signed.
  if (chunked && random.chance(0.5))
    recipe.covered = recipe.covered.filter((name) => name !== 'content-length');
  if (random.chance(0.2)) recipe.headers.push(['X-Other', 'ä'.repeat(random.between(1, 3_000))]);
  const sealed = await seal(recipe);
  let request = oddlyWritten(random.chance(0.1) ? withGatewaySignature(sealed, random) : sealed, random);
  if (chunked) request = inChunks(request, random);
  return {
    what: `signed: ${body.what}`,
    request,
    bytes: bytesOf(request),
    expected: 'taken',
    body,
    times: random.chance(0.1) ? 2 : 1,
    end: 'kept-alive',
  };
}

/** A gateway on the way has signed the request, too, or has only listed what it would sign. */
function withGatewaySignature(request: WireRequest, random: Random): WireRequest {
  const inputs = ['gw=()', `gw=("@method" "@path" "digest");keyid="${random.uuid()}";created=1`];
  const added = {
    'signature-input': random.pick(inputs),
    ...(random.chance(0.5) && { signature: `gw=:${random.bytes(64).toString('base64')}:` }),
  };
  const headers = request.headers.map(([name, value]): [string, string] => {
    const more = new Map(Object.entries(added)).get(name.toLowerCase());
    return [name, more === undefined ? value : `${value}, ${more}`];
  });
  return { ...request, headers };
}

/** Cases of names, order of lines and blanks around values mean nothing. */
function oddlyWritten(request: WireRequest, random: Random): WireRequest {
  if (random.chance(0.5)) return request;
  const oddly = (name: string): string =>
    name.replace(/[a-z]/g, (letter) => (random.chance(0.5) ? letter.toUpperCase() : letter));
  const headers = request.headers.map(([name, value]): [string, string] => [
    oddly(name),
    random.chance(0.2) ? ` \t${value}  ` : value,
  ]);
  return { ...request, headers: random.shuffled(headers) };
}

function inChunks(request: WireRequest, random: Random): WireRequest {
  const others = request.headers.filter(([name]) => name.toLowerCase() !== 'content-length');
  return {
    ...request,
    headers: [...others, ['Transfer-Encoding', 'chunked']],
    chunkBytes: random.between(10, 2_000),
  };
}

/** Signed with a key of Upvest's, over a description that no sane signer writes. */
async function oddlySigned(world: FuzzWorld, random: Random, index: number): Promise<FuzzCase> {
  const body = goodBody(random, world.known);
  const recipe = plain(random, String(index), world.keys, body.bytes);
  const { keyId } = recipe.key;
  const now = Math.floor(Date.now() / 1000);
  const nonce = `;nonce="1${index}"`;
  const others = [
    `;keyid="${keyId}"`,
    `;keyid="x";keyid="${keyId}"`,
    `;keyid="${keyId}";created="${now}"${nonce}`,
    `;keyid="${keyId}";created=${now}.5${nonce}`,
    `;keyid="${keyId}";created=-${now}${nonce}`,
    `;keyid="${keyId}";created=${now + 86_400}${nonce}`,
    `;keyid="${keyId}";created=${'9'.repeat(16)}${nonce}`,
    `;keyid="${keyId}";created=${now};expires="never"${nonce}`,
    `;keyid="${keyId}";created=${now};expires=0${nonce}`,
    `;keyid="${keyId}";created=${now};nonce=${index}`,
    `;keyid="${keyId}";created=${now};nonce=""`,
    `;keyid="${keyId}";created=${now};nonce="${'n'.repeat(5_000)}${index}"`,
    `;keyid=5;created=${now}${nonce}`,
    `;keyid;created=${now}${nonce}`,
    `;created=${now}${nonce}`,
    `; keyid="${keyId}"; created=${now}${nonce}`,
  ];
  if (random.chance(0.6)) recipe.params = random.pick(others);
  else {
    const names = [
      '@status',
      '@query-params',
      'x-none',
      'Digest',
      '@path',
      'host',
      '@request-target',
      'signature',
    ];
    recipe.covered = random.chance(0.3)
      ? COVERED.toSpliced(random.below(COVERED.length), 1)
      : [...COVERED, random.pick(names)];
  }
  const request = await seal(recipe);
  if (random.chance(0.2)) request.headers.push(['content-encoding', random.pick(['gzip', 'br', 'x'])]);
  if (random.chance(0.2)) request.headers.push(request.headers.at(-1) ?? ['x', 'y']);
  if (random.chance(0.2)) request.target += '?x=%zz';
  return {
    what: `oddly signed: ${request.headers.map((line) => line.join(': ')).join(' | ')}`,
    request,
    bytes: bytesOf(request),
    expected: 'verified',
    body,
    times: 1,
    end: 'kept-alive',
  };
}

function mutated(world: FuzzWorld, random: Random): FuzzCase {
  const { what, mutate } = pickMutation(random);
  const first = random.below(DECOYS);
  const second = (first + random.between(1, DECOYS - 1)) % DECOYS;
  const [one, other] = [world.decoys.at(first), world.decoys.at(second)];
  if (one === undefined || other === undefined) throw new Error('There are too few decoys.');
  const { request, bytes = bytesOf(request), end = 'kept-alive' } = mutate(random, one, other);
  return { what, request, bytes, expected: 'refused', body: NOTHING, times: 1, end };
}

function tooLarge(world: FuzzWorld, random: Random): FuzzCase {
  const body = Buffer.alloc(BODY_LIMIT + random.between(1, 1_000), ' ');
  const [{ headers, ...decoy }] = [random.pick(world.decoys)];
  const lengthless = headers.filter(([name]) => name !== 'content-length');
  const plainly: WireRequest = {
    ...decoy,
    body,
    headers: [...lengthless, ['content-length', String(body.length)]],
  };
  const request = random.chance(0.5) ? plainly : { ...inChunks(plainly, random), chunkBytes: 60_000 };
  return {
    what: 'too large',
    request,
    bytes: bytesOf(request),
    expected: 'refused',
    body: NOTHING,
    times: 1,
    end: 'answered',
  };
}
