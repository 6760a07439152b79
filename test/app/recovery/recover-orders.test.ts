/** What a recovery does with each order of the database, by what Temporal has of it. Without a server. */
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import {
  recoverOrders,
  type OrdersRecovered,
  type RecoverOrdersOptions,
} from '../../../src/app/recovery/recover-orders';
import type { SavedRow } from '../../../src/app/ports/recovery-store';
import type { OrderState } from '../../../src/domain/order-state/state';
import { portfolioOrderWorkflowId } from '../../../contracts/portfolio-order';
import { openOrder, savedSettings } from '../../support/saved-orders';
import { fakeTemporal, type FakeTemporal, type FakeWorkflow } from '../../support/fake-temporal';

const VERSION = 100;

/** The state of a workflow that has saved itself so far. */
const savedAt = (version: number, recovery: OrderState['recovery'] = 'recovered'): OrderState => ({
  ...openOrder(),
  recovery,
  saving: { version },
});
const running = (view: OrderState): FakeWorkflow => ({ status: 'RUNNING', view });
/** What a workflow that was started from its row becomes. */
const RESTARTED = running(savedAt(VERSION + 1));

interface Given {
  open?: string[];
  finished?: string[];
  /** Of the orders: default, none. */
  workflows?: Record<string, FakeWorkflow>;
  /** What a started workflow is. */
  started?: FakeWorkflow;
  /** Orders whose rows have no state. */
  stateless?: string[];
  /** Version that rows have once their workflows were asked. */
  versionAfter?: number;
}

function given({ open = [], finished = [], stateless = [], versionAfter = VERSION + 1, ...more }: Given): {
  temporal: FakeTemporal;
  lines: string[];
  recover: (options?: RecoverOrdersOptions) => Promise<OrdersRecovered>;
} {
  const workflows = Object.entries(more.workflows ?? {}).map(
    ([id, workflow]) => [portfolioOrderWorkflowId(id), workflow] as const,
  );
  const temporal = fakeTemporal(Object.fromEntries(workflows), more.started ?? RESTARTED);
  const rowOf = (id: string): SavedRow => ({
    portfolioOrderId: id,
    version: temporal.calls.some(({ workflowId }) => workflowId === portfolioOrderWorkflowId(id))
      ? versionAfter
      : VERSION,
    isFinished: finished.includes(id),
  });
  const rows = {
    async *openOrders() {
      for (const id of open) yield await Promise.resolve(rowOf(id));
    },
    orders: (ids: readonly string[]) =>
      Promise.resolve(ids.filter((id) => [...open, ...finished].includes(id)).map(rowOf)),
  };
  const saved = {
    read: (id: string) =>
      Promise.resolve(
        stateless.includes(id)
          ? undefined
          : { version: VERSION, state: savedAt(VERSION), settings: savedSettings },
      ),
  };
  const lines: string[] = [];
  const deps = { client: temporal.client, taskQueue: 'orders', rows, saved };
  return {
    temporal,
    lines,
    recover: (options = {}) =>
      recoverOrders(deps, {
        ...{ pollMs: 1, patienceMs: 50, onProgress: (line: string) => void lines.push(line) },
        ...options,
      }),
  };
}

const NOTHING: OrdersRecovered = {
  ...{ open: 0, started: 0, behind: 0, current: 0, finishedBefore: 0, unsaved: 0 },
  endedInTemporal: [],
  failed: [],
};

const asked = ({ calls }: FakeTemporal): string[] =>
  calls.map(({ call, workflowId }) => `${call} ${workflowId.slice(portfolioOrderWorkflowId('').length)}`);

const LOST: Given = {
  open: ['gone', 'killed', 'older', 'same', 'ended'],
  finished: ['again', 'done'],
  workflows: {
    killed: { status: 'TERMINATED' },
    older: running(savedAt(VERSION - 1)),
    same: running(savedAt(VERSION)),
    ended: { status: 'COMPLETED' },
    again: running(savedAt(VERSION - 1)),
    done: { status: 'COMPLETED' },
    'has no row': running(savedAt(0)),
  },
};
const FOUND: OrdersRecovered = {
  ...NOTHING,
  ...{ open: 5, started: 2, behind: 2, current: 1, finishedBefore: 1, unsaved: 1 },
  endedInTemporal: ['ended'],
};

it('starts what is gone or was terminated, and asks what runs to compare itself with its row', async () => {
  const { temporal, recover } = given({
    ...LOST,
    workflows: {
      ...LOST.workflows,
      // Later looks see what the workflow made of its row.
      older: takesItsRow(),
      again: takesItsRow(),
    },
  });
  expect(await recover()).toEqual(FOUND);
  expect(asked(temporal).sort()).toEqual([
    'update again',
    'update older',
    'update same',
    'update-with-start gone',
    'update-with-start killed',
  ]);
  const [first] = temporal.calls;
  expect(first?.options.args).toMatchObject([{ actor: 'coordinator' }]);
});

/** Behind its row until it is asked. */
function takesItsRow(): FakeWorkflow {
  const workflow = running(savedAt(VERSION - 1));
  workflow.update = () => {
    workflow.view = savedAt(VERSION + 1);
    return Promise.resolve({ rule: 'operator:reconcile', decided: '' });
  };
  return workflow;
}

it('in a dry run says the same, and changes nothing', async () => {
  const { temporal, recover } = given(LOST);
  expect(await recover({ isDryRun: true })).toEqual(FOUND);
  expect(temporal.calls).toEqual([]);
});

it('starts an order with the settings of its row, and leaves a completed one alone', async () => {
  const { temporal, recover } = given({ open: ['gone'] });
  expect(await recover()).toMatchObject({ started: 1, failed: [] });
  const [call] = temporal.calls;
  expect(call?.options.startWorkflowOperation).toMatchObject({
    options: {
      ...{ taskQueue: 'orders', workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY' },
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ ...savedSettings, portfolioOrderId: 'gone' }],
    },
  });
});

it('tries what failed twice more, and names what still fails; the others go on', async () => {
  const { temporal, recover } = given({ open: ['busy', 'broken', 'empty', 'fine'], stateless: ['empty'] });
  const fail = (id: string, times: number) =>
    temporal.failures.set(
      portfolioOrderWorkflowId(id),
      Array.from({ length: times }, () => new Error(`${id} fails`)),
    );
  fail('busy', 2);
  fail('broken', 3);
  expect(await recover()).toEqual({
    ...NOTHING,
    ...{ open: 4, started: 3 },
    failed: [
      { name: 'broken', why: 'broken fails' },
      { name: 'empty', why: 'The row has no state' },
    ],
  });
  expect(asked(temporal)).toEqual(['update-with-start fine', 'update-with-start busy']);
});

it('names orders that no worker took, and those that have not recovered in time', async () => {
  const noWorker = () => Promise.reject(new WorkflowUpdateRPCTimeoutOrCancelledError('no answer'));
  const silent = given({
    open: ['silent'],
    workflows: { silent: { ...running(savedAt(VERSION)), update: noWorker } },
  });
  expect((await silent.recover()).failed).toEqual([{ name: 'silent', why: 'No worker answered in time' }]);

  for (const stuck of [
    given({ open: ['stuck'], versionAfter: VERSION }),
    given({ open: ['stuck'], started: running(savedAt(VERSION + 1, 'recovering')) }),
  ])
    expect(await stuck.recover()).toMatchObject({
      started: 1,
      failed: [
        { name: 'stuck', why: expect.stringMatching(/has not recovered yet.*Run this again/) as string },
      ],
    });
});

it('tells how far it is', async () => {
  const { lines, recover } = given({ open: ['one', 'two'] });
  await recover({ concurrency: 1 });
  expect(lines).toEqual(['Orders asked: 2 of 2', 'Orders recovered: 2 of 2']);
});
