/** The coordinator without its HTTP server: the functions behind the API, called here. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { readServerConfig, readWorkerConfig, ConfigurationError, type CoordinatorConfig } from '../config';
import type { Decided } from '../domain/operators';
import { HttpProblem, noSuchOrder } from '../http/problem';
import { present } from '../json';
import { nextCursor, placeIn } from '../http/cursor';
import { orderParams, read } from '../http/input';
import { attemptOf, decidedOf, noSuchParkedEvent } from '../http/operations';
import { idempotencyHeaders } from '../http/schemas/decisions';
import { orderQuery } from '../http/schemas/orders';
import { parkedEventParams, parkedEventQuery } from '../http/schemas/parked-events';
import { submission } from '../http/schemas/submission';
import { timelineSvg } from '../picture';
import { connectClient, resolveTarget, withBudget } from '../temporal/connection';
import { createOrderList } from '../temporal/order-list';
import { createOrderOperations } from '../temporal/order-operations';
import { createOrderReader, type OrderStory } from '../temporal/order-reader';
import { createParkedEvents } from '../temporal/parked-events';
import { createSubmissions } from '../temporal/submissions';
import { readDecision, readOperation } from './direct-decisions';
import { asOrdersProblem, conflict } from './direct-problems';
import type { OrdersClient } from './orders-client';

/** An operator waits longer than a program: a worker that has just started reads the order's history first. */
export const DIRECT_BUDGET_MS = 10_000;
/** Between two looks at an order that is followed: each is a question to a worker. */
const PAUSE_MS = 750;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reading an order takes the environment of Temporal alone. The rest takes the configuration of the worker or the server:
 * it says the task queues, and what a workflow is started with.
 *
 * @param budgetMs for all that one call asks of Temporal
 * @throws Error when the environment of Temporal names something that cannot be read
 */
export function createDirectClient(environment: Environment, budgetMs = DIRECT_BUDGET_MS): OrdersClient {
  const client = connectClient({ environment });
  const { address = 'localhost:7233' } = resolveTarget({ environment }).connectionOptions;
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await withBudget(client, budgetMs, work);
    } catch (error) {
      throw asOrdersProblem(error, address);
    }
  };
  const reader = createOrderReader(client);
  const parts = onDemand(() => partsOf(client, budgetMs, coordinatorConfig(environment)));

  const readOrder: OrdersClient['read'] = (referenceOrId) =>
    ask(async () => {
      const name = nameIn(referenceOrId);
      const view = await reader.read(name);
      if (view === undefined) throw noSuchOrder(name);
      return view;
    });
  const story = (referenceOrId: string): Promise<OrderStory> =>
    ask(async () => {
      const name = nameIn(referenceOrId);
      const found = await reader.story(name);
      if (found === undefined) throw noSuchOrder(name);
      return found;
    });

  return {
    submit: (order) =>
      ask(async () => {
        const { reference, postTax = false, ...request } = read(submission, order);
        const outcome = await parts().submissions.submit(reference, { ...request, postTax });
        if (outcome === 'conflict') throw conflict(reference);
        return outcome === 'started' ? 'new' : 'known';
      }),

    read: readOrder,
    async *looks(referenceOrId) {
      yield await readOrder(referenceOrId);
      await sleep(PAUSE_MS);
    },
    timeline: async (referenceOrId) => (await story(referenceOrId)).entries,

    async drawing(referenceOrId) {
      const { view, entries } = await story(referenceOrId);
      if (view !== undefined) return timelineSvg(view, entries);
      const why = `${referenceOrId} has no workflow of its own yet: nothing can be drawn.`;
      throw asOrdersProblem(new HttpProblem('NOT_FOUND', why), address);
    },

    list: (given) =>
      ask(async () => {
        const { open, ...rest } = given;
        const query = { ...rest, ...(open !== undefined && { open: String(open) }) };
        const { limit, cursor, ...filter } = read(orderQuery, query);
        const page = await parts().list.page(present(filter), { limit, ...placeIn(cursor, filter) });
        return { orders: page.orders, ...nextCursor(page.next, filter) };
      }),

    operate: (referenceOrId, operation, decision, key): Promise<Decided> =>
      ask(async () => {
        const name = nameIn(referenceOrId);
        const given = readOperation(operation, decision);
        return decidedOf(await parts().operations.perform(name, given, keyIn(key)), name, key);
      }),

    listParked: (given) =>
      ask(async () => {
        const { limit, cursor, reason } = read(parkedEventQuery, given);
        const filter = { list: 'parked-events', reason };
        const part = { limit, ...placeIn(cursor, filter) };
        const page = await parts().parked.page({ ...(reason && { reason }) }, part);
        return { events: page.events, ...nextCursor(page.next, filter) };
      }),

    readParked: (id) =>
      ask(async () => {
        const event = await parts().parked.read(read(parkedEventParams, { id }).id);
        if (event === undefined) throw noSuchParkedEvent(id);
        return event;
      }),

    decideParked: (id, operation, decision, key) =>
      ask(async () => {
        const given = readDecision(decision);
        return attemptOf(await parts().parked.perform(id, operation, given, keyIn(key)), id, key);
      }),

    close: () => client.connection.close(),
  };
}

interface Parts {
  submissions: ReturnType<typeof createSubmissions>;
  list: ReturnType<typeof createOrderList>;
  operations: ReturnType<typeof createOrderOperations>;
  parked: ReturnType<typeof createParkedEvents>;
}

function partsOf(client: Client, budgetMs: number, { order, orderTaskQueue }: CoordinatorConfig): Parts {
  return {
    submissions: createSubmissions(client, orderTaskQueue, order),
    list: createOrderList(client, orderTaskQueue),
    operations: createOrderOperations(client, orderTaskQueue, order, budgetMs),
    parked: createParkedEvents(client, orderTaskQueue, budgetMs),
  };
}

function onDemand<T>(make: () => T): () => T {
  let made: { it: T } | undefined;
  return () => (made ??= { it: make() }).it;
}

/** @throws ConfigurationError of the process that lacks less: either will do */
function coordinatorConfig(environment: Environment): CoordinatorConfig {
  const errors: ConfigurationError[] = [];
  for (const readConfig of [readServerConfig, readWorkerConfig]) {
    try {
      return readConfig(environment);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      errors.push(error);
    }
  }
  const [least] = errors.sort((one, other) => one.problems.length - other.problems.length);
  throw new Error(
    `With --direct this needs the configuration of the worker or the server. ${least?.message ?? ''}`,
  );
}

function nameIn(referenceOrId: string): string {
  return read(orderParams, { referenceOrId }).referenceOrId;
}

function keyIn(key: string): string {
  return read(idempotencyHeaders, { 'idempotency-key': key })['idempotency-key'] ?? key;
}
