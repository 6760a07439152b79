import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { orderEvent, postEvent, start, stopAll, token, until } from './fixtures';

afterEach(stopAll);

type Simulator = Awaited<ReturnType<typeof start>>;

const parent = (): ReturnType<typeof orderEvent> => orderEvent('OrderPlaced', 'P');
const child = (): ReturnType<typeof orderEvent> =>
  orderEvent('OrderPlaced', 'C', { parentBrandOrderReference: 'P' });

/** Sends the headers of a request and waits until the simulator has started it; the caller sends the body. */
async function begin(simulator: Simulator, body: string): Promise<Socket> {
  const socket = connect(Number(new URL(simulator.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const head = [
    'POST /v1/Events/OrderEvent HTTP/1.1',
    'Host: esw',
    'Content-Type: application/json',
    `Authorization: Bearer ${await token(simulator)}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Expect: 100-continue',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  // Node sends `100 Continue` when it passes the request on.
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 100 /);
  return socket;
}

/** Sends the body and waits for the end of the request. */
async function finish(socket: Socket, body: string): Promise<void> {
  socket.write(body);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
  socket.destroy();
}

/** Posts one event while the response to another is delayed. */
async function during(simulator: Simulator, held: object, next: object): Promise<void> {
  simulator.control.addFault({ kind: 'delay', delayMs: 60_000 });
  const gone = postEvent(simulator, held).catch(() => undefined);
  await until(() => simulator.control.counts().accepted === 1);
  await postEvent(simulator, next);
  await simulator.close();
  await gone;
}

const FULFILLED = (): ReturnType<typeof orderEvent> => orderEvent('OrderFulfilled', 'P');
const otherChild = (): ReturnType<typeof orderEvent> => ({ ...child(), brandOrderReference: 'C2' });

describe('two events in flight at the same time', () => {
  it.each([
    ['a child and its parent’s placement', parent, child, 'family-in-flight-together'],
    ['a child and its parent’s fulfilment', child, FULFILLED, 'family-in-flight-together'],
    [
      'two events of one order',
      parent,
      () => orderEvent('OrderConfirmed', 'P'),
      'reference-in-flight-together',
    ],
  ])('are found if they are %s', async (_case, first, second, expected) => {
    const simulator = await start();
    const [held, next] = [first(), second()];
    await during(simulator, held, next);
    const findings = simulator.control.audit().filter(({ code }) => code.endsWith('-in-flight-together'));
    expect(findings).toMatchObject([
      {
        code: expected,
        tenantCode: 'PFOLIO',
        id: next.id,
        reference: next.brandOrderReference,
        earlierId: held.id,
        earlierReference: held.brandOrderReference,
      },
    ]);
  });

  it.each([
    ['two children', child, otherChild],
    ['a child and the confirmation of its parent', child, () => orderEvent('OrderConfirmed', 'P')],
  ])('are no finding if they are %s', async (_case, first, second) => {
    const simulator = await start();
    await postEvent(simulator, parent());
    const before = simulator.control.counts().accepted;
    simulator.control.addFault({ kind: 'delay', delayMs: 60_000 });
    const gone = postEvent(simulator, first()).catch(() => undefined);
    await until(() => simulator.control.counts().accepted > before);
    await postEvent(simulator, second());
    await simulator.close();
    await gone;
    expect(simulator.control.audit()).toEqual([]);
  });

  it('are found if they are more than eight of one portfolio order', async () => {
    const simulator = await start();
    await postEvent(simulator, parent());
    simulator.control.addFault({ kind: 'delay', delayMs: 60_000, count: 8 });
    const event = (index: number): object => ({ ...child(), brandOrderReference: `C${index}` });
    const held = Array.from({ length: 8 }, (_, index) =>
      postEvent(simulator, event(index)).catch(() => undefined),
    );
    await until(() => simulator.control.counts().accepted === 9);
    expect(simulator.control.audit()).toEqual([]);
    await postEvent(simulator, event(8));
    await simulator.close();
    await Promise.all(held);
    expect(simulator.control.audit()).toMatchObject([{ code: 'family-in-flight-together', reference: 'C8' }]);
  });

  it('are no finding if they belong to different orders or are the same event', async () => {
    const simulator = await start();
    await during(simulator, parent(), orderEvent('OrderPlaced', 'Q'));
    expect(simulator.control.audit()).toEqual([]);

    const again = await start();
    const event = parent();
    await during(again, event, event);
    expect(again.control.counts()).toMatchObject({ accepted: 1, replayed: 1 });
    expect(again.control.audit()).toEqual([]);
  });

  it('are found if the first is identified last, after the other has ended', async () => {
    const simulator = await start();
    const [early, quick] = [JSON.stringify(child()), parent()];
    const socket = await begin(simulator, early);
    expect((await postEvent(simulator, quick)).status).toBe(200);
    expect(simulator.control.audit()).toEqual([]);
    await finish(socket, early);
    expect(simulator.control.audit()).toMatchObject([
      { code: 'family-in-flight-together', reference: 'C', earlierId: quick.id, earlierReference: 'P' },
    ]);
  });

  it('are found even if one is rejected', async () => {
    const simulator = await start();
    await during(simulator, parent(), { ...child(), status: '' });
    expect(simulator.control.counts()).toMatchObject({ accepted: 1, rejected: 1 });
    expect(simulator.control.audit()).toMatchObject([{ code: 'family-in-flight-together', reference: 'C' }]);
  });
});

describe('one event after the other', () => {
  it('is no finding, however fast, and with an older unread request of another order', async () => {
    const simulator = await start();
    const other = JSON.stringify(orderEvent('OrderPlaced', 'Q'));
    const socket = await begin(simulator, other);
    await postEvent(simulator, parent());
    for (let times = 0; times < 20; times += 1) await postEvent(simulator, child());
    await finish(socket, other);
    expect(simulator.control.counts()).toMatchObject({ accepted: 22 });
    expect(simulator.control.audit()).toEqual([]);
  });

  it('is no finding once the client of the first has disconnected', async () => {
    const simulator = await start();
    const findings = () =>
      simulator.control.audit().filter(({ code }) => code === 'family-in-flight-together').length;
    simulator.control.addFault({ kind: 'delay', delayMs: 60_000, match: { reference: 'P' } });
    const held = JSON.stringify(parent());
    const socket = await begin(simulator, held);
    socket.write(held);
    await until(() => simulator.control.counts().accepted === 1);
    await postEvent(simulator, child());
    expect(findings()).toBe(1);

    socket.destroy();
    // The system decides when the simulator notices the disconnect; from then on, nothing else is in flight.
    const limit = performance.now() + 5000;
    let before;
    do {
      before = findings();
      await postEvent(simulator, child());
    } while (findings() > before && performance.now() < limit);
    expect(findings()).toBe(before);
  });
});
