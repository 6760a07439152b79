/** Expected ids from references/esw.md#ids, recomputed with an independent implementation of UUIDv5. */
import { createHash } from 'node:crypto';
import { asGuid, commentId, orderEventId, type IdScope } from '../../../src/domain/order-event/ids';
import { childId, executionId, PORTFOLIO_ORDER } from '../samples';

/** RFC 9562, 5.5. */
function uuidv5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8');
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const URL_NAMESPACE = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
const NS = uuidv5(URL_NAMESPACE, 'urn:portfolio-order-coordinator:esw-order-event:v1');

test('the namespace is the one of the reference', () => {
  expect(NS).toBe('7c3db824-0079-5a91-8ba0-8bfba4cc2da2');
});

const vectors: [scope: IdScope, subject: string, status: string, id: string][] = [
  ['portfolio-order', PORTFOLIO_ORDER, 'NEW', 'e4d86e88-beeb-578a-87c8-01b93fdd3049'],
  ['portfolio-order', PORTFOLIO_ORDER, 'PROCESSING', 'b5e37b25-39ef-546c-9dbb-eddbe6deeb2c'],
  ['portfolio-order', PORTFOLIO_ORDER, 'FILLED', '82417957-65b6-5668-8aa3-a8041ece8f12'],
  ['portfolio-order', PORTFOLIO_ORDER, 'SETTLED', '61ffba69-3f2f-5904-9483-a828a5e5205d'],
  ['portfolio-order', PORTFOLIO_ORDER, 'CANCELLED', '73f4f0c1-427a-5d67-a612-3d5d1f16b1e9'],
  ['order', childId(1), 'FILLED', '68ec9c5b-2726-56bd-ae71-c8e5ab3a02dd'],
  ['execution', executionId(1), 'SETTLED', '30736f84-cd9f-5891-b457-557426e2a7d1'],
  ['txn:portfolio-order', PORTFOLIO_ORDER, 'NEW', '9ac655b0-5271-547a-a92b-6b1791e2a367'],
];

test.each(vectors)('%s %s %s has the id %s', (scope, subject, status, id) => {
  expect(orderEventId('PFOLIO', scope, subject, status)).toBe(id);
  expect(uuidv5(NS, `PFOLIO|${scope}|${subject}|${status}`)).toBe(id);
});

test('the case of the subject id does not matter; tenant, scope and status do', () => {
  const id = orderEventId('PFOLIO', 'order', childId(1), 'NEW');
  expect(orderEventId('PFOLIO', 'order', childId(1).toUpperCase(), 'NEW')).toBe(id);
  const others = [
    orderEventId('OTHER', 'order', childId(1), 'NEW'),
    orderEventId('PFOLIO', 'execution', childId(1), 'NEW'),
    orderEventId('PFOLIO', 'txn:order', childId(1), 'NEW'),
    orderEventId('PFOLIO', 'order', childId(2), 'NEW'),
    orderEventId('PFOLIO', 'order', childId(1), 'FILLED'),
  ];
  expect(new Set([id, ...others]).size).toBe(others.length + 1);
});

test('names outside ASCII are hashed as UTF-8', () => {
  expect(orderEventId('MÜNCHEN', 'order', childId(1), 'NEW')).toBe(
    uuidv5(NS, `MÜNCHEN|order|${childId(1)}|NEW`),
  );
});

test('the id of a comment is derived from its event', () => {
  const event = '73f4f0c1-427a-5d67-a612-3d5d1f16b1e9';
  expect(commentId(event)).toBe(uuidv5(NS, `comment|${event}`));
});

test.each([
  [PORTFOLIO_ORDER, PORTFOLIO_ORDER],
  [PORTFOLIO_ORDER.toUpperCase(), PORTFOLIO_ORDER],
  // Neither version nor variant are valid: GUIDs of ESW and Upvest are not strict about them
  // (references/esw.md#value-forms).
  ['aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee', 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'],
  ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'],
])('the GUID %s is kept, in lower case', (id, guid) => {
  expect(asGuid(id)).toBe(guid);
});

test.each([
  'order-17',
  '',
  `{${PORTFOLIO_ORDER}}`,
  PORTFOLIO_ORDER.replaceAll('-', ''),
  `${PORTFOLIO_ORDER}0`,
  `@${PORTFOLIO_ORDER.slice(1)}`,
  PORTFOLIO_ORDER.replace('5', 'g'),
])('%j is not a GUID and gets a derived one', (id) => {
  expect(asGuid(id)).toBe(uuidv5(NS, `guid|${id}`));
});
