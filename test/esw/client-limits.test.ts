/** What the client may take and how long it may last (references/esw.md#limits). */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { countAnswers, holdTimeouts, pass, untilSeen } from '../support/held-timeouts';
import type { Reply } from '../upvest/client/http-stub';
import { rejection, silence, text } from '../upvest/client/http-stub';
import { inTurn, numberedTokens, startEsw, type EswStub } from './esw-stub';
import { outgoing } from './order-event-fixture';

let esw: EswStub | undefined;
afterEach(async () => {
  await esw?.close();
  esw = undefined;
});

async function start(...args: Parameters<typeof startEsw>): Promise<EswStub> {
  return (esw = await startEsw(...args));
}

const ok = text(200, '');

/** Keeps requests until they are let go, and counts them. */
function gate(): { reply: Reply; open: (count?: number) => void; held: () => number; most: () => number } {
  const waiting: (() => void)[] = [];
  let most = 0;
  return {
    reply: (response, request) => {
      waiting.push(() => {
        ok(response, request);
      });
      most = Math.max(most, waiting.length);
    },
    open(count = waiting.length) {
      for (const answer of waiting.splice(0, count)) answer();
    },
    held: () => waiting.length,
    most: () => most,
  };
}

describe('the time-out', () => {
  holdTimeouts();
  const answers = countAnswers();

  /** What comes of the delivery when this time is over, and not before. */
  async function atLimit(ms: number, isUnderWay: () => boolean, work: Promise<unknown>): Promise<unknown> {
    let isOver = false;
    const delivery = work.finally(() => {
      isOver = true;
    });
    await untilSeen(isUnderWay);
    pass(ms - 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    pass(1);
    return delivery;
  }

  const headersOnly: Reply = (response) => {
    response.writeHead(400).flushHeaders();
  };
  /** A byte every 20 ms: it is never silent for long, and never ends. */
  const trickle: Reply = (response) => {
    response.writeHead(400);
    const drip = setInterval(() => response.write('x'), 20);
    response.on('close', () => {
      clearInterval(drip);
    });
  };

  test.each([
    [150, { timeoutMs: 150 }],
    [30_000, {}],
  ])('ends an exchange without an answer: after %i ms', async (ms, options) => {
    const { client, events } = await start(silence, options);
    const delivery = await atLimit(ms, () => events().length === 1, client.deliver(outgoing));
    expect(delivery).toEqual({
      outcome: 'retry',
      refusal: { message: `No answer from ESW to ${outgoing.id}: none within ${ms} ms` },
    });
  });

  test.each([
    ['stops', headersOnly],
    ['trickles', trickle],
  ])(
    'ends a failure that %s: what it would have said is unknown, so that it is no rejection (14.40)',
    async (_what, reply) => {
      const { client } = await start(reply, { timeoutMs: 1_000 });
      // The token's answer has ended, this one has begun.
      const hasBegun = (): boolean => answers() === 2;
      const delivery = await atLimit(1_000, hasBegun, client.deliver(outgoing));
      expect(delivery).toEqual({
        outcome: 'retry',
        refusal: { status: 400, message: `ESW answered 400 to ${outgoing.id}: no body` },
      });
    },
  );

  test('of a caller who has a signal of its own is the same', async () => {
    const { client, events } = await start(silence, { timeoutMs: 100 });
    const { signal } = new AbortController();
    const delivery = await atLimit(100, () => events().length === 1, client.deliver(outgoing, { signal }));
    expect(delivery).toMatchObject({ outcome: 'retry' });
  });

  test('is kept when memory is tidied up meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const { client, events } = await start(silence, { timeoutMs: 200 });
    const { signal } = new AbortController();
    const delivery = client.deliver(outgoing, { signal });
    await untilSeen(() => events().length === 1);
    for (let time = 0; time < 5; time++) {
      collectGarbage();
      await sleep(1);
    }
    pass(200);
    // One that was tidied away would never end.
    const late = sleep(3_000, 'nothing', { ref: false });
    expect(await Promise.race([delivery, late])).toMatchObject({ outcome: 'retry' });
  });

  test('does not run while an event waits for its turn', async () => {
    const { reply, open, held } = gate();
    const { client } = await start(reply, { timeoutMs: 1_500, maxInFlight: 1 });
    const deliveries = Promise.all(Array.from({ length: 5 }, () => client.deliver(outgoing)));
    for (let event = 0; event < 5; event++) {
      await untilSeen(() => held() === 1);
      pass(400);
      open();
    }
    expect((await deliveries).map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 5 }, () => 'accepted'),
    );
  });

  test('gives the turns of failures back', async () => {
    const { client, events } = await start(silence, { timeoutMs: 500, maxInFlight: 2 });
    const deliveries = Promise.all(Array.from({ length: 6 }, () => client.deliver(outgoing)));
    for (const arrived of [2, 4, 6]) {
      await untilSeen(() => events().length === arrived);
      pass(500);
    }
    await deliveries;
    expect(events()).toHaveLength(6);
  });
});

describe('turns', () => {
  test('64 events at most are on their way, and the others follow', async () => {
    const { reply, open, held, most } = gate();
    const { client, events } = await start(reply);
    const deliveries = Promise.all(Array.from({ length: 150 }, () => client.deliver(outgoing)));
    await untilSeen(() => held() === 64);
    await sleep(50);
    expect(events()).toHaveLength(64);
    open(1);
    await untilSeen(() => held() === 64);
    expect(events()).toHaveLength(65);
    while (events().length < 150) {
      open();
      await new Promise((resolve) => setImmediate(resolve));
    }
    open();
    expect(await deliveries).toHaveLength(150);
    expect(most()).toBe(64);
  });

  test('who is aborted while waiting leaves the queue, and takes no turn', async () => {
    const { reply, open, held } = gate();
    const { client, events } = await start(reply, { maxInFlight: 1 });
    const first = client.deliver(outgoing);
    await untilSeen(() => held() === 1);
    const controller = new AbortController();
    const aborted = rejection(client.deliver(outgoing, { signal: controller.signal }));
    const last = client.deliver(outgoing);
    const reason = new Error('worker stops');
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    open();
    await untilSeen(() => held() === 1);
    open();
    expect([await first, await last]).toEqual([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
    expect(events()).toHaveLength(2);
  });
});

describe('the caller’s signal', () => {
  const reason = new Error('worker stops');

  test('ends the exchange with its reason, and the next one does not begin', async () => {
    const { client, events } = await start(silence);
    const controller = new AbortController();
    const posting = rejection(client.deliver(outgoing, { signal: controller.signal }));
    await untilSeen(() => events().length === 1);
    controller.abort(reason);
    expect(await posting).toBe(reason);
    expect(await rejection(client.deliver(outgoing, { signal: controller.signal }))).toBe(reason);
    expect(events()).toHaveLength(1);
  });

  test('ends the wait for a token, which goes on for the others', async () => {
    const { reply, open, held } = gate();
    const token: Reply = (response, request) => {
      reply(
        Object.assign(response, {
          end: response.end.bind(response, JSON.stringify({ access_token: 'jwt-1', expires_in: 60 })),
        }),
        request,
      );
    };
    const { client, tokens } = await start(ok, { token });
    const controller = new AbortController();
    const aborted = rejection(client.deliver(outgoing, { signal: controller.signal }));
    const other = client.deliver(outgoing);
    await untilSeen(() => held() === 1);
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    open();
    await expect(other).resolves.toEqual({ outcome: 'accepted' });
    expect(tokens()).toHaveLength(1);
  });

  test('ends the wait for another token after 401, too', async () => {
    const { client, tokens } = await start(text(401, ''), { token: inTurn(numberedTokens(), silence) });
    const controller = new AbortController();
    const aborted = rejection(client.deliver(outgoing, { signal: controller.signal }));
    await untilSeen(() => tokens().length === 2);
    const begun = performance.now();
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
