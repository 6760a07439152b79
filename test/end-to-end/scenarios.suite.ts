import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Stack } from '../../demo/stack';
import { wellKnownAccounts } from '../../simulators/upvest';
import type { AccountSettings } from '../../simulators/upvest/access/account-settings';
import { createUpvestClient, type UpvestClient } from '../../src/upvest/client/client';
import { parkedIds } from '../http/webhooks';
import { EVERY_STATE, idAtBroker } from '../support/orders';
import { finished, newRequest, statusesAtEsw, submit, until } from '../support/stack';
import { recordOf, truthOf } from '../support/truth';

/** Every scenario of the simulated Upvest ends as at the broker. */
export function scenariosSuite(getStack: () => Stack): void {
  let stack: Stack;
  let upvest: UpvestClient;
  beforeAll(() => {
    stack = getStack();
    upvest = createUpvestClient(stack.config.upvest);
  });
  afterEach(() => {
    stack.upvest.control.drift({});
  });
  afterAll(() => upvest.close());

  /** The order of a reference or id, finished, after its record was compared with the broker's. */
  async function expectAsAtBroker(referenceOrId: string) {
    const { order } = await finished(stack, referenceOrId);
    expect(recordOf(order)).toEqual(truthOf(stack, order.portfolioOrderId));
    return order;
  }

  /** The account that the simulator documents for these settings. */
  function accountWith(settings: AccountSettings): string {
    const account = wellKnownAccounts.find((known) => isDeepStrictEqual(known.settings, settings));
    if (account === undefined) throw new Error(`No account has ${JSON.stringify(settings)}`);
    return account.id;
  }

  const codesOf = (order: { findings: { code: string }[] }): string[] => [
    ...new Set(order.findings.map(({ code }) => code)),
  ];

  describe('of an account whose orders', () => {
    const LEFT_ALONE = [
      ['settle without incident', { scenario: 'HAPPY' }, 'SETTLED', []],
      ['are filled in five parts', { scenario: 'PARTIAL_FILLS' }, 'SETTLED', []],
      ['the trading partner cancels', { scenario: 'PARTNER_CANCEL' }, 'CANCELLED', []],
      [
        'the trading partner cancels in part',
        { scenario: 'PARTNER_CANCEL_LAST_CHILD' },
        'SETTLED',
        ['MIXED_OUTCOME'],
      ],
      ['have types that lag behind', { scenario: 'LAGGING_TYPE' }, 'SETTLED', []],
      ['have executions before orders', { scenario: 'EXECUTION_FIRST' }, 'SETTLED', []],
      ['end with a mistrade', { scenario: 'MISTRADE' }, 'SETTLED', ['MISTRADE']],
      ['have a bid above the offer', { scenario: 'CROSSED_PRICES' }, 'SETTLED', []],
      ['are rejected for an empty account', { rejectWith: 'ACCOUNT_IS_EMPTY' }, 'CANCELLED', []],
    ] as const;
    const CANCELLED = [
      ['wait, and are cancelled', { scenario: 'WAITS_IN_NEW' }, 'CANCELLED', []],
      [
        'are cancelled when some are filled',
        { scenario: 'WAITS_IN_PROCESSING' },
        'CANCELLED',
        ['MIXED_OUTCOME'],
      ],
      ['ignore the cancel', { scenario: 'CANCEL_IGNORED' }, 'SETTLED', []],
      ['reject the cancel', { scenario: 'CANCEL_REFUSED' }, 'SETTLED', ['CANCELLATION_REFUSED']],
    ] as const;

    /** By their settings. */
    let references: Map<AccountSettings, string>;
    beforeAll(async () => {
      const placed = LEFT_ALONE.map(async ([, settings]) => {
        return [settings, await submit(stack, newRequest({ accountId: accountWith(settings) }))] as const;
      });
      references = new Map(await Promise.all(placed));
    });

    it.each(LEFT_ALONE)('%s', async (_what, settings, status, findings) => {
      const order = await expectAsAtBroker(references.get(settings) ?? '');
      expect(order.status).toBe(status);
      expect(codesOf(order)).toEqual(findings);
    });

    it.each(CANCELLED)('%s', async (_what, settings, status, findings) => {
      const accountId = accountWith(settings);
      const reference = await submit(stack, newRequest({ accountId }));
      const id = await idAtBroker(stack, accountId);
      if (settings.scenario !== 'WAITS_IN_NEW')
        await until('processing', () => truthOf(stack, id).status === 'PROCESSING');
      expect(await upvest.cancelPortfolioOrder(id)).toBe('accepted');
      const order = await expectAsAtBroker(reference);
      expect(order.status).toBe(status);
      expect(codesOf(order)).toEqual(findings);
    });

    it('sell more than 90 % of what is there, which needs attention although it has ended (14.12)', async () => {
      const accountId = accountWith({ nav: '1000.00' });
      const reference = await submit(stack, newRequest({ accountId, side: 'SELL', cashAmount: '950.00' }));
      const order = await expectAsAtBroker(reference);
      expect(order).toMatchObject({
        status: 'CANCELLED',
        cancellationReason: 'SELL_LIMIT_EXCEEDED',
        attention: ['CANCELLED_BY_BROKER'],
      });
    });
  });

  describe('that Upvest starts', () => {
    it('for a savings plan, with children that carry the flow of the plan', async () => {
      const accountId = accountWith({ childInitiationFlow: 'SAVINGS_PLAN' });
      const draft = { userId: randomUUID(), accountId, cashAmount: '300.00', initiationFlow: 'SAVINGS_PLAN' };
      const { portfolioOrder } = stack.upvest.control.initiate(draft);
      const order = await expectAsAtBroker(portfolioOrder.id);
      expect(order).toMatchObject({ origin: 'adopted', status: 'SETTLED' });
      expect(statusesAtEsw(stack, portfolioOrder.id)).toEqual(EVERY_STATE);
    });

    it('for a rebalancing, and the steps of the rebalancing that came before them', async () => {
      const accountId = randomUUID();
      const executionId = await upvest.startRebalancing({ accounts: [accountId] }, randomUUID());
      const order = await expectAsAtBroker(await idAtBroker(stack, accountId));
      expect(order).toMatchObject({ type: 'REBALANCING', status: 'SETTLED', rebalancing: [{ executionId }] });
      expect(order.rebalancing?.[0]?.statuses).toContain('FILLED');
      // The first of them named no portfolio order yet: it was parked, and routed later.
      await until('nothing to be parked any more', async () => (await parkedIds(stack)).length === 0);
    });
  });

  it('of an API with new fields, statuses and events is tracked, and its unknown values are reported', async () => {
    stack.upvest.control.drift({
      unknownField: true,
      unknownStatus: 'IN_AUCTION',
      unknownEventType: 'EXECUTION.AMENDED',
    });
    const order = await expectAsAtBroker(await submit(stack));
    expect(order.status).toBe('SETTLED');
    expect(codesOf(order)).toEqual(['UNKNOWN_STATUS']);
    const messages = order.findings.map(({ message }) => message).join();
    expect(messages).toContain('IN_AUCTION');
    expect(messages).toContain('AMENDED');
  });
}
