/** What can happen to a signed request on its way. None of it leaves a request that Upvest signed. */
import type { Random } from './random';
import type { End } from './client';
import { bytesOf, hashOf, type WireRequest } from './wire';

export interface Mutated {
  request: WireRequest;
  /** What goes out in place of `request`. */
  bytes?: Buffer;
  end?: End;
}

/** @param other another signed request */
export type Mutation = (random: Random, request: WireRequest, other: WireRequest) => Mutated;

function header(request: WireRequest, name: string): string {
  return request.headers.find(([key]) => key === name)?.[1] ?? '';
}

function withHeader(request: WireRequest, name: string, value: string | undefined): WireRequest {
  const headers = request.headers.flatMap(([key, old]): [string, string][] => {
    if (key !== name) return [[key, old]];
    return value === undefined ? [] : [[key, value]];
  });
  return { ...request, headers };
}

function withBody(request: WireRequest, body: Buffer): WireRequest {
  return { ...withHeader(request, 'content-length', String(body.length)), body };
}

/** Its body is another, and it says so wherever that is said. */
const withTrueBody = (request: WireRequest, body: Buffer): WireRequest =>
  withHeader(withBody(request, body), 'digest', `SHA-256=${hashOf('sha256', body)}`);

const onHeader =
  (name: string, change: (value: string, random: Random, other: WireRequest) => string): Mutation =>
  (random, request, other) => ({
    request: withHeader(request, name, change(header(request, name), random, other)),
  });

const onInput = (change: (value: string, random: Random, other: WireRequest) => string): Mutation =>
  onHeader('signature-input', change);

/** Where the signature still parses, verifying it is the expensive part. */
const onSignature = (change: (signature: Buffer, random: Random, other: WireRequest) => Buffer): Mutation =>
  onHeader('signature', (value, random, other) => {
    const signature = Buffer.from(/:(.*):/.exec(value)?.[1] ?? '', 'base64');
    return `sig1=:${change(signature, random, other).toString('base64')}:`;
  });

function flipBit(bytes: Buffer, random: Random): Buffer {
  const flipped = Buffer.from(bytes);
  const index = random.below(flipped.length);
  flipped.writeUInt8(flipped.readUInt8(index) ^ (1 << random.below(8)), index);
  return flipped;
}

/** `sig1=("a" "b");x=1` with its components or its parameters changed. */
function onParts(change: (parts: { names: string[]; params: string[] }, random: Random) => void): Mutation {
  return onInput((value, random) => {
    const [, list = '', tail = ''] = /^sig1=\((.*)\)(.*)$/.exec(value) ?? [];
    const parts = { names: list.split(' '), params: tail.split(';').slice(1) };
    const before = JSON.stringify(parts);
    change(parts, random);
    // What happens to be the same would rightly be accepted.
    if (JSON.stringify(parts) === before) parts.params.push('tag="other"');
    return `sig1=(${parts.names.join(' ')})${parts.params.map((one) => `;${one}`).join('')}`;
  });
}

const replaceAny = (items: string[], random: Random, replacement: string): void => {
  items[random.below(items.length)] = replacement;
};

const ODD_NAMES = [
  '"@status"',
  '"x-none"',
  '""',
  '@method',
  '"@path";req',
  '"@path";sf',
  '?1',
  '5',
  ':AAAA:',
];
const ODD_PARAMS = ['keyid', 'keyid=5', 'created="now"', 'created=1e9', 'created=99999999999999999', 'x=?1'];
const NUMBERS = ['0', '-1', '1.5', '"1"', '4102444800', '?0', ':AA==:', ''];

const INPUTS: Mutation[] = [
  onInput((value) => value.replace('sig1=', 'sig2=')),
  onInput((value) => value.replace('sig1=', '')),
  onInput((value) => `${value},`),
  onInput((value) => value.replace('(', '((')),
  onInput((value) => value.replace(')', '')),
  onInput((value) => value.replace('" "', '"  "')),
  onInput((value) => value.replaceAll('"', "'")),
  onInput((value) => value.replace(/keyid="/, 'keyid="0')),
  onInput((value, random) => value.replace(/keyid="[^"]*"/, `keyid="${random.uuid()}"`)),
  onInput((value) => value.replace(/keyid="([^"]*)"/, 'keyid=$1')),
  onInput((value, random) => value.replace(/created=\d+/, `created=${random.pick(NUMBERS)}`)),
  onInput((value, random) => value.replace(/expires=\d+/, `expires=${random.pick(NUMBERS)}`)),
  onInput((value, random) => value.replace(/nonce="\d+"/, `nonce="${random.digits(12)}"`)),
  onInput((value) => value.replace(/nonce="(\d+)"/, 'nonce=$1')),
  onInput((_value, random) =>
    random
      .bytes(40)
      .toString('latin1')
      .replace(/[\r\n\0]/g, '?'),
  ),
  onInput((_value, random) =>
    random.pick(['', '()', 'sig1', 'sig1=()', 'sig1=?1', 'sig1="x"', '"', ';;;', ',']),
  ),
  onInput((value) => value + ';x="ä€'),
  onInput((value, _random, other) =>
    value === header(other, 'signature-input') ? '' : header(other, 'signature-input'),
  ),
  onInput((value, random) => value.slice(0, random.below(value.length))),
  onParts(({ names }, random) => names.splice(random.below(names.length), 1)),
  onParts(({ names }, random) => names.push(random.pick(names))),
  onParts(({ names }) => names.reverse()),
  onParts(({ names }, random) => {
    replaceAny(names, random, random.pick(ODD_NAMES));
  }),
  onParts(({ names }) => names.push(...Array.from({ length: 300 }, (_, index) => `"x-${index}"`))),
  onParts(({ params }, random) => params.splice(random.below(params.length), 1)),
  onParts(({ params }) => params.reverse()),
  onParts(({ params }, random) => params.push(random.pick(ODD_PARAMS))),
];

const DIGESTS: Mutation[] = [
  onHeader('digest', (_value, _random, other) => header(other, 'digest') + '='),
  onHeader('digest', (value) => value.toUpperCase()),
  onHeader('digest', (value) => value.slice(0, -4)),
  onHeader('digest', (value) => value.replace('SHA-256', 'MD5')),
  onHeader('digest', (value) => value.replace('SHA-256', 'SHA-512')),
  onHeader('digest', (value) => value.replace('=', '=:') + ':'),
  onHeader('digest', (value) => `${value},SHA-512=AAAA`),
  onHeader('digest', (_value, random) => `SHA-256=${random.bytes(32).toString('base64')}`),
  onHeader('digest', () => ''),
];

const BODIES: Mutation[] = [
  (random, request) => ({ request: { ...request, body: flipBit(request.body, random) } }),
  (random, request) => {
    const body = request.body.subarray(0, random.below(request.body.length));
    return { request: withBody(request, body) };
  },
  (_random, request) => ({ request: withBody(request, Buffer.concat([request.body, Buffer.from(' ')])) }),
  (_random, request) => ({ request: withBody(request, Buffer.from(`\n${request.body.toString('utf8')}`)) }),
  (random, request) => ({ request: withBody(request, random.bytes(random.below(300))) }),
  (_random, request, other) => ({ request: withBody(request, Buffer.concat([other.body, request.body])) }),
];

const HEADERS: Mutation[] = [
  (random, request) => {
    const name = random.pick(['signature', 'signature-input', 'digest', 'content-type']);
    return { request: withHeader(request, name, undefined) };
  },
  (random, request) => {
    const type = random.pick(['text/plain', 'application/xml', 'nonsense', '', 'multipart/form-data', '*/*']);
    return { request: withHeader(request, 'content-type', type) };
  },
  (_random, request) => {
    const again = header(request, 'signature-input');
    return { request: { ...request, headers: [...request.headers, ['signature-input', again]] } };
  },
  (_random, request) => ({
    request: { ...request, headers: [...request.headers, ['Digest', header(request, 'digest')]] },
  }),
  (random, request) => ({
    request: {
      ...request,
      headers: [...request.headers, ['x-huge', 'x'.repeat(random.between(17_000, 60_000))]],
    },
    end: 'answered',
  }),
  (random, request) => {
    const target = random.pick([
      '/',
      '/webhooks',
      '/webhooks/upvest/',
      '/WEBHOOKS/upvest',
      '/%zz',
      '*',
      '//x',
    ]);
    return { request: { ...request, target }, end: 'answered' };
  },
  (random, request) => ({
    request: {
      ...request,
      method: random.pick(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'post']),
    },
    end: 'answered',
  }),
];

const WIRE: Mutation[] = [
  // Both lengths at once: the classic way to smuggle a second request.
  (random, request) => ({
    request: {
      ...request,
      headers: [...request.headers, ['transfer-encoding', 'chunked']],
      chunkBytes: random.between(1, 99),
    },
    end: 'answered',
  }),
  (_random, request) => ({
    request: { ...request, headers: [...request.headers, ['content-length', '5']] },
    end: 'answered',
  }),
  (random, request) => {
    const length = random.pick([
      '-1',
      '0x10',
      '1e3',
      '',
      '99999999999999999999',
      String(request.body.length + 1),
      '1',
    ]);
    const end = Number(length) > request.body.length ? 'sent' : 'answered';
    return { request: withHeader(request, 'content-length', length), end };
  },
  (random, request) => {
    const bytes = bytesOf(request);
    return { request, bytes: bytes.subarray(0, random.below(bytes.length)), end: 'sent' };
  },
  (random, request) => {
    const bytes = bytesOf(request);
    const flipped = Buffer.concat([flipBit(bytes.subarray(0, 20), random), bytes.subarray(20)]);
    return { request, bytes: flipped, end: 'answered' };
  },
  (random, request) => ({ request, bytes: random.bytes(random.between(1, 300)), end: 'sent' }),
  (_random, request) => {
    const text = bytesOf(request).toString('latin1').replace('HTTP/1.1', 'HTTP/9.9');
    return { request, bytes: Buffer.from(text, 'latin1'), end: 'answered' };
  },
  (_random, request) => {
    const bytes = bytesOf({ ...request, headers: [['bad name', 'x'], ...request.headers] });
    return { request, bytes, end: 'answered' };
  },
  (_random, request) => {
    const bytes = bytesOf({ ...request, headers: [['x-null', 'a\u0000b'], ...request.headers] });
    return { request, bytes, end: 'answered' };
  },
];

/** Each of them costs the server a verification of some milliseconds. */
const SIGNATURES: Mutation[] = [
  onSignature(flipBit),
  onSignature((signature, random) => signature.subarray(0, random.between(1, signature.length - 1))),
  onSignature((signature, random) => Buffer.concat([signature, random.bytes(random.between(1, 8))])),
  onSignature((signature) => Buffer.concat([Buffer.from([0x30]), signature])),
  // Raw r‖s of no, of the right and of almost the right length; zeros verify in broken implementations.
  onSignature((_signature, random) => Buffer.alloc(random.pick([0, 1, 131, 132, 133, 264]))),
  onSignature((_signature, random) => random.bytes(132)),
  onSignature(() => Buffer.from('3006020100020100', 'hex')),
  onSignature((signature) => Buffer.concat([signature.subarray(-132), signature]).subarray(0, 132)),
  onSignature((signature, random) => {
    const swapped = Buffer.from(signature);
    const half = random.between(1, signature.length - 1);
    return Buffer.concat([swapped.subarray(half), swapped.subarray(0, half)]);
  }),
  (_random, request, other) => ({
    request: withHeader(request, 'signature', header(other, 'signature')),
  }),
  (random, request) => {
    const false_ = `sig1=:${random.bytes(139).toString('base64')}:`;
    return { request: { ...request, headers: [...request.headers, ['Signature', false_]] } };
  },
  (_random, request, other) => ({ request: withTrueBody(request, other.body) }),
  (_random, request) => ({
    request: withTrueBody(request, Buffer.concat([request.body, Buffer.from(' ')])),
  }),
  (random, request) => ({
    request: withTrueBody(request, flipBit(request.body, random)),
  }),
  (random, request) => ({
    request: withHeader(
      request,
      'content-type',
      random.pick(['application/json; charset=utf-8', 'APPLICATION/JSON']),
    ),
  }),
];

/** Bytes where the signature should be that are none: seen before anything is verified. */
const UNSIGNED: Mutation[] = [
  onHeader('signature', (value) => value.replace('sig1', 'sig2')),
  onHeader('signature', (value) => value.replaceAll(':', '')),
  onHeader('signature', (value) => value.replaceAll(':', '"')),
  onHeader('signature', (value) => value.slice(0, -1)),
  onHeader('signature', (value) => value.replace('=:', '=:!')),
  onHeader('signature', (_value, random) =>
    random.pick(['', 'sig1', 'sig1=', 'sig1=?1', 'sig1=5', 'sig1=()', 'ä']),
  ),
];

const KINDS: [share: number, name: string, mutations: Mutation[]][] = [
  [0.11, 'signature-input', INPUTS],
  [0.2, 'digest', DIGESTS],
  [0.28, 'body', BODIES],
  [0.18, 'headers', HEADERS],
  [0.08, 'bytes on the wire', WIRE],
  [0.1, 'no signature', UNSIGNED],
  [0.05, 'signature', SIGNATURES],
];

/** A mutation by its name, for the report of a failure. */
export function pickMutation(random: Random): { what: string; mutate: Mutation } {
  let left = random.next();
  for (const [share, name, mutations] of KINDS) {
    left -= share;
    if (left > 0) continue;
    const index = random.below(mutations.length);
    return { what: `${name} ${index}`, mutate: random.pick(mutations.slice(index, index + 1)) };
  }
  return pickMutation(random);
}
