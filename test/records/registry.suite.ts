/** The registry of references, on whatever database it runs. */
import { randomUUID } from 'node:crypto';
import { placedView, refusedView } from '../../src/domain/records/placement-row';
import { claimOf } from '../../src/app/placements/claim';
import { RecordsUnavailable } from '../../src/app/ports/records-unavailable';
import type { Claim } from '../../src/app/ports/registry';
import { connectRecords, type RecordsDatabase } from '../../src/records/connect';
import { createRegistry } from '../../src/records/registry/registry';
import { newClaim, newInputOf, newRequestOf } from '../support/claims';

const by = { runId: 'run', activity: 1, attempt: 1 };

export function describeRegistry(records: () => RecordsDatabase): void {
  const registry = () => createRegistry(records());
  const rowOf = (reference: string) =>
    records().selectFrom('orders').selectAll().where('reference', '=', reference).executeTakeFirstOrThrow();
  const rows = async (reference: string): Promise<number> =>
    (await records().selectFrom('orders').select('id').where('reference', '=', reference).execute()).length;
  /** As the order's own save does. */
  const saveOrder = (portfolioOrderId: string, more: object = {}) =>
    records()
      .insertInto('orders')
      .values({
        ...{ portfolio_order_id: portfolioOrderId, version: 7, phase: 'TRACKED', origin: 'adopted' },
        ...{ opened_at: new Date().toISOString(), changed_at: new Date().toISOString() },
        ...more,
      })
      .execute();
  const placed = (claim: Claim, portfolioOrderId: string, at: number): Claim => ({
    ...claim,
    view: { ...claim.view, ...placedView({ ...claim.view, attempt: 1 }, portfolioOrderId, at) },
  });

  describe('a reference', () => {
    it('is taken once, however many ask at once, and answers with the first request', async () => {
      const input = newInputOf();
      const claims = Array.from({ length: 20 }, (_, index) =>
        claimOf(input, { submitter: `token-${index}` }),
      );
      const answers = await Promise.all(claims.map((claim) => registry().claim(claim)));
      const winners = answers.filter(({ isNew }) => isNew);
      expect(winners).toHaveLength(1);
      const [first] = winners;
      for (const { registered } of answers) expect(registered).toEqual(first?.registered);
      expect(first?.registered).toMatchObject({
        name: input.reference,
        requestedAt: input.requestedAt,
        digest: claims[0]?.digest,
        submitter: expect.stringMatching(/^token-/) as string,
      });
      expect(await rows(input.reference)).toBe(1);
    });

    it('has a row for lists, without the user id, also where Upvest quotes it', async () => {
      const input = newInputOf({ request: newRequestOf({ cashAmount: '0250.0' }) });
      const { userId, accountId } = input.request;
      const problem = { status: 404, detail: `No user ${userId.toUpperCase()}` };
      await registry().claim(claimOf(input));
      expect(await rowOf(input.reference)).toMatchObject({
        ...{ version: 0, phase: 'PLACING', origin: 'placed', type: 'BUY', account_id: accountId },
        ...{ currency: 'EUR', post_tax: false, finished_at: null },
      });
      expect(Number((await rowOf(input.reference)).ordered)).toBe(250);
      const at = Date.parse(input.requestedAt) + 1000;
      await registry().save(claimOf(input, { view: refusedView(input, problem, at) }), at);
      const row = await rowOf(input.reference);
      expect(row).toMatchObject({ phase: 'REFUSED', finished_at: new Date(at), changed_at: new Date(at) });
      expect(JSON.stringify(row).toLowerCase()).not.toContain(userId);
      expect((await registry().read(input.reference))?.view).toMatchObject({
        phase: 'REFUSED',
        problem: { status: 404, detail: 'No user (user id)' },
        request: { accountId, cashAmount: '0250.0' },
      });
    });

    it('keeps the members of its view in their order', async () => {
      const input = newInputOf();
      const view = placedView(input, randomUUID(), Date.now());
      await registry().save(claimOf(input, { view }), Date.now());
      const { userId: _, ...request } = view.request;
      const stored = (await registry().read(input.reference))?.view;
      expect(JSON.stringify(stored)).toBe(JSON.stringify({ ...view, request }));
    });

    it('keeps the later of two views, in whichever order they are saved', async () => {
      const claim = newClaim();
      const now = Date.now() + 5_000;
      const unknown = { ...claim, view: { ...claim.view, phase: 'UNKNOWN' as const } };
      await registry().save(placed(claim, randomUUID(), now), now);
      await registry().save(unknown, now - 1);
      expect(await rowOf(claim.view.reference)).toMatchObject({ phase: 'HANDING_OVER' });
    });

    it('has the attention of a placement that is unknown, and the trouble of one that is stopped', async () => {
      const { view, ...claim } = newClaim();
      const since = '2026-03-02T09:00:00.000Z';
      const stopped = {
        ...{ why: 'unauthorised' as const, message: '401', since, until: '2026-03-02T09:05:00.000Z' },
        ...{ count: 4, flagged: true as const },
      };
      const at = Date.now() + 1000;
      await registry().save({ ...claim, view: { ...view, stopped } }, at);
      expect(await rowOf(view.reference)).toMatchObject({
        ...{ phase: 'PLACING', attention: ['PLACEMENT_STOPPED'], upvest_error: '401' },
        ...{ upvest_failing_since: new Date(since), next_try_at: new Date(stopped.until) },
      });
      await registry().save({ ...claim, view: { ...view, phase: 'UNKNOWN' } }, at + 1);
      expect(await rowOf(view.reference)).toMatchObject({
        ...{ phase: 'UNKNOWN', attention: ['PLACEMENT_UNKNOWN'], upvest_error: null, next_try_at: null },
      });
    });
  });

  describe('the order of a placement', () => {
    it('is in its row, unless it has a row of its own already', async () => {
      const [first, second, id, other] = [newClaim(), newClaim(), randomUUID(), randomUUID()];
      await registry().save(placed(first, id, Date.now()), Date.now());
      expect(await rowOf(first.view.reference)).toMatchObject({ portfolio_order_id: id });

      await saveOrder(other);
      await registry().save(placed(second, other, Date.now()), Date.now());
      expect(await rowOf(second.view.reference)).toMatchObject({ portfolio_order_id: null });
      for (const [claim, order] of [
        [first, id],
        [second, other],
      ] as const) {
        expect(await registry().read(claim.view.reference)).toMatchObject({ portfolioOrderId: order });
        expect(await registry().placementOf(order)).toBe(claim.view.reference);
      }
      expect(await registry().placementOf(randomUUID())).toBeUndefined();
    });

    it('keeps its own row: the placement adds only what is the placement’s', async () => {
      const claim = newClaim({}, 'shop');
      const { reference } = claim.view;
      const id = randomUUID();
      await saveOrder(id, { reference, status: 'FILLED', waiting_for: 'Its settlement.' });
      await registry().save(placed(claim, id, Date.now()), Date.now());
      expect(await rowOf(reference)).toMatchObject({
        ...{ version: 7, phase: 'TRACKED', status: 'FILLED', waiting_for: 'Its settlement.' },
        ...{ request_digest: claim.digest, submitter: 'shop', portfolio_order_id: id },
      });
    });
  });

  describe('a POST', () => {
    it('begins once for each attempt that knows of the ones before', async () => {
      const claim = newClaim();
      await registry().claim(claim);
      const begin = (attempt = by, searchedAt?: number) => registry().beginPost(claim, attempt, searchedAt);
      expect(await begin()).toEqual({ kind: 'post' });
      expect(await registry().read(claim.view.reference)).toMatchObject({
        postedAt: expect.any(String) as string,
        startedAt: expect.any(String) as string,
      });
      expect(await begin({ ...by, attempt: 2 })).toEqual({ kind: 'post' });
      // Reset, or restored from an older copy.
      expect(await begin({ ...by, runId: 'reset' })).toEqual({ kind: 'look-up-first' });
      expect(await begin()).toEqual({ kind: 'look-up-first' });
      expect(await begin({ ...by, runId: 'reset' }, Date.now() + 61_000)).toEqual({ kind: 'post' });
      expect(await begin({ ...by, attempt: 3 })).toEqual({ kind: 'look-up-first' });
    });

    it('registers a placement that has no row', async () => {
      const claim = newClaim();
      expect(await registry().beginPost(claim, by)).toEqual({ kind: 'post' });
      expect(await registry().beginPost(claim, { ...by, runId: 'other' })).toEqual({ kind: 'look-up-first' });
    });

    it('does not begin once there is an order', async () => {
      const [claim, id] = [newClaim(), randomUUID()];
      await registry().beginPost(claim, by);
      await saveOrder(id);
      await registry().save(placed(claim, id, Date.now()), Date.now());
      expect(await registry().beginPost(claim, { ...by, attempt: 2 })).toEqual({
        kind: 'placed',
        portfolioOrderId: id,
      });
    });

    it('of two runs at once begins in one of them', async () => {
      const claim = newClaim();
      await registry().claim(claim);
      const begun = await Promise.all(
        ['one', 'two', 'three'].map((runId) => registry().beginPost(claim, { ...by, runId })),
      );
      expect(begun.map(({ kind }) => kind).sort()).toEqual(['look-up-first', 'look-up-first', 'post']);
    });
  });

  it('open placements are those of the account and amount whose order is not final', async () => {
    const request = newRequestOf({ cashAmount: '20.00' });
    const requests = [request, { ...request, cashAmount: '20' }, { ...request, cashAmount: '21' }];
    const claims = requests.map((one) => newClaim({ request: one }));
    for (const claim of claims) await registry().claim(claim);
    const [first, second] = claims;
    const names = async (): Promise<string[]> =>
      (await registry().open(request.accountId.toUpperCase(), '20.0')).map(({ name }) => name);
    expect(await names()).toEqual([first?.view.reference, second?.view.reference]);
    const input = newInputOf({ ...(first && { reference: first.view.reference }), request });
    const at = Date.now() + 1000;
    await registry().save(claimOf(input, { view: refusedView(input, { status: 422 }, at) }), at);
    expect(await names()).toEqual([second?.view.reference]);
  });

  it('references that were taken and not started are named, marked, and started by the next request', async () => {
    const requestedAt = '2026-03-02T09:00:00.000Z';
    const [crashed, started] = [newClaim({ requestedAt }), newClaim({ requestedAt })];
    const { reference } = crashed.view;
    for (const claim of [crashed, started, newClaim()]) await registry().claim(claim);
    await registry().started(started.view.reference);
    const unstarted = async (): Promise<string[]> =>
      (await registry().unstarted(new Date('2026-03-02T10:00:00.000Z'))).map(({ name }) => name);
    expect(await unstarted()).toEqual([reference]);

    for (const claim of [crashed, started]) await registry().notStarted(claim.view.reference, Date.now());
    expect(await unstarted()).toEqual([]);
    expect((await registry().read(reference))?.view).toMatchObject({
      phase: 'NOT_STARTED',
      waitingFor: expect.stringMatching(/submitted again/) as string,
    });
    expect(await rowOf(reference)).toMatchObject({ phase: 'NOT_STARTED' });
    expect(await rowOf(started.view.reference)).toMatchObject({ phase: 'PLACING' });
    await registry().started(reference);
    expect(await rowOf(reference)).toMatchObject({
      phase: 'PLACING',
      waiting_for: 'Upvest to answer the POST.',
    });
  });

  it('a placement that Temporal has under the name replaces the request that lost it', async () => {
    const [lost, actual] = [newClaim(), newClaim({}, 'shop')];
    const { reference } = lost.view;
    await registry().claim(lost);
    await registry().started(reference, { ...actual, view: { ...actual.view, reference } });
    expect(await registry().read(reference)).toMatchObject({
      ...{ digest: actual.digest, submitter: 'shop', startedAt: expect.any(String) as string },
      view: { request: { accountId: actual.view.request.accountId } },
    });
  });

  it('is unavailable while the database is away', async () => {
    const away = connectRecords('postgresql://records@127.0.0.1:9/records');
    try {
      const gone = createRegistry(away);
      await expect(gone.claim(newClaim())).rejects.toThrow(RecordsUnavailable);
      await expect(gone.beginPost(newClaim(), by)).rejects.toThrow(RecordsUnavailable);
    } finally {
      await away.destroy();
    }
  });
}
