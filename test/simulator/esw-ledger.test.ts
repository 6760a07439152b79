import { createHash } from 'node:crypto';
import { errorsOf, postEvent, smallEvent, start, stopAll } from './esw-fixtures';

afterEach(stopAll);

const secondId = '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01';
const thirdId = '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02';

describe('the same event again', () => {
  it('byte for byte is a replay and not stored again', async () => {
    const simulator = await start();
    const raw = JSON.stringify(smallEvent);
    for (let times = 0; times < 3; times += 1) {
      expect((await postEvent(simulator, raw)).status).toBe(200);
    }
    expect(simulator.control.counts()).toEqual({ accepted: 1, replayed: 2, conflicting: 0, rejected: 0 });
    const sha256 = createHash('sha256').update(raw).digest('hex');
    expect(simulator.control.events()).toMatchObject([
      { sha256, rawBody: raw, replays: 2, byteIdenticalReplays: 2 },
    ]);
    expect(simulator.control.audit()).toEqual([]);
  });

  it('with other white space, member order and number spelling is a replay, but not byte-identical', async () => {
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

  it('with another body is answered 409 in strict mode, and the first body stays', async () => {
    const simulator = await start();
    await postEvent(simulator, smallEvent);
    const answer = await postEvent(simulator, { ...smallEvent, status: 'Confirmed' });
    expect(answer.status).toBe(409);
    expect(Object.keys(errorsOf(answer))).toEqual(['Id']);
    expect(simulator.control.counts()).toEqual({ accepted: 1, replayed: 0, conflicting: 1, rejected: 0 });
    expect(simulator.control.events()).toMatchObject([{ body: { status: 'Created' }, replays: 0 }]);
    expect(simulator.control.audit()).toMatchObject([{ kind: 'conflicting-body', id: smallEvent.id }]);
  });

  it('with another body is taken and recorded in lenient mode', async () => {
    const simulator = await start({ mode: 'lenient' });
    await postEvent(simulator, smallEvent);
    const id = smallEvent.id.toUpperCase();
    expect((await postEvent(simulator, { ...smallEvent, id, status: 'Confirmed' })).status).toBe(200);
    expect(simulator.control.counts()).toEqual({ accepted: 1, replayed: 0, conflicting: 1, rejected: 0 });
    expect(simulator.control.events()).toHaveLength(1);
    expect(simulator.control.audit()).toMatchObject([{ kind: 'conflicting-body', id }]);
  });
});

describe('the list of events', () => {
  it('is in order of acceptance and can be narrowed', async () => {
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
    expect(simulator.control.events()[0]).toMatchObject({
      sequence: 1,
      receivedAt: '2026-03-02T09:00:00.000Z',
    });
  });

  it('is empty again after a reset, which leaves tokens alone', async () => {
    const simulator = await start();
    await postEvent(simulator, smallEvent);
    await postEvent(simulator, {});
    simulator.control.addFault({ kind: '500' });
    simulator.control.setOutage('unavailable');
    simulator.control.reset();
    expect((await postEvent(simulator, smallEvent)).status).toBe(200);
    expect(simulator.control.counts()).toEqual({ accepted: 1, replayed: 0, conflicting: 0, rejected: 0 });
    expect(simulator.control.rejections()).toEqual([]);
  });
});

describe('the ordering audit', () => {
  const event = (id: string, status: string, at: string, brandOrderReference = 'A') => ({
    ...smallEvent,
    id,
    status,
    creationDateTime: `2026-03-02T09:00:0${at}Z`,
    brandOrderReference,
  });

  it('finds nothing in a life that only goes forward, interleaved with another', async () => {
    const simulator = await start();
    await postEvent(simulator, event(smallEvent.id, 'Created', '5'));
    await postEvent(simulator, event(secondId, 'Settled', '1', 'B'));
    await postEvent(simulator, event(thirdId, 'Settled', '5.0000001'));
    await postEvent(simulator, event(smallEvent.id, 'Created', '5'));
    expect(simulator.control.counts()).toMatchObject({ accepted: 3, replayed: 1 });
    expect(simulator.control.audit()).toEqual([]);
  });

  it('finds time going backwards, to the last digit', async () => {
    const simulator = await start();
    await postEvent(simulator, event(smallEvent.id, 'Created', '5.0000002'));
    await postEvent(simulator, event(secondId, 'Confirmed', '5.0000001'));
    await postEvent(simulator, event(thirdId, 'Fulfilled', '5'));
    expect(simulator.control.audit()).toMatchObject([
      { kind: 'creation-time-went-backwards', reference: 'A', id: secondId, earlierId: smallEvent.id },
      { kind: 'creation-time-went-backwards', reference: 'A', id: thirdId, earlierId: smallEvent.id },
    ]);
  });

  it('finds events after the end, and tells a repeated end from a return to life', async () => {
    const simulator = await start();
    await postEvent(simulator, event(smallEvent.id, 'Cancelled', '1'));
    await postEvent(simulator, event(secondId, 'Cancelled', '2'));
    await postEvent(simulator, event(thirdId, 'Confirmed', '3'));
    expect(simulator.control.audit()).toMatchObject([
      { kind: 'terminal-status-repeated', tenantCode: 'PFOLIO', id: secondId, earlierId: smallEvent.id },
      { kind: 'event-after-terminal-status', tenantCode: 'PFOLIO', id: thirdId, earlierId: smallEvent.id },
    ]);
  });
});
