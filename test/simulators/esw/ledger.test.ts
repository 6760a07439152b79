import { createHash } from 'node:crypto';
import { request } from 'undici';
import { errorsOf, noCounts, orderEvent, postEvent, smallEvent, start, stopAll, token } from './fixtures';

afterEach(stopAll);

const secondId = '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01';
const thirdId = '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02';

describe('a repeated event', () => {
  it('with identical bytes is a replay and not stored again', async () => {
    const simulator = await start();
    const raw = JSON.stringify(smallEvent);
    for (let times = 0; times < 3; times += 1) {
      expect((await postEvent(simulator, raw)).status).toBe(200);
    }
    expect(simulator.control.counts()).toEqual({ ...noCounts, accepted: 1, replayed: 2 });
    const sha256 = createHash('sha256').update(raw).digest('hex');
    expect(simulator.control.events()).toMatchObject([
      { sha256, rawBody: raw, replays: 2, byteIdenticalReplays: 2 },
    ]);
    expect(simulator.control.audit()).toEqual([]);
  });

  it('with different white space, member order and number format is a replay, but not byte-identical', async () => {
    const simulator = await start();
    const members = Object.entries(smallEvent).map(([name, value]) => `"${name}":"${value}"`);
    await postEvent(simulator, `{${members.join(',')},"deliveryOption":{"vatRate":23}}`);
    const answer = await postEvent(
      simulator,
      `{"deliveryOption":{"vatRate":23.00},\n${members.reverse().join(', ')}}`,
    );
    expect(answer.status).toBe(200);
    expect(simulator.control.counts()).toMatchObject({ accepted: 1, replayed: 1, conflicting: 0 });
    expect(simulator.control.events()).toMatchObject([{ replays: 1, byteIdenticalReplays: 0 }]);
  });

  it('with a different body gets 409 in strict mode; the first body stays', async () => {
    const simulator = await start();
    await postEvent(simulator, smallEvent);
    const answer = await postEvent(simulator, { ...smallEvent, status: 'Confirmed' });
    expect(answer.status).toBe(409);
    expect(Object.keys(errorsOf(answer))).toEqual(['Id']);
    expect(simulator.control.counts()).toEqual({ ...noCounts, accepted: 1, conflicting: 1 });
    expect(simulator.control.events()).toMatchObject([{ body: { status: 'Created' }, replays: 0 }]);
    expect(simulator.control.audit()).toMatchObject([
      { code: 'conflicting-body', id: smallEvent.id, earlierId: smallEvent.id },
    ]);
  });

  it('with a different body is accepted and recorded in lenient mode', async () => {
    const simulator = await start({ mode: 'lenient' });
    await postEvent(simulator, smallEvent);
    const id = smallEvent.id.toUpperCase();
    expect((await postEvent(simulator, { ...smallEvent, id, status: 'Confirmed' })).status).toBe(200);
    expect(simulator.control.counts()).toEqual({ ...noCounts, accepted: 1, conflicting: 1 });
    expect(simulator.control.events()).toHaveLength(1);
    expect(simulator.control.audit()).toMatchObject([
      { code: 'conflicting-body', id, earlierId: smallEvent.id },
    ]);
  });
});

it('unsafe integers are compared and shown exactly', async () => {
  const simulator = await start();
  const withId = (monolithId: string, more = '') =>
    `${JSON.stringify(smallEvent).slice(0, -1)},"monolithId":${monolithId}${more}}`;
  expect((await postEvent(simulator, withId('9223372036854775806'))).status).toBe(200);
  expect((await postEvent(simulator, withId('9223372036854775806', ' '))).status).toBe(200);
  expect((await postEvent(simulator, withId('9223372036854775807'))).status).toBe(409);
  expect(simulator.control.counts()).toEqual({ ...noCounts, accepted: 1, replayed: 1, conflicting: 1 });
  expect(simulator.control.events()[0]?.body.monolithId).toBe(9223372036854775806n);
  const listed = await request(`${simulator.url}/__sim/events`);
  expect(await listed.body.text()).toMatch(/"body":\{[^}]*"monolithId":9223372036854775806,/);
});

describe('arrivals', () => {
  it('are stored with their bytes, whatever the outcome', async () => {
    const simulator = await start();
    const first = JSON.stringify(smallEvent);
    const spaced = JSON.stringify(smallEvent, null, 2);
    const other = JSON.stringify({ ...smallEvent, lastUpdateUser: 'Zoë 🙂' });
    for (const body of [first, spaced, other, first]) await postEvent(simulator, body);
    const receipts = simulator.control.receipts({ id: smallEvent.id });
    expect(receipts.map(({ outcome }) => outcome)).toEqual([
      'accepted',
      'replayed',
      'conflicting',
      'replayed',
    ]);
    expect(receipts.map(({ bytes }) => bytes)).toEqual(
      [first, spaced, other, first].map((body) => Buffer.from(body)),
    );
    expect(receipts[2]?.sha256).toBe(createHash('sha256').update(other).digest('hex'));
    expect(simulator.control.events()).toMatchObject([{ received: 4, replays: 2, byteIdenticalReplays: 1 }]);
    expect(simulator.control.receipts({ reference: 'A' })).toEqual([]);
  });

  it('are limited per event, but all counted', async () => {
    const simulator = await start();
    const authorization = `Bearer ${await token(simulator)}`;
    for (let times = 0; times < 102; times += 1) await postEvent(simulator, smallEvent, { authorization });
    expect(simulator.control.receipts()).toHaveLength(100);
    expect(simulator.control.events()).toMatchObject([{ received: 102, replays: 101 }]);
  });

  it('exclude rejected requests; the rejection names the event', async () => {
    const simulator = await start();
    await postEvent(simulator, { ...orderEvent('OrderPlaced', 'A', { id: smallEvent.id }), tenantCode: 'X' });
    await postEvent(simulator, { id: smallEvent.id, brandOrderReference: 'B' });
    expect(simulator.control.receipts()).toEqual([]);
    expect(simulator.control.rejections()).toMatchObject([
      { status: 403, id: smallEvent.id, reference: 'A', errors: {} },
      { status: 400, id: smallEvent.id, reference: 'B' },
    ]);
  });
});

describe('the list of events', () => {
  it('is in order of acceptance and can be filtered', async () => {
    const now = Date.parse('2026-03-02T09:00:00Z');
    const simulator = await start({ now: () => now });
    await postEvent(simulator, { ...smallEvent, brandOrderReference: 'A' });
    await postEvent(simulator, { ...smallEvent, id: secondId, brandOrderReference: 'B' });
    await postEvent(simulator, { ...smallEvent, id: thirdId, brandOrderReference: 'A' });
    const ids = (filter?: Parameters<typeof simulator.control.events>[0]) =>
      simulator.control.events(filter).map(({ body }) => body.id);
    expect(ids()).toEqual([smallEvent.id, secondId, thirdId]);
    expect(ids({ reference: 'A' })).toEqual([smallEvent.id, thirdId]);
    expect(ids({ id: secondId.toUpperCase() })).toEqual([secondId]);
    expect(ids({ tenant: 'PFOLIO', reference: 'B' })).toEqual([secondId]);
    expect(ids({ tenant: 'OTHERS' })).toEqual([]);
    const child = orderEvent('OrderPlaced', 'C', { parentBrandOrderReference: 'A' });
    await postEvent(simulator, child);
    expect(ids({ parent: 'A' })).toEqual([child.id]);
    expect(ids({ parent: 'C' })).toEqual([]);
    expect(simulator.control.events()[0]).toMatchObject({
      sequence: 1,
      receivedAt: '2026-03-02T09:00:00.000Z',
    });
  });

  it('is empty after a reset, which keeps tokens valid', async () => {
    const simulator = await start();
    await postEvent(simulator, smallEvent);
    await postEvent(simulator, {});
    simulator.control.addFault({ kind: '500' });
    simulator.control.addTokenFault({ kind: '500' });
    simulator.control.disturbEvents({ seed: 1, failBefore: 1 });
    simulator.control.setOutage('unavailable');
    simulator.control.reset();
    expect([simulator.control.events(), simulator.control.receipts()]).toEqual([[], []]);
    expect((await postEvent(simulator, smallEvent)).status).toBe(200);
    expect(simulator.control.counts()).toEqual({ ...noCounts, accepted: 1 });
    expect(simulator.control.rejections()).toEqual([]);
  });
});

it('reports each event once, when it is stored for the first time', async () => {
  const reported: (string | undefined)[] = [];
  const simulator = await start({ onAccepted: ({ id }) => reported.push(id) });
  await postEvent(simulator, smallEvent);
  await postEvent(simulator, smallEvent);
  await postEvent(simulator, { ...smallEvent, status: 'Other' });
  await postEvent(simulator, { ...smallEvent, id: secondId });
  expect(reported).toEqual([smallEvent.id, secondId]);
});
