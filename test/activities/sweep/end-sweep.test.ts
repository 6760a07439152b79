/** How a sweep ends: references whose placements were never started are breaks, until they are started. */
import type { Client } from '@temporalio/client';
import { createSweepActivities, type SweepDeps } from '../../../activities/sweep/sweep';
import type { FoundBreak, SweepStore } from '../../../src/app/ports/sweeps';
import { BREAK_CAUSES } from '../../../src/domain/records/break-causes';
import type { Sweep } from '../../../contracts/sweep';
import { attempt } from '../../support/activity-attempts';
import { savedSettings } from '../../support/saved-orders';

const sweep: Sweep = {
  ...{ id: 'one', since: '2026-03-01T10:00:00.000Z', until: '2026-03-02T10:00:00.000Z' },
  graceMs: 60_000,
};
const RESULT = {
  sweepId: 'one',
  since: sweep.since,
  until: sweep.until,
  orders: 6,
  breaks: 1,
  repaired: 0,
  changing: 0,
};

/** What the activity does, in order. @param markUnstarted default: it marks, as the use case does */
async function end(
  ending: Sweep,
  references: string[],
  markUnstarted: SweepDeps['markUnstarted'] = () => Promise.resolve(),
) {
  const done: string[] = [];
  const marked: Date[] = [];
  const replaced: { cause: string; breaks: readonly FoundBreak[] }[] = [];
  const sweeps: Pick<SweepStore, 'notStarted' | 'replace' | 'end'> = {
    notStarted: () => {
      done.push('read');
      return Promise.resolve(references);
    },
    replace: (_id, cause, breaks) => {
      done.push('replace');
      replaced.push({ cause, breaks });
      return Promise.resolve();
    },
    end: () => {
      done.push('end');
      return Promise.resolve(RESULT);
    },
  };
  const activities = createSweepActivities({
    ...{ client: {} as unknown as Client, orderTaskQueue: 'orders', settings: savedSettings },
    ...{ inbox: {} as SweepDeps['inbox'], upvest: {} as SweepDeps['upvest'] },
    sweeps: sweeps as SweepStore,
    markUnstarted: async (before) => {
      done.push('mark');
      marked.push(before);
      await markUnstarted(before);
    },
  });
  const begunAt = Date.now();
  const { result } = await attempt((input: { sweep: Sweep }) => activities.endSweep(input), {
    sweep: ending,
  });
  return { result, done, replaced, ages: marked.map((before) => begunAt - before.getTime()) };
}

it('names each reference that is older than the grace, after it has looked which ones those are', async () => {
  const { result, done, replaced, ages } = await end(sweep, ['SP-1', 'SP-2']);
  expect(result).toEqual({ status: 'fulfilled', value: RESULT });
  expect(done).toEqual(['mark', 'read', 'replace', 'end']);
  expect(ages).toHaveLength(1);
  expect(Math.abs((ages[0] ?? 0) - sweep.graceMs)).toBeLessThan(30_000);
  expect(replaced).toEqual([
    {
      cause: 'UNSTARTED_PLACEMENT',
      breaks: ['SP-1', 'SP-2'].map((reference) => ({
        ...{ cause: 'UNSTARTED_PLACEMENT', subject: '', reference },
        text: `The reference ${reference} was taken, and its placement was never started`,
      })),
    },
  ]);
  expect(BREAK_CAUSES.UNSTARTED_PLACEMENT.remedy).toContain('Submit the same request again');
});

it('resolves them all once each was started', async () => {
  const { replaced } = await end(sweep, []);
  expect(replaced).toEqual([{ cause: 'UNSTARTED_PLACEMENT', breaks: [] }]);
});

it('does neither in an import, which is not about what was placed here', async () => {
  const { done } = await end({ ...sweep, import: { emit: 'none', dryRun: false } }, ['SP-1']);
  expect(done).toEqual(['end']);
});

it('does not end while Temporal or the records database is away: it is tried again', async () => {
  const { result, done } = await end(sweep, [], () => Promise.reject(new Error('away')));
  expect(result.status).toBe('rejected');
  expect(done).toEqual(['mark']);
});
