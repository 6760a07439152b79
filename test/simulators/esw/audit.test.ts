import { orderEvent, postEvent, start, stopAll } from './fixtures';

afterEach(stopAll);

type Event = ReturnType<typeof orderEvent>;
type Simulator = Awaited<ReturnType<typeof start>>;

/** An event of a child of P. */
const child = (transactionType: string, reference: string, change = {}): Event =>
  orderEvent(transactionType, reference, { parentBrandOrderReference: 'P', ...change });

/** Posts events in sequence; returns the audit findings as code and event id. */
async function found(events: Event[], simulator?: Simulator): Promise<[string, string | undefined][]> {
  const { control } = (simulator ??= await start());
  for (const event of events) expect((await postEvent(simulator, event)).status).toBe(200);
  return control.audit().map(({ code, id }) => [code, id]);
}

describe('a correct sequence', () => {
  it('has no findings', async () => {
    const sequence = [
      orderEvent('OrderPlaced', 'P'),
      orderEvent('OrderConfirmed', 'P'),
      child('OrderPlaced', 'C1'),
      child('OrderPlaced', 'C2'),
      child('OrderConfirmed', 'C1'),
      child('OrderFulfilled', 'C1'),
      child('ExecutionFilled', 'C1'),
      child('OrderCancelled', 'C2'),
      orderEvent('OrderFulfilled', 'P'),
      child('ExecutionSettled', 'C1', { status: 'Settled' }),
      orderEvent('OrderSettled', 'P'),
    ];
    expect(await found(sequence)).toEqual([]);
  });

  it('may be interleaved with others and repeated', async () => {
    const event = (type: string, reference: string, second: string) =>
      orderEvent(type, reference, { creationDateTime: `2026-03-02T09:00:0${second}Z` });
    const first = event('OrderPlaced', 'A', '5');
    const events = [first, event('OrderSettled', 'B', '1'), event('OrderSettled', 'A', '5.0000001'), first];
    const simulator = await start();
    expect(await found(events, simulator)).toEqual([]);
    expect(simulator.control.counts()).toMatchObject({ accepted: 3, replayed: 1 });
  });

  it('requires no reference', async () => {
    const nameless = [orderEvent('OrderSettled', ''), orderEvent('OrderPlaced', '')];
    expect(await found(nameless.map(({ brandOrderReference: _none, ...event }) => event))).toEqual([]);
  });
});

describe('creation times of one reference', () => {
  it('that go backwards are found, with full precision', async () => {
    const at = (second: string, type: string) =>
      orderEvent(type, 'A', { creationDateTime: `2026-03-02T09:00:0${second}Z` });
    const [latest, before, long] = [
      at('5.0000002', 'OrderPlaced'),
      at('5.0000001', 'OrderConfirmed'),
      at('5', 'OrderFulfilled'),
    ];
    const simulator = await start({ now: () => Date.parse('2026-03-02T10:00:00Z') });
    await found([latest, before, long], simulator);
    expect(simulator.control.audit()).toEqual([
      {
        code: 'creation-time-went-backwards',
        receivedAt: '2026-03-02T10:00:00.000Z',
        tenantCode: 'PFOLIO',
        reference: 'A',
        parentReference: undefined,
        id: before.id,
        earlierId: latest.id,
        earlierReference: 'A',
        detail:
          'The creation time 2026-03-02T09:00:05.0000001Z is before 2026-03-02T09:00:05.0000002Z of an earlier event.',
      },
      expect.objectContaining({ code: 'creation-time-went-backwards', id: long.id, earlierId: latest.id }),
    ]);
  });
});

describe('after the end of a reference', () => {
  const cancelled = () => orderEvent('OrderCancelled', 'P');
  const closed = (change = {}) => orderEvent('OrderClosed', 'P', change);

  it.each([
    ['a status after settlement', 'OrderSettled', 'OrderConfirmed'],
    ['a status after cancellation', 'OrderCancelled', 'OrderFulfilled'],
    ['settlement after cancellation', 'OrderCancelled', 'OrderSettled'],
    ['the same terminal status again', 'OrderCancelled', 'OrderCancelled'],
    ['closing after settlement', 'OrderSettled', 'OrderClosed'],
    ['an execution of a portfolio order', 'OrderCancelled', 'ExecutionSettled'],
    ['an unknown transaction', 'OrderSettled', 'OrderReopened'],
  ])('%s is found', async (_case, end, next) => {
    const late = orderEvent(next, 'P');
    const simulator = await start();
    const first = orderEvent(end, 'P');
    expect(await found([first, late], simulator)).toEqual([['event-after-terminal-status', late.id]]);
    expect(simulator.control.audit()).toMatchObject([{ earlierId: first.id, earlierReference: 'P' }]);
  });

  it('one closing event of a cancelled portfolio order is allowed, a second is not', async () => {
    const [first, second] = [closed(), closed()];
    expect(await found([cancelled(), first])).toEqual([]);
    expect(await found([cancelled(), first, second])).toEqual([['event-after-terminal-status', second.id]]);
  });

  it.each([
    ['with a status other than that of the cancellation', () => closed({ status: 'Settled' })],
    ['with an unknown status', () => closed({ status: 'Ended' })],
  ])('a closing event %s is found', async (_case, event) => {
    const wrong = event();
    expect(await found([cancelled(), wrong])).toEqual([['event-after-terminal-status', wrong.id]]);
  });

  it('a closing event after settlement is found, whatever its status', async () => {
    const wrong = closed({ status: 'Settled' });
    expect(await found([orderEvent('OrderSettled', 'P'), wrong])).toEqual([
      ['event-after-terminal-status', wrong.id],
    ]);
  });

  it('corrections of a settled or closed portfolio order are allowed, of any number and status (14.13)', async () => {
    const corrected = (status: string) => orderEvent('OrderCorrected', 'P', { status });
    expect(
      await found([orderEvent('OrderSettled', 'P'), corrected('Settled'), corrected('Settled')]),
    ).toEqual([]);
    expect(await found([cancelled(), closed(), corrected('Cancelled'), corrected('Settled')])).toEqual([]);
  });

  it('a correction before the closing event, or of a child, is found', async () => {
    const early = orderEvent('OrderCorrected', 'P', { status: 'Cancelled' });
    expect(await found([cancelled(), early])).toEqual([['event-after-terminal-status', early.id]]);
    const ofChild = orderEvent('OrderCorrected', 'C', { parentBrandOrderReference: 'P' });
    const end = orderEvent('OrderCancelled', 'C', { parentBrandOrderReference: 'P' });
    expect(await found([orderEvent('OrderPlaced', 'P'), end, ofChild])).toEqual([
      ['event-after-terminal-status', ofChild.id],
    ]);
  });

  it('any event after the closing event is found', async () => {
    const late = orderEvent('OrderPlaced', 'P');
    expect(await found([closed(), closed(), late])).toMatchObject([
      ['event-after-terminal-status', expect.anything()],
      ['event-after-terminal-status', late.id],
    ]);
  });

  it('execution events of an ended child are allowed, its order events are not', async () => {
    const late = child('OrderConfirmed', 'C');
    const closing = child('OrderClosed', 'C', { status: 'Cancelled' });
    const sequence = [
      orderEvent('OrderPlaced', 'P'),
      child('OrderCancelled', 'C'),
      child('ExecutionFilled', 'C', { status: 'Cancelled' }),
      child('ExecutionSettled', 'C', { status: 'Cancelled' }),
      child('ExecutionCancelled', 'C', { status: 'Cancelled' }),
    ];
    expect(await found(sequence)).toEqual([]);
    expect(await found([...sequence, late, closing])).toEqual([
      ['event-after-terminal-status', late.id],
      ['event-after-terminal-status', closing.id],
    ]);
  });

  it('the status in the last execution event settles a child', async () => {
    const late = child('OrderFulfilled', 'C');
    const settled = child('ExecutionSettled', 'C', { status: 'Settled' });
    const mistrade = child('ExecutionCancelled', 'C');
    expect(await found([orderEvent('OrderPlaced', 'P'), settled, mistrade, late])).toEqual([
      ['event-after-terminal-status', late.id],
    ]);
  });

  it('the transaction type takes precedence over the status', async () => {
    const withStatus = (type: string, status: string) => orderEvent(type, 'P', { status });
    expect(
      await found([withStatus('OrderPlaced', 'Settled'), withStatus('OrderConfirmed', 'Cancelled')]),
    ).toEqual([]);
    const late = withStatus('OrderFulfilled', 'Terminé');
    const sequence = [withStatus('OrderCancelled', 'Annulé'), withStatus('OrderClosed', 'Annulé'), late];
    expect(await found(sequence)).toEqual([['event-after-terminal-status', late.id]]);
  });

  it('without a transaction the status is used', async () => {
    const [settled, late] = [orderEvent('', 'P', { status: 'SETTLED' }), orderEvent('', 'P')];
    expect(await found([settled, late].map(({ lastTransaction: _none, ...event }) => event))).toEqual([
      ['event-after-terminal-status', late.id],
    ]);
  });
});

describe('in an order group', () => {
  it('a parent whose first event follows that of a child is found once', async () => {
    const [early, alsoEarly] = [child('OrderPlaced', 'C'), child('ExecutionFilled', 'C')];
    const [placed, confirmed] = [orderEvent('OrderPlaced', 'P'), orderEvent('OrderConfirmed', 'P')];
    const stranger = orderEvent('OrderPlaced', 'Q');
    const simulator = await start();
    const events = [stranger, early, alsoEarly, placed, child('OrderConfirmed', 'C'), confirmed];
    expect(await found(events, simulator)).toEqual([['child-before-parent', placed.id]]);
    expect(simulator.control.audit()[0]).toMatchObject({
      reference: 'P',
      earlierId: early.id,
      earlierReference: 'C',
    });
  });

  it.each(['OrderFulfilled', 'OrderSettled'])(
    'a parent whose first event is %s has to precede its children as any other, and they may follow it (14.15)',
    async (type) => {
      const late = orderEvent(type, 'P');
      expect(await found([child('OrderPlaced', 'C'), late])).toEqual([['child-before-parent', late.id]]);
      const children = [child('OrderPlaced', 'C'), child('OrderFulfilled', 'C')];
      expect(await found([orderEvent(type, 'P'), ...children])).toEqual([]);
    },
  );

  it('a rejected event of the parent does not count as its first', async () => {
    const simulator = await start();
    await postEvent(simulator, orderEvent('OrderPlaced', 'P', { status: '' }));
    const late = orderEvent('OrderConfirmed', 'P');
    expect(await found([child('OrderPlaced', 'C'), late], simulator)).toEqual([
      ['child-before-parent', late.id],
    ]);
  });

  it('a child fulfilled after its parent is found, its other events are not', async () => {
    const parent = orderEvent('OrderFulfilled', 'P');
    const late = child('OrderFulfilled', 'C');
    const simulator = await start();
    const events = [
      orderEvent('OrderPlaced', 'P'),
      parent,
      child('OrderConfirmed', 'C'),
      child('ExecutionFilled', 'C'),
      late,
    ];
    expect(await found(events, simulator)).toEqual([['child-fulfilled-after-parent-fulfilled', late.id]]);
    expect(simulator.control.audit()).toMatchObject([
      { reference: 'C', parentReference: 'P', earlierId: parent.id, earlierReference: 'P' },
    ]);
  });

  it.each(['OrderPlaced', 'OrderConfirmed', 'OrderFulfilled', 'OrderCancelled'])(
    '%s of a child after settlement of its parent is found',
    async (type) => {
      const [settled, late] = [orderEvent('OrderSettled', 'P'), child(type, 'C')];
      const simulator = await start();
      const events = [orderEvent('OrderPlaced', 'P'), settled, late];
      expect(await found(events, simulator)).toEqual([['child-after-parent-settled', late.id]]);
      expect(simulator.control.audit()).toMatchObject([{ earlierId: settled.id, earlierReference: 'P' }]);
    },
  );

  it('execution events are allowed after settlement of the parent, and all events after its cancellation', async () => {
    const mistrade = child('ExecutionCancelled', 'C');
    expect(await found([orderEvent('OrderSettled', 'P'), mistrade])).toEqual([]);
    expect(await found([orderEvent('OrderCancelled', 'P'), child('OrderCancelled', 'C')])).toEqual([]);
  });
});
