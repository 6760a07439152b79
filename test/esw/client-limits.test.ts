/** What the client may take and how long it may last (esw-order-event.md 5). */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Reply } from '../upvest/http-stub';
import { rejection, silence, text } from '../upvest/http-stub';
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

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
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

  test('ends an exchange without an answer', async () => {
    const { client } = await start(silence, { timeoutMs: 150 });
    const begun = performance.now();
    await expect(client.deliver(outgoing)).resolves.toEqual({
      outcome: 'retry',
      refusal: { message: `No answer from ESW to ${outgoing.id}: none within 150 ms` },
    });
    expect(performance.now() - begun).toBeGreaterThan(140);
  });

  test.each([
    ['stops', headersOnly],
    ['trickles', trickle],
  ])('ends an answer that %s; its status counts', async (_what, reply) => {
    const { client } = await start(reply, { timeoutMs: 1_000 });
    await expect(client.deliver(outgoing)).resolves.toEqual({
      outcome: 'refused',
      refusal: { status: 400, message: `ESW answered 400 to ${outgoing.id}: no body` },
    });
  });

  test('of a caller who has a signal of its own is the same', async () => {
    const { client } = await start(silence, { timeoutMs: 100 });
    const { signal } = new AbortController();
    await expect(client.deliver(outgoing, { signal })).resolves.toMatchObject({ outcome: 'retry' });
  });

  test('is kept when memory is tidied up meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const tidying = setInterval(collectGarbage, 10);
    const { client } = await start(silence, { timeoutMs: 200 });
    const { signal } = new AbortController();
    const late = sleep(3_000, 'nothing', { ref: false });
    const delivery = await Promise.race([client.deliver(outgoing, { signal }), late]);
    clearInterval(tidying);
    expect(delivery).toMatchObject({ outcome: 'retry' });
  });

  test('does not run while an event waits for its turn', async () => {
    const slow: Reply = (response, request) => {
      setTimeout(() => {
        ok(response, request);
      }, 400);
    };
    const { client } = await start(slow, { timeoutMs: 1_500, maxInFlight: 1 });
    const deliveries = await Promise.all(Array.from({ length: 5 }, () => client.deliver(outgoing)));
    expect(deliveries.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'accepted'));
  });
});

describe('turns', () => {
  test('five events at most are on their way, and the others follow', async () => {
    const { reply, open, held, most } = gate();
    const { client, events } = await start(reply);
    const deliveries = Promise.all(Array.from({ length: 12 }, () => client.deliver(outgoing)));
    await until(() => held() === 5);
    await sleep(50);
    expect(events()).toHaveLength(5);
    open(1);
    await until(() => held() === 5);
    expect(events()).toHaveLength(6);
    while (events().length < 12) {
      open();
      await new Promise((resolve) => setImmediate(resolve));
    }
    open();
    expect(await deliveries).toHaveLength(12);
    expect(most()).toBe(5);
  });

  test('failures give their turns back', async () => {
    const { client, events } = await start(silence, { timeoutMs: 500, maxInFlight: 2 });
    await Promise.all(Array.from({ length: 6 }, () => client.deliver(outgoing)));
    expect(events()).toHaveLength(6);
  });

  test('who is aborted while waiting leaves the queue, and takes no turn', async () => {
    const { reply, open, held } = gate();
    const { client, events } = await start(reply, { maxInFlight: 1 });
    const first = client.deliver(outgoing);
    await until(() => held() === 1);
    const controller = new AbortController();
    const aborted = rejection(client.deliver(outgoing, { signal: controller.signal }));
    const last = client.deliver(outgoing);
    const reason = new Error('worker stops');
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    open();
    await until(() => held() === 1);
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
    await until(() => events().length === 1);
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
    await until(() => held() === 1);
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
    await until(() => tokens().length === 2);
    const begun = performance.now();
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
