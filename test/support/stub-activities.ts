/** Activities that answer as a test scripts them, per workflow, and record each call. No HTTP, no simulators. */
import { activityInfo, ApplicationFailure, cancelled, heartbeat } from '@temporalio/activity';
import type { Activities } from '../../activities';
import { eventsOf, type OrderEventBatch, type RecordSave } from '../../contracts/activities';
import type { Compressible } from '../../contracts/compressible';

type AllActivities = Activities['broker'] & Activities['orders'];
/** As tests see them: a batch has its events, also where the call has them in its save. */
type SeenActivities = Omit<AllActivities, 'emitOrderEvents'> & {
  emitOrderEvents: (
    batch: Required<OrderEventBatch>,
    save?: Compressible<RecordSave>,
  ) => ReturnType<AllActivities['emitOrderEvents']>;
};
export type ActivityName = keyof AllActivities;

/** Implementation of an activity in a test: a function like the real one, or an immediate answer. */
export type Script<N extends ActivityName> = (
  ...input: Parameters<SeenActivities[N]>
) => Awaited<ReturnType<AllActivities[N]>> | ReturnType<AllActivities[N]>;

type Scripts = { [N in ActivityName]: Script<N> };

/** One call of an activity; each attempt is one. */
export interface Call<N extends ActivityName = ActivityName> {
  name: N;
  input: Parameters<SeenActivities[N]>[0];
  /** The save that a batch of events carries. */
  save: Parameters<SeenActivities[N]>[1];
  attempt: number;
  /** Milliseconds since the epoch, by this process's clock. */
  at: number;
}

export interface StubActivities {
  activities: AllActivities;
  /** Scripts an activity for one workflow from here on, in place of {@link DEFAULTS}. */
  script<N extends ActivityName>(workflowId: string, name: N, script: Script<N>): void;
  /** Calls from one workflow, oldest first. */
  calls<N extends ActivityName>(workflowId: string, name: N): Call<N>[];
}

function unscripted(name: ActivityName): () => never {
  return () => {
    throw ApplicationFailure.nonRetryable(`The test has scripted no answer for ${name}`, 'Unscripted');
  };
}

/**
 * Defaults: no other placement, no predecessor run, an ESW that accepts everything, and a records database that takes every save
 * and has nothing.
 */
const DEFAULTS: Scripts = {
  placeAtBroker: unscripted('placeAtBroker'),
  findPlacedOrder: unscripted('findPlacedOrder'),
  readPlacedOrder: unscripted('readPlacedOrder'),
  readPortfolioOrder: unscripted('readPortfolioOrder'),
  readOrders: unscripted('readOrders'),
  cancelPortfolioOrder: unscripted('cancelPortfolioOrder'),
  handOff: () => 'handed-off',
  savePlacement: () => undefined,
  findOpenPlacement: () => false,
  routeParkedEvent: unscripted('routeParkedEvent'),
  saveParkedDecisions: () => undefined,
  findPredecessorRun: () => ({ kind: 'none' }),
  placeAgain: unscripted('placeAgain'),
  beginSweep: unscripted('beginSweep'),
  sweepPage: unscripted('sweepPage'),
  sweepUnlisted: unscripted('sweepUnlisted'),
  countSuspects: unscripted('countSuspects'),
  checkSuspects: unscripted('checkSuspects'),
  endSweep: unscripted('endSweep'),
  saveRecord: () => undefined,
  emitOrderEvents: ({ events }, save) => {
    const results = events.map(({ id }) => ({ id, outcome: 'accepted' as const }));
    return save === undefined
      ? results
      : {
          results,
          savedBefore: true,
          savedAfter: true,
          answeredAt: activityInfo().currentAttemptScheduledTimestampMs,
        };
  },
};

export function createStubActivities(): StubActivities {
  const scripts = new Map<string, Partial<Scripts>>();
  const calls = new Map<string, Call[]>();

  function stub<N extends ActivityName>(name: N): AllActivities[N] {
    const run = async (...given: Parameters<AllActivities[N]>): Promise<unknown> => {
      const input = seen(name, given);
      const { workflowExecution, attempt } = activityInfo();
      const workflowId = workflowExecution?.workflowId ?? '';
      const call = { name, input: input[0], save: input[1], attempt, at: Date.now() } as Call;
      calls.set(workflowId, [...(calls.get(workflowId) ?? []), call]);
      const script = scripts.get(workflowId)?.[name] ?? DEFAULTS[name];
      return script(...input);
    };
    return run as AllActivities[N];
  }

  function seen<N extends ActivityName>(
    name: N,
    given: Parameters<AllActivities[N]>,
  ): Parameters<SeenActivities[N]> {
    if (name !== 'emitOrderEvents') return given;
    const [batch, save] = given as Parameters<AllActivities['emitOrderEvents']>;
    return [{ ...batch, events: eventsOf(batch, save) }, save] as unknown as Parameters<SeenActivities[N]>;
  }

  const names = Object.keys(DEFAULTS) as ActivityName[];
  return {
    activities: Object.fromEntries(names.map((name) => [name, stub(name)])) as unknown as AllActivities,
    script(workflowId, name, script) {
      scripts.set(workflowId, { ...scripts.get(workflowId), [name]: script });
    },
    calls<N extends ActivityName>(workflowId: string, name: N) {
      return (calls.get(workflowId) ?? []).filter((call): call is Call<N> => call.name === name);
    },
  };
}

/**
 * An answer that a test holds back until it releases it. The activity heartbeats meanwhile, as the real ones do. It ends
 * with its worker, so that a test that fails before the release does not hang.
 */
export function held<T>(answer: () => T): { script: () => Promise<T>; release: () => void } {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const script = async (): Promise<T> => {
    const pulse = setInterval(heartbeat, 5_000);
    try {
      await Promise.race([released, cancelled()]);
    } finally {
      clearInterval(pulse);
    }
    return answer();
  };
  return { script, release };
}
