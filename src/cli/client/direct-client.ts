/** Client that calls the use cases behind the API in this process, without the HTTP server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import {
  readServerConfig,
  readWorkerConfig,
  ConfigurationError,
  type CoordinatorConfig,
} from '../../config/config';
import type { Decided } from '../../domain/operator/operator-commands';
import { nextCursor, readCursor } from '../../app/cursor';
import { attemptOf, decidedOf, noSuchParkedEvent } from '../../app/orders/decisions';
import { idempotencyHeaders } from '../../app/schemas/decisions';
import { submission } from '../../app/schemas/submission';
import { timelineSvg } from '../../picture';
import { connectClient, resolveTarget, withTemporalDeadline } from '../../temporal/client';
import { createInterruptedOrders } from '../../app/orders/interrupted-orders';
import { createOrderList } from '../../app/orders/list';
import { createOrderOperations } from '../../app/orders/operate';
import type { ReadPartners } from '../../app/ports/partner-status';
import { createOrderReader, type OrderTimeline } from '../../app/orders/read';
import { createParkedEvents } from '../../app/parked-events/parked-events';
import { createSubmissions } from '../../app/orders/submit';
import { openLists, type OpenLists } from '../../records/lists/open';
import { openRecords, type OpenRecords } from '../../records/open';
import { readDecision, readOperation } from './direct-decisions';
import { createDirectReports, type ReportsClient } from './direct-reports';
import { asOrdersProblem, conflict } from './direct-problems';
import type { OrdersClient } from './orders-client';
import { noSuchOrder, noTimelineYet } from '../../app/errors';
import { orderParams, read } from '../../app/schemas/input';
import { parkedEventParams, parkedEventQuery } from '../../app/schemas/parked-event-queries';

/** Longer than the API's limit: a worker that has just started reads the order's history first. */
export const DIRECT_TIME_LIMIT_MS = 10_000;
/** Polling interval of an order that is followed; each poll is a query to a worker. */
const POLL_INTERVAL_MS = 750;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reading an order needs Temporal's variables only. Everything else needs the configuration of the worker or the server,
 * which names the task queues and the settings of new workflows.
 *
 * @param timeLimitMs time limit of all Temporal requests of one call
 * @throws Error when Temporal's variables name something that cannot be read
 */
export function createDirectClient(
  environment: Environment,
  timeLimitMs = DIRECT_TIME_LIMIT_MS,
): OrdersClient {
  const client = connectClient({ environment });
  const { address = 'localhost:7233' } = resolveTarget({ environment }).connectionOptions;
  const request = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await withTemporalDeadline(client, timeLimitMs, work);
    } catch (error) {
      throw asOrdersProblem(error, address);
    }
  };
  const { DATABASE_URL: databaseUrl } = environment;
  const records =
    databaseUrl === undefined
      ? undefined
      : openRecords(databaseUrl, { name: 'portfolio-orders --direct', timeLimitMs, warn: () => undefined });
  let lists: OpenLists | undefined;
  const reader = createOrderReader(client, records);
  const parts = onDemand(() => {
    const config = coordinatorConfig(environment);
    lists = openLists(config.databaseUrl, { name: 'portfolio-orders --direct', warn: () => undefined });
    return partsOf(client, timeLimitMs, config, { records, lists });
  });

  const readOrder: OrdersClient['read'] = (referenceOrId) =>
    request(async () => {
      const name = nameIn(referenceOrId);
      const view = await reader.read(name);
      if (view === undefined) throw noSuchOrder(name);
      return view;
    });
  const readTimeline = (referenceOrId: string): Promise<OrderTimeline> =>
    request(async () => {
      const name = nameIn(referenceOrId);
      const found = await reader.timeline(name);
      if (found === undefined) throw noSuchOrder(name);
      return found;
    });

  return {
    submit: (order) =>
      request(async () => {
        const { reference, postTax = false, ...rest } = read(submission, order);
        const { outcome, name } = await parts().submissions.submit(reference, { ...rest, postTax });
        if (outcome === 'conflict') throw conflict(reference);
        return { submitted: outcome === 'started' ? 'new' : 'known', reference: name };
      }),

    read: readOrder,
    async *snapshots(referenceOrId) {
      yield await readOrder(referenceOrId);
      await sleep(POLL_INTERVAL_MS);
    },
    timeline: async (referenceOrId) => (await readTimeline(referenceOrId)).entries,

    async timelineSvg(referenceOrId) {
      const { view, entries } = await readTimeline(referenceOrId);
      if (view !== undefined) return timelineSvg(view, entries);
      throw asOrdersProblem(noTimelineYet(referenceOrId), address);
    },

    list: (given) => request(() => parts().reports.list(given)),
    settled: (days) => request(() => parts().reports.settled(days)),
    decisions: (given) => request(() => parts().reports.decisions(given)),
    async *csv(source) {
      const pieces = parts().reports.csv(source)[Symbol.asyncIterator]();
      for (;;) {
        const piece = await request(() => pieces.next());
        if (piece.done === true) return;
        yield piece.value;
      }
    },

    status: () => request(() => parts().partners()),

    operate: (referenceOrId, operation, decision, key): Promise<Decided> =>
      request(async () => {
        const name = nameIn(referenceOrId);
        const given = readOperation(operation, decision);
        return decidedOf(await parts().operations.perform(name, given, keyIn(key)), name, key);
      }),

    listParked: (given) =>
      request(async () => {
        const { limit, cursor, reason } = read(parkedEventQuery, given);
        const filter = { list: 'parked-events', reason };
        const part = { limit, ...readCursor(cursor, filter) };
        const page = await parts().parked.page({ ...(reason && { reason }) }, part);
        return { events: page.events, ...nextCursor(page.next, filter) };
      }),

    readParked: (id) =>
      request(async () => {
        const event = await parts().parked.read(read(parkedEventParams, { id }).id);
        if (event === undefined) throw noSuchParkedEvent(id);
        return event;
      }),

    decideParked: (id, operation, decision, key) =>
      request(async () => {
        const given = readDecision(decision);
        return attemptOf(await parts().parked.perform(id, operation, given, keyIn(key)), id, key);
      }),

    close: async () => {
      await Promise.all([client.connection.close(), records?.close(), lists?.close()]);
    },
  };
}

interface Parts {
  submissions: ReturnType<typeof createSubmissions>;
  reports: ReportsClient;
  partners: ReadPartners;
  operations: ReturnType<typeof createOrderOperations>;
  parked: ReturnType<typeof createParkedEvents>;
}

/** @param records absent only where the configuration is refused, too */
function partsOf(
  client: Client,
  timeLimitMs: number,
  { order, orderTaskQueue }: CoordinatorConfig,
  { records, lists }: { records: OpenRecords | undefined; lists: OpenLists },
): Parts {
  if (records === undefined) throw new Error('DATABASE_URL is not set');
  const { registry } = records;
  const list = createOrderList(lists.orders, createInterruptedOrders(client, orderTaskQueue));
  return {
    reports: createDirectReports(list, lists),
    submissions: createSubmissions(client, orderTaskQueue, order, registry),
    partners: lists.partners,
    operations: createOrderOperations(client, orderTaskQueue, order, timeLimitMs, records),
    parked: createParkedEvents(client, orderTaskQueue, timeLimitMs),
  };
}

function onDemand<T>(make: () => T): () => T {
  let made: { it: T } | undefined;
  return () => (made ??= { it: make() }).it;
}

/** Either process's configuration will do. @throws Error with the problems of the one that lacks less */
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
    `With --direct this command needs the configuration of the worker or the server. ${least?.message ?? ''}`,
  );
}

function nameIn(referenceOrId: string): string {
  return read(orderParams, { referenceOrId }).referenceOrId;
}

function keyIn(key: string): string {
  return read(idempotencyHeaders, { 'idempotency-key': key })['idempotency-key'] ?? key;
}
