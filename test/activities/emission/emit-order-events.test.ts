/** `emitOrderEvents` in a worker of its own, against a scripted sink. */
import { mkdtemp, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, Worker } from '@temporalio/worker';
import { awayStore } from '../../support/order-stores';
import { createEmissionActivities } from '../../../activities/emission/emit-order-events';
import {
  EMISSION_BUSY,
  EMISSION_UNAUTHORISED,
  type EmissionFailureDetails,
} from '../../../src/domain/order/emission-failure';
import type { EmissionResult } from '../../../src/domain/order/emission';
import type {
  SinkOutcome,
  FulfillmentSink,
  OutgoingOrderEvent,
} from '../../../src/app/ports/fulfillment-sink';
import { buildWorkflowBundle } from '../../../tools/bundle';
import { closeTemporal, testClient, testConnection, testTarget, uniqueName } from '../../support/temporal';
import { until } from '../../support/until';
import { rejection } from '../../upvest/client/http-stub';
import type { emit, EmissionTimes } from './emission-workflow';
import type { EventToSend } from '../../../contracts/activities';

const accepted: SinkOutcome = { outcome: 'accepted' };
const refusal = { status: 503, message: 'ESW answered 503', correlationId: 'trace-1' };
const busyFor = (retryAfterMs: number): SinkOutcome => ({ outcome: 'retry', refusal, retryAfterMs });
const again: SinkOutcome = { outcome: 'retry', refusal };

/** A sink that does not answer until the call is aborted. */
const nothing: Answer = (signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

type Answer = SinkOutcome | ((signal: AbortSignal) => Promise<SinkOutcome>);

/** Answers to each event, in turn; the last one repeats. */
let script: Partial<Record<string, [Answer, ...Answer[]]>> = {};
let delivered: (OutgoingOrderEvent & { at: number })[] = [];

const sink: FulfillmentSink = {
  async deliver(event, { signal = new AbortController().signal } = {}) {
    const before = delivered.filter(({ id }) => id === event.id).length;
    delivered.push({ ...event, at: Date.now() });
    const answers = script[event.id] ?? [accepted];
    const answer = answers[Math.min(before, answers.length - 1)] ?? accepted;
    return typeof answer === 'function' ? answer(signal) : answer;
  },
};

const taskQueue = uniqueName('fulfillment');
let directory: string;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fulfillment-'));
  const codePath = join(directory, 'bundle.js');
  await buildWorkflowBundle(require.resolve('./emission-workflow'), codePath);
  worker = await Worker.create({
    connection: await testConnection(),
    namespace: testTarget().namespace,
    taskQueue,
    workflowBundle: { codePath },
    activities: createEmissionActivities(sink, awayStore),
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await closeTemporal();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  script = {};
  delivered = [];
});

const body = (id: string): string => `{"id":"${id}"}`;

async function start(
  events: EventToSend[] = ['a', 'b', 'c'].map((id) => ({ id, body: body(id) })),
  times: Partial<EmissionTimes> = {},
): Promise<WorkflowHandle<typeof emit>> {
  return testClient().workflow.start<typeof emit>('emit', {
    taskQueue,
    workflowId: uniqueName('emit'),
    args: [
      { correlationId: 'portfolio-order/1', events },
      { scheduleToCloseTimeout: 60_000, heartbeatTimeout: 15_000, pause: 300, ...times },
    ],
  });
}

async function emitted(...args: Parameters<typeof start>): Promise<EmissionResult[]> {
  const answer = await (await start(...args)).result();
  if (!Array.isArray(answer)) throw new Error('The batch saves nothing');
  return answer;
}

/** The activity's final failure. */
async function failureOf(...args: Parameters<typeof start>): Promise<unknown> {
  const error = await rejection(emitted(...args));
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  if (!(cause instanceof ActivityFailure)) throw error;
  return cause.cause;
}

/** Details that it left to the workflow. */
async function leftToWorkflow(
  ...args: Parameters<typeof start>
): Promise<{ type: string | null | undefined; details: EmissionFailureDetails }> {
  const failure = await failureOf(...args);
  if (!(failure instanceof ApplicationFailure)) throw failure;
  expect(failure.details).toHaveLength(1);
  return { type: failure.type, details: failure.details?.[0] as EmissionFailureDetails };
}

/** Delivered events; those possibly sent before have a mark. */
const order = (): string[] => delivered.map(({ id, sentBefore }) => (sentBefore ? `${id}*` : id));

describe('a batch', () => {
  test('goes out in order and unchanged, with a result for each event', async () => {
    const results = await emitted();
    expect(results).toEqual(['a', 'b', 'c'].map((id) => ({ id, outcome: 'accepted' })));
    expect(delivered.map(({ at: _at, ...event }) => event)).toEqual(
      ['a', 'b', 'c'].map((id) => ({
        id,
        body: body(id),
        correlationId: 'portfolio-order/1',
        sentBefore: false,
      })),
    );
  });

  test('marks each event that an earlier call may have sent', async () => {
    await emitted([
      { id: 'a', body: body('a'), sentBefore: true },
      { id: 'b', body: body('b') },
    ]);
    expect(order()).toEqual(['a*', 'b']);
  });

  test('continues after a rejected event', async () => {
    script = { b: [{ outcome: 'refused', refusal }] };
    await expect(emitted()).resolves.toEqual([
      { id: 'a', outcome: 'accepted' },
      { id: 'b', outcome: 'refused', refusal },
      { id: 'c', outcome: 'accepted' },
    ]);
    expect(order()).toEqual(['a', 'b', 'c']);
  });

  test('continues with the event that got no answer', async () => {
    script = { b: [busyFor(1_000), busyFor(1_000), accepted] };
    await expect(emitted()).resolves.toEqual(['a', 'b', 'c'].map((id) => ({ id, outcome: 'accepted' })));
    expect(order()).toEqual(['a', 'b', 'b*', 'b*', 'c*']);
  });

  test('ends early after progress, which resets the pauses before the next call', async () => {
    script = { b: [again] };
    await expect(emitted(undefined, { attempts: 1 })).resolves.toEqual([{ id: 'a', outcome: 'accepted' }]);
    expect(order()).toEqual(['a', 'b', ...Array.from({ length: 5 }, () => 'b*')]);
  });

  test('retries an event at once while the sink answers others', async () => {
    script = { b: [again, again, again, accepted] };
    await emitted(undefined, { attempts: 1 });
    expect(order()).toEqual(['a', 'b', 'b*', 'b*', 'b*', 'c']);
  });

  test('retries its first event at once, too: a short failure is over before Temporal would retry', async () => {
    script = { a: [again, again, accepted] };
    await emitted(undefined, { attempts: 1 });
    expect(order()).toEqual(['a', 'a*', 'a*', 'b', 'c']);
  });

  test('calls an unavailable sink once per further attempt', async () => {
    script = { a: [again] };
    const failure = await failureOf(undefined, { attempts: 3 });
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(order()).toEqual(['a', ...Array.from({ length: 5 }, () => 'a*'), 'a*', 'a*']);
  });

  test('continues after the last answer when its worker has died', async () => {
    script = { b: [nothing, accepted] };
    // Shorter than the heartbeat interval: to the server, the worker has died.
    await emitted(undefined, { heartbeatTimeout: 1_500 });
    expect(order()).toEqual(['a', 'b', 'b*', 'c*']);
  });
});

describe('partitions', () => {
  /** `1a` is event a of partition 1; `|` before one that follows the answers to all before it. */
  const partitions = (text: string): EventToSend[] => {
    const events: EventToSend[] = [];
    let isBarrier = false;
    for (const id of text.split(' ')) {
      if (id === '|') isBarrier = true;
      else {
        const partition = /^\d+/.exec(id)?.[0];
        events.push({
          id,
          body: body(id),
          ...(partition !== undefined && { partition }),
          ...(isBarrier && { isBarrier: true as const }),
        });
        isBarrier = false;
      }
    }
    return events;
  };
  /** An answer that is held until `open`, and how many are held. */
  function gate(): { answer: Answer; held: () => number; open: () => void } {
    let waiting: (() => void)[] = [];
    return {
      answer: () =>
        new Promise((resolve) => {
          waiting.push(() => {
            resolve(accepted);
          });
        }),
      held: () => waiting.length,
      open: () => {
        for (const answer of waiting) answer();
        waiting = [];
      },
    };
  }

  test('go side by side, each in its order', async () => {
    const { answer, held, open } = gate();
    script = { '1a': [answer], '2a': [answer] };
    const results = emitted(partitions('1a 1b 2a 2b'));
    await until('both partitions', () => held() === 2);
    expect(order()).toEqual(['1a', '2a']);
    open();
    expect((await results).map(({ id }) => id).sort()).toEqual(['1a', '1b', '2a', '2b']);
    expect(order().slice(2).sort()).toEqual(['1b', '2b']);
  });

  test('are eight at most at a time', async () => {
    const { answer, held, open } = gate();
    const ids = Array.from({ length: 20 }, (_, index) => `${index}a`);
    script = Object.fromEntries(ids.map((id) => [id, [answer]]));
    const results = emitted(partitions(ids.join(' ')));
    await until('eight partitions', () => held() === 8);
    open();
    await until('the next eight', () => held() === 8);
    expect(delivered).toHaveLength(16);
    open();
    await until('the rest', () => held() === 4);
    open();
    expect(await results).toHaveLength(20);
  });

  test('follow what has to be answered before', async () => {
    const { answer, held, open } = gate();
    script = { new: [answer], '2a': [answer] };
    const results = emitted(partitions('new | 1a 2a | filled settled'));
    await until('the first', () => held() === 1);
    expect(order()).toEqual(['new']);
    open();
    await until('the second', () => held() === 1 && delivered.length === 3);
    expect(order().slice(1).sort()).toEqual(['1a', '2a']);
    open();
    await results;
    expect(order().slice(3)).toEqual(['filled', 'settled']);
  });

  test('end alone: the others go on, but nothing goes that follows all', async () => {
    script = { '1a': [again] };
    const results = await emitted(partitions('1a 1b 2a 2b | filled'), { attempts: 1 });
    expect(results.map(({ id }) => id)).toEqual(['2a', '2b']);
    expect(new Set(order())).toEqual(new Set(['1a', '1a*', '2a', '2b']));
  });

  /** An answer that comes once the other partition is under way. */
  const whenBothRun =
    (outcome: SinkOutcome): Answer =>
    async () => {
      await until('both partitions', () => delivered.length >= 2);
      return outcome;
    };

  test('end together when the sink rejects everything', async () => {
    script = { '1a': [whenBothRun({ outcome: 'unauthorised', refusal })], '2a': [again, accepted] };
    const { type, details } = await leftToWorkflow(partitions('1a 1b 2a 2b'));
    expect({ type, details }).toEqual({ type: EMISSION_UNAUTHORISED, details: { results: [], refusal } });
    expect(order()).toEqual(['1a', '2a']);
  });

  test('end together when the sink requests a pause, and go on behind the answers', async () => {
    script = { '1a': [whenBothRun(busyFor(1_500)), accepted], '2b': [whenBothRun(busyFor(1_000)), accepted] };
    const results = await emitted(partitions('1a 1b 2a 2b'), { attempts: 2 });
    expect(results.map(({ id }) => id).sort()).toEqual(['1a', '1b', '2a', '2b']);
    expect(order().filter((id) => id.startsWith('2a'))).toEqual(['2a']);
    expect(order()).not.toContain('1b');
    expect((delivered.at(-1)?.at ?? 0) - (delivered[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_500);
  });
});

describe('heartbeats', () => {
  /** Runs a batch with a recorder of heartbeats. */
  async function beatsOf(events: EventToSend[]): Promise<unknown[]> {
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const beats: unknown[] = [];
    environment.on('heartbeat', (details: unknown) => beats.push(structuredClone(details)));
    const activities = createEmissionActivities(sink, awayStore);
    await environment.run(() => activities.emitOrderEvents({ correlationId: 'portfolio-order/1', events }));
    return beats;
  }

  const events = ['a', 'b'].map((id) => ({ id, body: body(id) }));

  test('are none where all answers come soon: they cost, and save nothing', async () => {
    await expect(beatsOf(events)).resolves.toEqual([]);
  });

  test('have the answers, once these have waited for a second', async () => {
    script = {
      b: [
        async () => {
          await sleep(1_500);
          return accepted;
        },
      ],
    };
    await expect(beatsOf(events)).resolves.toEqual([[{ id: 'a', outcome: 'accepted' }]]);
  });
});

describe('a pause that the sink requests', () => {
  const waited = (): number => (delivered[1]?.at ?? 0) - (delivered[0]?.at ?? 0);

  test('is respected', async () => {
    script = { a: [busyFor(1_500), accepted] };
    await emitted();
    expect(waited()).toBeGreaterThanOrEqual(1_500);
    expect(order()).toEqual(['a', 'a*', 'b*', 'c*']);
  });

  test('of the client itself, while the sink is known to take nothing, is respected in all partitions', async () => {
    const unsent: SinkOutcome = { outcome: 'retry', refusal, unsentForMs: 1_500 };
    script = { a: [unsent, accepted] };
    await emitted();
    expect(waited()).toBeGreaterThanOrEqual(1_500);
    expect(order()).toEqual(['a', 'a*', 'b*', 'c*']);
  });

  test('of the client itself is never said to be the sink’s: the call fails with the cause', async () => {
    script = { a: [{ outcome: 'retry', refusal, unsentForMs: 30_000 }] };
    const failure = await failureOf(undefined, { scheduleToCloseTimeout: 20_000 });
    expect(failure).toMatchObject({ type: 'FULFILLMENT_RETRY', message: refusal.message });
    expect(order()).toEqual(['a']);
  });

  test('of zero does not cause a busy loop', async () => {
    script = { a: [busyFor(0), accepted] };
    await emitted();
    expect(waited()).toBeGreaterThanOrEqual(190);
  });

  test.each([
    ['of more than a minute', 60_001, 600_000],
    ['of more than what is left', 30_000, 20_000],
  ])('%s is passed to the workflow, with the answers so far', async (_what, retryAfterMs, left) => {
    script = { b: [busyFor(retryAfterMs)] };
    await expect(leftToWorkflow(undefined, { scheduleToCloseTimeout: left })).resolves.toEqual({
      type: EMISSION_BUSY,
      details: { results: [{ id: 'a', outcome: 'accepted' }], refusal, retryAfterMs },
    });
    expect(order()).toEqual(['a', 'b']);
  });
});

test('when the sink rejects everything, it stops sending, and the workflow gets the answers so far', async () => {
  script = { a: [{ outcome: 'refused', refusal }], b: [again, { outcome: 'unauthorised', refusal }] };
  await expect(leftToWorkflow()).resolves.toEqual({
    type: EMISSION_UNAUTHORISED,
    details: { results: [{ id: 'a', outcome: 'refused', refusal }], refusal },
  });
  expect(order()).toEqual(['a', 'b', 'b*']);
});

test('the last heartbeat has the answers so far at the timeout', async () => {
  script = { b: [busyFor(1_000), nothing] };
  const failure = await failureOf(undefined, { scheduleToCloseTimeout: 2_000 });
  if (!(failure instanceof TimeoutFailure)) throw failure;
  expect(failure.lastHeartbeatDetails).toEqual([{ id: 'a', outcome: 'accepted' }]);
});

test('a cancelled call ends between two events', async () => {
  // A sink that finishes started calls.
  const untilAborted: Answer = (signal) =>
    new Promise((resolve) => {
      const finish = (): void => {
        resolve(accepted);
      };
      if (signal.aborted) finish();
      signal.addEventListener('abort', finish);
    });
  let isCancelled: () => void = () => undefined;
  const cancelled = new Promise<void>((resolve) => (isCancelled = resolve));
  let isBegun: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (isBegun = resolve));
  const held: Answer = async () => {
    isBegun();
    await cancelled;
    return accepted;
  };
  script = { a: [held], b: [untilAborted] };
  // The cancellation comes with the answer to a heartbeat; the SDK sends one every 0.8 times this.
  const handle = await start(undefined, { heartbeatTimeout: 6_000 });
  await begun;
  await handle.cancel();
  isCancelled();
  const error = await rejection(handle.result());
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
  expect(order()).toEqual(['a', 'b']);
});
