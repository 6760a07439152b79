/** `docs/order-event.schema.json` is what the code says, and other people's validators understand it the same way. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { renderOrderEventSchema } from '../../tools/docs/order-event-schema';
import { PROCESSING_EVENT, SETTLED_EVENT } from '../domain/order-event/worked-examples';
import { anyOrderEvent } from '../esw/order-event-arbitrary';
import { childEvent } from '../esw/order-event-fixture';
import { brokenBodies, everyMember, tryItBody } from '../esw/published/wire-samples';

const file = resolve(__dirname, '../../docs/order-event.schema.json');
const document = readFileSync(file, 'utf8');

test('it is what the schema says today: after a change, `npm run docs`', () => {
  expect(document).toBe(renderOrderEventSchema());
});

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(document) as object);

test.each<[what: string, body: unknown]>([
  ['nothing', {}],
  ['every member', everyMember],
  ['an order number that no double holds', { ...everyMember, monolithId: 2 ** 60 }],
  ['ESW’s own try-it body', tryItBody],
  ['example 1', JSON.parse(PROCESSING_EVENT)],
  ['example 2', JSON.parse(SETTLED_EVENT)],
  ['a child’s event', childEvent],
  ['unknown members', { ...tryItBody, sku: 'a', lineItems: [{ sku: 'a' }] }],
])('%s is valid', (_what, body) => {
  validate(body);
  expect(validate.errors ?? []).toEqual([]);
});

test.each(brokenBodies)('%s is not', (_what, body, path) => {
  expect(validate(body)).toBe(false);
  const places = validate.errors?.map(({ instancePath }) => instancePath.slice(1).replaceAll('/', '.'));
  expect([...new Set(places)]).toEqual([path]);
});

test('every body that we may send is valid', () => {
  fc.assert(
    fc.property(anyOrderEvent, (body) => validate(body)),
    { numRuns: 200 },
  );
});
