/** What a recovery does with each placement of the database, by what Temporal has of it. Without a server. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { claimOf } from '../../../src/app/placements/claim';
import { recoverPlacements, type PlacementsRecovered } from '../../../src/app/recovery/recover-placements';
import type { RecoveryOptions } from '../../../src/app/recovery/work';
import type { Claim, Registered } from '../../../src/app/ports/registry';
import { NO_USER_ID, type PortfolioOrderRequest } from '../../../src/domain/broker/placement';
import { placementWorkflowId, type PlacePortfolioOrderInput } from '../../../contracts/placement';
import { fakeTemporal, type FakeTemporal, type FakeWorkflow } from '../../support/fake-temporal';
import { savedSettings } from '../../support/saved-orders';

/** The input of a run, which Temporal has in the run's history. */
const inputs = new Map<string, PlacePortfolioOrderInput>();
jest.mock('../../../src/temporal/run-input', () => ({
  inputOf: (_client: unknown, workflowId: string) => Promise.resolve(inputs.get(workflowId)),
}));

const request: PortfolioOrderRequest = {
  userId: '11111111-2222-4333-8444-555555555555',
  accountId: '22222222-2222-4333-8444-555555555555',
  cashAmount: '100.00',
  currency: 'EUR',
  side: 'BUY',
  postTax: false,
};
const REQUESTED_AT = '2026-03-02T09:00:00.000Z';
const POSTED_AT = '2026-03-02T09:00:05.000Z';

const inputOf = (reference: string): PlacePortfolioOrderInput => ({
  ...{ reference, request, requestedAt: REQUESTED_AT, attempt: 1, order: savedSettings },
});

/** As the registry has it. */
function registered(name: string, more: Partial<Registered> = {}): Registered {
  const { view, digest } = claimOf(inputOf(name));
  const { userId: _, ...kept } = view.request;
  return {
    name,
    digest,
    submitter: 'desk',
    deployment: 'test',
    requestedAt: REQUESTED_AT,
    view: { ...view, request: kept },
    ...more,
  };
}

function given(
  placements: Registered[],
  workflows: Record<string, FakeWorkflow> = {},
  settings = [savedSettings],
): {
  temporal: FakeTemporal;
  saved: { claim: Claim; at: number }[];
  recover: (options?: RecoveryOptions) => Promise<PlacementsRecovered>;
} {
  const named = Object.entries(workflows).map(([name, one]) => [placementWorkflowId(name), one] as const);
  const temporal = fakeTemporal(Object.fromEntries(named));
  const saved: { claim: Claim; at: number }[] = [];
  const rows = {
    async *openPlacements() {
      for (const one of placements) yield await Promise.resolve(one);
    },
    latestSettings: () => Promise.resolve(settings[0]),
  };
  const registry = {
    save: (claim: Claim, at: number) => {
      saved.push({ claim, at });
      return Promise.resolve();
    },
  };
  const deps = { client: temporal.client, taskQueue: 'orders', rows, registry };
  return { temporal, saved, recover: (options) => recoverPlacements(deps, options) };
}

const NOTHING: PlacementsRecovered = {
  ...{ open: 0, running: 0, ended: 0, lookedUp: 0 },
  ...{ toSubmitAgain: [], interrupted: [], failed: [] },
};
const STARTED = { startedAt: '2026-03-02T09:00:01.000Z' };

it('leaves what runs alone, and names what was terminated and what never began', async () => {
  const { temporal, saved, recover } = given(
    [registered('runs', STARTED), registered('killed', STARTED), registered('never')],
    { runs: { status: 'RUNNING' }, killed: { status: 'TERMINATED' } },
  );
  expect(await recover()).toEqual({
    ...NOTHING,
    ...{ open: 3, running: 1, interrupted: ['killed'], toSubmitAgain: ['never'] },
  });
  expect([...temporal.calls, ...saved]).toEqual([]);
});

it('brings the row of a placement that has ended up to date', async () => {
  const { view } = claimOf(inputOf('ended'));
  const last = { ...view, phase: 'NOT_PLACED' as const, steps: [{ at: POSTED_AT, rule: 'r', text: 't' }] };
  const ended: FakeWorkflow = { status: 'COMPLETED', result: { view: last }, memo: { submitter: 'shop' } };
  inputs.set(placementWorkflowId('ended'), inputOf('ended'));
  const { saved, recover } = given([registered('ended', STARTED)], { ended });
  expect(await recover({ isDryRun: true })).toEqual({ ...NOTHING, open: 1, ended: 1 });
  expect(saved).toEqual([]);
  expect(await recover()).toEqual({ ...NOTHING, open: 1, ended: 1 });
  expect(saved).toMatchObject([{ claim: { view: last, submitter: 'shop' }, at: Date.parse(POSTED_AT) }]);
});

it('looks for the order of a placement that Temporal has lost, without the user id, and never POSTs', async () => {
  const lost = registered('lost~2', { ...STARTED, postedAt: POSTED_AT });
  const begun = lost.view && { ...lost.view, attempt: 2, correctionOf: 'lost' };
  const { temporal, recover } = given([{ ...lost, ...(begun && { view: begun }) }]);
  expect(await recover({ isDryRun: true })).toEqual({ ...NOTHING, open: 1, lookedUp: 1 });
  expect(temporal.calls).toEqual([]);
  expect(await recover()).toEqual({ ...NOTHING, open: 1, lookedUp: 1 });
  expect(temporal.calls).toMatchObject([
    {
      ...{ call: 'start', workflowId: placementWorkflowId('lost~2') },
      options: {
        ...{ taskQueue: 'orders', workflowIdReusePolicy: 'REJECT_DUPLICATE' },
        // Of the request as the client sent it: its next submit is compared with it.
        memo: { requestDigest: claimOf(inputOf('lost')).digest, submitter: 'desk' },
        args: [
          {
            ...{
              reference: 'lost',
              attempt: 2,
              correctionOf: 'lost',
              deployment: 'test',
              order: savedSettings,
            },
            request: { ...request, userId: NO_USER_ID },
            ...{ requestedAt: POSTED_AT, lookSince: REQUESTED_AT },
            lookUp: { view: { phase: 'UNKNOWN' } },
          },
        ],
      },
    },
  ]);
});

it('asks for the same request where no saved order says with which settings a placement would run', async () => {
  const { temporal, recover } = given([registered('first', STARTED)], {}, []);
  expect(await recover()).toEqual({ ...NOTHING, open: 1, toSubmitAgain: ['first'] });
  expect(temporal.calls).toEqual([]);
});

it('takes a placement that was started meanwhile for looked up', async () => {
  const { temporal, recover } = given([registered('raced', STARTED)]);
  const workflowId = placementWorkflowId('raced');
  const isStarted = new WorkflowExecutionAlreadyStartedError('it runs', workflowId, 'placePortfolioOrder');
  temporal.client.workflow.start = () => Promise.reject(isStarted);
  expect(await recover()).toEqual({ ...NOTHING, open: 1, lookedUp: 1 });
});

it('names what fails, and goes on', async () => {
  const withoutRequest: Registered = { name: 'bare', ...STARTED };
  const { temporal, recover } = given([
    withoutRequest,
    registered('away', STARTED),
    registered('fine', STARTED),
  ]);
  temporal.failures.set(placementWorkflowId('away'), [new Error('Temporal is away')]);
  expect(await recover({ concurrency: 1 })).toEqual({
    ...NOTHING,
    ...{ open: 3, lookedUp: 1 },
    failed: [
      { name: 'bare', why: 'The row does not have its request' },
      { name: 'away', why: 'Temporal is away' },
    ],
  });
});
