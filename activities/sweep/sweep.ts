/** The activities of a sweep, on the broker's task queue. Each may run again at any time. */
import { cancellationSignal, heartbeat, log } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { OrderSignals } from '../../src/app/orders/deliver';
import type { OwnOrder, SweepStore } from '../../src/app/ports/sweeps';
import { checkOrder } from '../../src/app/sweep/check-order';
import { importedFacts, importOrder, isFinished } from '../../src/app/sweep/import-order';
import type { PortfolioOrderObservation } from '../../src/domain/broker/observation';
import { differencesOf } from '../../src/domain/records/differences';
import { eachOf } from '../../src/lib/each-of';
import type { UpvestClient } from '../../src/upvest/client/client';
import { toOrderObservation, toPortfolioOrderObservation } from '../../src/upvest/model/observations';
import type { UpvestPortfolioOrder } from '../../src/upvest/model/schemas';
import type { PortfolioOrderSettings } from '../../contracts/portfolio-order';
import type { Sweep, SweepActivities } from '../../contracts/sweep';
import { callUpvest } from '../support/calling-upvest';
import { unlessUnknown } from '../support/unless-unknown';
import { daysOf, nextDay } from './days';
import { interruptedSince } from './interrupted';

export interface SweepDeps {
  client: Client;
  orderTaskQueue: string;
  settings: PortfolioOrderSettings;
  inbox: OrderSignals;
  upvest: UpvestClient;
  sweeps: SweepStore;
  /** Notes which placements were never started, of references that were taken before that time. */
  markUnstarted: (before: Date) => Promise<unknown>;
}

/** Orders on a page of Upvest's list. The API allows more, but an activity compares this many within seconds. */
const PAGE = 200;
/** Orders of one call that are read one by one. */
const BATCH = 50;
/** Reads at a time, one after the other in the client's rate limit, which placing shares. */
const CONCURRENCY = 4;

export function createSweepActivities(deps: SweepDeps): SweepActivities {
  const { client, upvest, sweeps, orderTaskQueue } = deps;

  async function readOrder(id: string): Promise<PortfolioOrderObservation | undefined> {
    const readAt = new Date().toISOString();
    const order = await unlessUnknown(upvest.readPortfolioOrder(id, { signal: cancellationSignal() }));
    return order && observationOf(order, readAt);
  }

  /** Notes which of these orders differ from their rows. Nothing of the others is open any more. */
  async function compare(sweep: Sweep, orders: PortfolioOrderObservation[]): Promise<number> {
    const now = Date.now();
    const own = new Map(
      (await sweeps.read(orders.map(({ id }) => id))).map((one) => [one.portfolioOrderId, one]),
    );
    if (sweep.import !== undefined) return noteForImport(sweep, orders, own);
    const compared = orders.map((theirs) => {
      const ours = own.get(theirs.id);
      const isSuspect =
        ours === undefined || differencesOf(theirs, ours.state, ours.facts, now, sweep.graceMs).length > 0;
      return { id: theirs.id, isSuspect };
    });
    await sweeps.note(sweep.id, compared);
    await sweeps.resolve(compared.flatMap(({ id, isSuspect }) => (isSuspect ? [] : [id])));
    return compared.filter(({ isSuspect }) => isSuspect).length;
  }

  /** Only what is open at Upvest and has no row here is read once more. */
  async function noteForImport(
    sweep: Sweep,
    orders: PortfolioOrderObservation[],
    own: ReadonlyMap<string, OwnOrder>,
  ): Promise<number> {
    const isOpen = ({ id, status }: PortfolioOrderObservation): boolean =>
      !own.has(id) && !isFinished(status);
    await sweeps.note(
      sweep.id,
      orders.map((theirs) => ({ id: theirs.id, isSuspect: isOpen(theirs) })),
    );
    for (const theirs of orders)
      if (!isOpen(theirs))
        await sweeps.noteImported(sweep.id, {
          ...importedFacts(theirs),
          outcome: own.has(theirs.id) ? 'known' : 'finished',
        });
    return orders.filter(isOpen).length;
  }

  async function check(sweep: Sweep, id: string): Promise<void> {
    const theirs = await readOrder(id);
    if (sweep.import !== undefined) {
      await runImport(sweep, sweep.import, id, theirs);
      return;
    }
    const [ours] = await sweeps.read([id]);
    const { breaks, isChanging } = await checkOrder(deps, id, theirs, ours, sweep.graceMs);
    const { reference } = ours ?? {};
    await sweeps.checked(
      sweep.id,
      { id, ...(reference !== undefined && { reference }), ...(isChanging && { isChanging }) },
      breaks,
    );
  }

  async function runImport(
    sweep: Sweep,
    how: NonNullable<Sweep['import']>,
    id: string,
    theirs: PortfolioOrderObservation | undefined,
  ): Promise<void> {
    const readChild = async (orderId: string) => {
      const readAt = new Date().toISOString();
      const order = await unlessUnknown(upvest.readOrder(orderId, { signal: cancellationSignal() }));
      return order && toOrderObservation(order, { kind: 'poll', readAt }, order.updated_at ?? readAt);
    };
    const imported =
      theirs === undefined
        ? {
            portfolioOrderId: id,
            outcome: 'failed' as const,
            detail: 'Upvest listed it and answers 404 for it',
          }
        : await importOrder({ ...deps, readChild }, theirs, how);
    await sweeps.noteImported(sweep.id, imported);
  }

  return {
    async beginSweep({ sweepId, ...input }) {
      const sweep = await sweeps.begin(sweepId, input, new Date());
      const open = sweep.import === undefined ? await sweeps.daysOfOpenOrders(sweep.since) : [];
      return { ...sweep, days: [...new Set([...open, ...daysOf(sweep.since, sweep.until)])].sort() };
    },

    sweepPage: ({ sweep, day, offset }) =>
      callUpvest(async () => {
        const readAt = new Date().toISOString();
        const page = await upvest.listPortfolioOrders(
          { startDate: midnight(day), endDate: midnight(nextDay(day)), limit: PAGE, offset },
          { signal: cancellationSignal() },
        );
        const { orders, unreadable = [], totalCount = 0 } = page;
        for (let at = 0; at < orders.length; at += BATCH) {
          const batch = orders.slice(at, at + BATCH).map((order) => observationOf(order, readAt));
          await compare(sweep, batch);
          heartbeat();
        }
        if (unreadable.length > 0) await sweeps.noteUnreadable(sweep.id, day, unreadable);
        const items = orders.length + unreadable.length;
        const next = offset + items;
        const isLast = items === 0 || (items < PAGE && next >= totalCount);
        return { orders: items, ...(!isLast && { next }) };
      }),

    sweepUnlisted: ({ sweep, after }) =>
      callUpvest(async () => {
        const ids = await sweeps.unlisted(sweep, after, BATCH);
        let suspects = 0;
        await eachOf(ids, CONCURRENCY, async (id) => {
          const theirs = await readOrder(id);
          if (theirs !== undefined) suspects += await compare(sweep, [theirs]);
          else {
            await sweeps.note(sweep.id, [{ id, isSuspect: true }]);
            suspects += 1;
          }
          heartbeat();
        });
        const last = ids.at(-1);
        if (last !== undefined && ids.length === BATCH) return { after: last, suspects };
        const interrupted = await interruptedSince(client, orderTaskQueue, sweep.since);
        await sweeps.note(
          sweep.id,
          interrupted.map((id) => ({ id, isSuspect: true })),
        );
        return { suspects: suspects + interrupted.length };
      }),

    countSuspects: ({ sweep }) => sweeps.countSuspects(sweep.id),

    checkSuspects: ({ sweep }) =>
      callUpvest(async () => {
        await eachOf(await sweeps.suspects(sweep.id, BATCH), CONCURRENCY, async (id) => {
          await check(sweep, id);
          heartbeat();
        });
        return sweeps.countSuspects(sweep.id);
      }),

    async endSweep({ sweep }) {
      if (sweep.import === undefined) {
        await deps.markUnstarted(new Date(Date.now() - sweep.graceMs));
        const references = await sweeps.notStarted();
        await sweeps.replace(
          sweep.id,
          'UNSTARTED_PLACEMENT',
          references.map((reference) => ({
            cause: 'UNSTARTED_PLACEMENT' as const,
            subject: '',
            reference,
            text: `The reference ${reference} was taken, and its placement was never started`,
          })),
        );
      }
      const result = await sweeps.end(sweep, new Date());
      log.info('A sweep has ended', { ...result });
      return result;
    },
  };
}

function observationOf(order: UpvestPortfolioOrder, readAt: string): PortfolioOrderObservation {
  return toPortfolioOrderObservation(order, { kind: 'poll', readAt }, order.updated_at ?? readAt);
}

const midnight = (day: string): string => `${day}T00:00:00Z`;
