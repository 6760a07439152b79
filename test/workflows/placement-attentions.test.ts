/** Every attention of a placement, running or ended: each command that is proposed is accepted, and following one empties the list. */
import { randomUUID } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { searchAttributes } from '../../contracts/search-attributes';
import { createInterruptedOrders } from '../../src/app/orders/interrupted-orders';
import { createOrderOperations, type OrderOperation } from '../../src/app/orders/operate';
import { createOrderReader } from '../../src/app/orders/read';
import { summaryLines } from '../../src/cli/output/order-summary';
import { PLACEMENT_STOPPED, type PostFailure } from '../../src/domain/broker/placement-stop';
import { is, readIndex, type IndexedRun } from '../../src/temporal/visibility';
import { byPoll, processedToSettled, whole } from '../support/observations';
import { OPERATOR } from '../support/order-under-test';
import { endedAs } from '../support/placed-order';
import {
  newPlacement,
  type PlacementOptions,
  type PlacementUnderTest,
} from '../support/placement-under-test';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { until } from '../support/until';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

/** A placement that is found again by its account. */
type Situation = () => Promise<PlacementUnderTest>;

const hourAgo = (): Date => new Date(Date.now() - 3_600_000);

function unanswered(options: PlacementOptions = {}): PlacementUnderTest {
  const placement = newPlacement(worker, options);
  placement.script('placeAtBroker', () => {
    throw new Error('no answer');
  });
  placement.script('findPlacedOrder', () => undefined);
  placement.script('readPlacedOrder', ({ portfolioOrderId }) => ({
    ...placement.asNew,
    id: portfolioOrderId,
    source: byPoll(),
  }));
  return placement;
}

const unknown: Situation = async () => {
  const placement = unanswered({ requestedAt: hourAgo() });
  const candidates = [placement.order.id, randomUUID()];
  placement.script('findPlacedOrder', () => ({ candidates }));
  await placement.start();
  await placement.viewWhen('two candidates', (view) => view.candidates?.length === 2);
  return placement;
};

const stopped: Situation = async () => {
  const placement = unanswered();
  const failure: PostFailure = {
    mayHavePlaced: false,
    why: 'unauthorised',
    retryAfterMs: 3_000,
    problem: { status: 401 },
  };
  let isFixed = false;
  placement.script('placeAtBroker', () => {
    if (isFixed) return placement.answered();
    throw ApplicationFailure.nonRetryable('401', PLACEMENT_STOPPED, failure);
  });
  await placement.start();
  await placement.viewWhen('the pause', (view) => view.stopped?.flagged === true);
  isFixed = true;
  return placement;
};

/** The order that the POST made finished as an adopted one before the placement knew it. */
const afterFinish: Situation = async () => {
  const placement = unanswered({ requestedAt: hourAgo(), policies: { placedGraceMs: 100 } });
  const { order, broker } = placement;
  const settled = [whole(broker, 'NEW'), ...processedToSettled(broker)];
  await order.deliver(...settled);
  expect(await endedAs(order, settled)).toMatchObject({ origin: 'adopted' });
  await placement.start();
  await placement.viewWhen('UNKNOWN', ({ phase }) => phase === 'UNKNOWN');
  await perform(placement.reference, {
    name: 'identify',
    decision: { ...OPERATOR, portfolioOrderId: order.id },
  });
  expect(await placement.handle.result()).toMatchObject({ outcome: 'placed', portfolioOrderId: order.id });
  return placement;
};

const terminated =
  (situation: Situation): Situation =>
  async () => {
    const placement = await situation();
    await placement.handle.terminate('by mistake');
    return placement;
  };

const placing: Situation = async () => {
  const placement = unanswered();
  await placement.start();
  await until('the first POST', () => placement.calls('placeAtBroker').length > 0);
  return placement;
};

async function perform(name: string, operation: OrderOperation): Promise<void> {
  const { settings } = newPlacement(worker).order;
  const operations = createOrderOperations(worker.client, worker.taskQueue, settings, 10_000);
  expect([operation.name, await operations.perform(name, operation)]).toEqual([
    operation.name,
    expect.objectContaining({ kind: 'decided' }),
  ]);
}

/** The commands that `show` proposes. */
async function proposals({ reference }: PlacementUnderTest): Promise<string[]> {
  const view = await createOrderReader(worker.client).read(reference);
  if (view === undefined) return [];
  const lines = summaryLines(view).map(stripVTControlCharacters);
  return lines.flatMap((line) => /\$ portfolio-orders (.*)/.exec(line)?.[1] ?? []);
}

/** Runs a proposed command, which must be accepted. */
async function follow(proposal: string): Promise<void> {
  const [name = '', order = ''] = proposal.split(' ');
  const option = (flag: string): string | undefined => new RegExp(`--${flag} (\\S+)`).exec(proposal)?.[1];
  const code = option('code');
  const portfolioOrderId = option('order');
  const decision = {
    ...OPERATOR,
    ...(code !== undefined && { codes: [code] }),
    ...(portfolioOrderId !== undefined && { portfolioOrderId }),
  };
  await perform(order, { name, decision } as OrderOperation);
}

const isDecision = (proposal: string): boolean => !/^(timeline|doctor|list|parked)\b/.test(proposal);

/** What the index has of the account: what its workflows have put there themselves, and interruptions. */
async function listed({ broker, reference, order }: PlacementUnderTest): Promise<string[]> {
  const { client, taskQueue } = worker;
  const query = [
    is('TaskQueue', taskQueue),
    is(searchAttributes.accountId, broker.accountId),
    `NOT ${is('ExecutionStatus', 'ContinuedAsNew')}`,
  ].join(' AND ');
  const { runs } = await readIndex(client, query, { limit: 10 });
  const latest = new Map<string, IndexedRun>();
  for (const run of runs) {
    const other = latest.get(run.workflowId);
    if (other === undefined || other.startedAt < run.startedAt) latest.set(run.workflowId, run);
  }
  const interrupted = await createInterruptedOrders(client, taskQueue).current();
  const isInterrupted =
    interrupted.references.includes(reference) || interrupted.portfolioOrderIds.includes(order.id);
  const attentions = [...latest.values()].flatMap((run) => run.values(searchAttributes.attention));
  return [...(isInterrupted ? ['INTERRUPTED'] : []), ...new Set(attentions)];
}

async function tidyUp({ handle, order }: PlacementUnderTest): Promise<void> {
  for (const one of [handle, order.handle]) await one.terminate('the end of the test').catch(() => undefined);
}

it.each<[code: string, situation: Situation, commands: string[]]>([
  ['PLACEMENT_UNKNOWN', unknown, ['identify', 'identify', 'identify']],
  ['PLACEMENT_STOPPED', stopped, []],
  ['PLACED_AFTER_FINISH', afterFinish, ['acknowledge']],
  ['INTERRUPTED', terminated(placing), ['reconcile']],
  ['INTERRUPTED', terminated(unknown), ['reconcile']],
])(
  '%s: each proposal is accepted, and following it empties the list (14.20)',
  async (code, situation, names) => {
    for (let choice = 0; choice < Math.max(1, names.length); choice += 1) {
      const placement = await situation();
      await until('the attention', async () => (await listed(placement)).includes(code));
      let commands = (await proposals(placement)).filter(isDecision);
      expect(commands.map((one) => one.split(' ')[0])).toEqual(names);
      for (let next = commands[choice]; next !== undefined; next = commands.at(-1)) {
        await follow(next);
        const before = commands;
        // What was decided is carried out, and may lead to the next question.
        commands = await until('the outcome', async () => {
          const now = (await proposals(placement)).filter(isDecision);
          return now.join() !== before.join() && now;
        });
      }
      await until('an empty list', async () => (await listed(placement)).length === 0);
      await tidyUp(placement);
    }
  },
);

it('is listed by the API as that of an order is, until the placement is interrupted (14.57)', async () => {
  const attentionsOf = async ({ reference }: PlacementUnderTest) =>
    (await createOrderReader(worker.client).read(reference))?.placement?.attentions;
  for (const [code, situation, actions] of [
    ['PLACEMENT_UNKNOWN', unknown, ['identify']],
    ['PLACEMENT_STOPPED', stopped, []],
  ] as const) {
    const placement = await situation();
    expect(await attentionsOf(placement)).toEqual([
      expect.objectContaining({ code, actions, since: expect.any(String) as string }),
    ]);
    await tidyUp(placement);
    expect(await attentionsOf(placement)).toEqual([]);
  }
});

it('a placement that is restarted looks for its order, and POSTs no more (14.20)', async () => {
  const placement = await terminated(placing)();
  const { order, handle, reference } = placement;
  const posts = placement.calls('placeAtBroker').length;
  await follow(`reconcile ${reference}`);
  expect(await placement.viewWhen('UNKNOWN', ({ phase }) => phase === 'UNKNOWN')).toMatchObject({
    reference,
    requestedAt: placement.input.requestedAt,
    request: placement.input.request,
  });
  await until('the search', () => placement.calls('findPlacedOrder').length > 0);
  await follow(`identify ${reference} --order ${order.id}`);
  expect(await handle.result()).toMatchObject({ outcome: 'placed', portfolioOrderId: order.id });
  expect(placement.calls('placeAtBroker')).toHaveLength(posts);
  const { memo } = await handle.describe();
  expect(memo).toMatchObject({ requestDigest: expect.any(String) as string });
  await tidyUp(placement);
});

it('a handoff to a finished order that knows its placement needs no attention (14.20)', async () => {
  const placement = newPlacement(worker);
  const { order, broker } = placement;
  await placement.answered();
  const settled = processedToSettled(broker);
  await order.deliver(...settled);
  await endedAs(order, settled);
  // The answer of the first attempt was lost.
  await placement.start();
  await placement.handle.result();
  expect((await order.view()).attention).toEqual([]);
  const { typedSearchAttributes } = await placement.handle.describe();
  expect(typedSearchAttributes.get(searchAttributes.attention) ?? []).toEqual([]);
  await tidyUp(placement);
});
