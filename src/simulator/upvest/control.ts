import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessTokens } from './access-tokens';
import type { AccountSettings } from './account-settings';
import type { Accounts } from './accounts';
import { executedAmounts, type ExecutedAmounts } from './amounts';
import type { ApiDisturbance } from './api-disturbance';
import type { ApiCall, CallFilter, CallLog } from './call-log';
import type { Cancellation } from './cancellation';
import type { DeliveryAttempt, ReleaseOptions } from './delivery-queue';
import type { Disturbance } from './disturbance';
import type { Drift, DriftOptions } from './drift';
import type { EventLog, TruthEntry } from './event-log';
import type { DelayAnswers, FailCalls, Faults } from './faults';
import type { Gate } from './gate';
import type { BrokerEvent, Order, OrderCancellationReason, PortfolioOrder } from './objects';
import type { Pace } from './options';
import type { OrderBook, OrderRecord, PortfolioRecord } from './order-book';
import type { PacedWaits } from './paced-waits';
import type { PortfolioLife, PortfolioOrderDraft } from './portfolio-life';
import { problem } from './problem';
import type { DateTold, Settlement } from './settlement';
import { envelope, type AddressedEvent } from './webhook-batches';
import type { ReceiverAnswer, WebhookTransport } from './webhook-delivery';
import type { Tampering, VerifyKey, WebhookSigner } from './webhook-signature';
import type { Webhooks } from './webhooks';

/** The whole truth about one portfolio order. */
export interface PortfolioOrderTruth {
  portfolioOrder: PortfolioOrder;
  /** Child orders, each with its executions. */
  orders: Order[];
  /** Every event emitted for it, in order, whether or not a webhook was there to get it. */
  events: BrokerEvent[];
  /** What the executions of its orders sum up to, by side and currency. */
  amounts: ExecutedAmounts[];
}

/** A webhook request of the caller's making: `events` as a batch, or `body` as it is. */
export interface RawWebhook {
  /** Whose URL to send to; without it the oldest webhook. */
  webhookId?: string;
  /** Put as they are into `{ payload: [...] }`. */
  events?: unknown[];
  /** Sent as it is. */
  body?: string;
  tamper?: Tampering;
}

/**
 * What a test may see and do behind the API. The same is offered over HTTP under `/__sim` (README.md).
 */
export interface UpvestControl {
  /** Every portfolio order, oldest first, as copies. */
  portfolioOrders(): PortfolioOrderTruth[];
  /** Throws a 404 problem for an id that is not known. */
  portfolioOrder(id: string): PortfolioOrderTruth;
  /** Everything that became true since the start, in order: each status of each object. */
  truth(): TruthEntry[];
  /** Requests of POST /portfolios/orders by idempotency key, those included that faults, outages or checks refused. */
  placementRequests(): Record<string, number>;
  /** How many portfolio orders exist, by account: whatever was asked for and answered, so many were placed. */
  portfolioOrderCounts(): Record<string, number>;
  /** Every call of the API that fits, in order of arrival, those included that faults, limits or checks refused. */
  requests(filter?: CallFilter): ApiCall[];
  /** The same, counted by `<method> <path>`, such as `GET /portfolios/orders/{id}`. */
  requestCounts(filter?: CallFilter): Record<string, number>;
  /** Every attempt to deliver a batch, in order. */
  deliveries(): DeliveryAttempt[];

  /** Starts an order that no client asked for, such as of a savings plan (`initiationFlow` default SAVINGS_PLAN). */
  initiate(draft: InitiatedOrder): PortfolioOrderTruth;
  /** Replaces the account's settings; its scenario counts for orders accepted from now on. */
  configureAccount(accountId: string, settings: AccountSettings): void;
  /** Cancels at Upvest's side (CANCELLED_BY_UPVEST); false when it had ended already. */
  cancelPortfolioOrder(id: string, details?: string): boolean;
  /** Cancels one order, by default by the trading partner; false when it had ended already. */
  cancelOrder(orderId: string, reason?: OrderCancellationReason): boolean;
  /** Mistrade: a FILLED or even SETTLED execution becomes CANCELLED; false when it was so already, or is not known. */
  cancelExecution(executionId: string): boolean;
  /**
   * Lets a portfolio order or order that waits, by its scenario, go on to its happy end: the next step comes at once,
   * those behind it by the pace. It will not wait anywhere any more. False when it did not wait at this moment.
   */
  proceed(id: string): boolean;
  /**
   * Gives those executions of a portfolio order or order that are still FILLED another date (YYYY-MM-DD), and tells
   * it by an ORDER event with a status that is known already (default), by EXECUTION events, or by nothing: then only
   * reads show it. Answers the number of executions. When they really settle is up to the pace.
   */
  changeSettlementDate(id: string, date: string, told?: DateTold): number;

  changePace(pace: Partial<Pace>): void;
  /** Stops all lives where they are; API, cancels and deliveries go on. */
  pause(): void;
  resume(): void;

  /** Keeps back all deliveries that are not on their way already. */
  holdWebhooks(): void;
  /** Lets held deliveries go; resolves when the receiver has acknowledged all of them. */
  releaseWebhooks(options?: ReleaseOptions): Promise<{ batches: number }>;
  /** Resolves when every event emitted so far is delivered; rejects after the limit in ms (default 10000). */
  whenDelivered(limitMs?: number): Promise<void>;
  /** Signs and sends one webhook request past the queue, and tells what the receiver answered. */
  sendRaw(webhook: RawWebhook): Promise<ReceiverAnswer>;
  /** New signing key for webhooks; answers its key id. The old keys stay listed unless `keepOld` is false. */
  rotateWebhookKey(options?: { keepOld?: boolean }): string;
  /** The public keys, as GET /auth/verify_keys lists them. */
  webhookKeys(): VerifyKey[];
  /** Loses, doubles, delays, shuffles and splits deliveries of later events; without an argument no more. */
  disturbWebhooks(disturbance?: Disturbance): void;
  /** Events that a disturbance or the silence of their account lost, each with the webhook that did not get it. */
  lostEvents(): AddressedEvent[];
  /** Lets events and answers show what nobody knows yet; `{}` ends it. */
  drift(options: DriftOptions): void;

  failCalls(failure: FailCalls): void;
  delayAnswers(delay: DelayAnswers): void;
  /** While on, every API call is answered 503; deliveries go on. */
  setOutage(on: boolean): void;
  /** Lets calls fail by chance; without an argument no more. */
  disturbApi(disturbance?: ApiDisturbance): void;
  /** Ends the outage and the disturbance of the API, forgets faults not used up, and lets go answers held back. */
  clearFaults(): void;
  /** Makes all access tokens invalid. */
  expireTokens(): void;
}

export type InitiatedOrder = Pick<PortfolioOrderDraft, 'userId' | 'accountId' | 'cashAmount'> &
  Partial<Omit<PortfolioOrderDraft, 'userId' | 'accountId' | 'cashAmount'>>;

export interface ControlContext {
  book: OrderBook;
  accounts: Accounts;
  log: EventLog;
  portfolios: PortfolioLife;
  cancellation: Cancellation;
  settlement: Settlement;
  waits: PacedWaits;
  webhooks: Webhooks;
  signer: WebhookSigner;
  transport: WebhookTransport;
  faults: Faults;
  tokens: AccessTokens;
  drift: Drift;
  calls: CallLog;
  placementRequests: Map<string, number>;
  deliveries: DeliveryAttempt[];
  lost: AddressedEvent[];
}

export function createControl(context: ControlContext): UpvestControl {
  const { book, portfolios, cancellation, waits, webhooks, signer, transport, faults, tokens } = context;

  const known = (id: string): PortfolioRecord => {
    const record = book.find(id);
    if (!record) throw problem(404, `There is no portfolio order ${id}`);
    return record;
  };
  /** The orders behind the id of a portfolio order or of an order, and their gate. */
  const lifeOf = (id: string): { gate: Gate; orders: OrderRecord[] } => {
    const record = book.find(id);
    if (record) return { gate: record.gate, orders: record.children };
    const order = book.findOrder(id);
    if (!order) throw problem(404, `There is no portfolio order or order ${id}`);
    return { gate: order.gate, orders: [order] };
  };

  return {
    portfolioOrders: () => book.all().map(truth),
    portfolioOrder: (id) => truth(known(id)),
    truth: () => structuredClone(context.log.truth),
    placementRequests: () => Object.fromEntries(context.placementRequests),
    portfolioOrderCounts: () => {
      const counts: Record<string, number> = {};
      for (const { portfolioOrder } of book.all()) {
        counts[portfolioOrder.account_id] = (counts[portfolioOrder.account_id] ?? 0) + 1;
      }
      return counts;
    },
    requests: (filter = {}) => structuredClone(context.calls.list(filter)),
    requestCounts: (filter = {}) => context.calls.counts(filter),
    deliveries: () => [...context.deliveries],

    initiate: (draft) =>
      truth(
        portfolios.accept({
          currency: 'EUR',
          type: 'BUY',
          postTax: false,
          initiationFlow: 'SAVINGS_PLAN',
          ...draft,
        }),
      ),
    configureAccount: (accountId, settings) => {
      context.accounts.configure(accountId, settings);
    },
    cancelPortfolioOrder: (id, details = 'Cancelled by Upvest') => cancellation.byUpvest(known(id), details),
    cancelOrder: (orderId, reason = 'CANCELLED_BY_TRADING_PARTNER') => cancellation.ofOrder(orderId, reason),
    cancelExecution: (executionId) => cancellation.ofExecution(executionId),
    proceed: (id) => lifeOf(id).gate.open('proceed'),
    changeSettlementDate: (id, date, told = 'order') =>
      context.settlement.changeDate(lifeOf(id).orders, date, told),

    changePace: (pace) => {
      waits.changePace(pace);
    },
    pause: () => {
      waits.pause();
    },
    resume: () => {
      waits.resume();
    },

    holdWebhooks: () => {
      webhooks.hold();
    },
    releaseWebhooks: async (options = {}) => ({ batches: await webhooks.release(options) }),
    whenDelivered: async (limitMs = 10_000) => {
      for (const deadline = Date.now() + limitMs; !webhooks.idle;) {
        if (Date.now() > deadline) throw new Error(`Webhooks were not delivered within ${limitMs} ms`);
        await sleep(5);
      }
    },
    sendRaw: async ({ webhookId, events = [], body, tamper }) => {
      const webhook = webhookId === undefined ? webhooks.all()[0] : webhooks.find(webhookId);
      if (!webhook) throw problem(404, 'There is no such webhook');
      const bytes = body === undefined ? envelope(events) : Buffer.from(body);
      return transport.send(await signer.seal(webhook.url, bytes, tamper));
    },
    rotateWebhookKey: ({ keepOld = true } = {}) => signer.rotate(keepOld),
    webhookKeys: () => signer.verifyKeys(),
    disturbWebhooks: (disturbance) => {
      webhooks.disturb(disturbance);
    },
    lostEvents: () => structuredClone(context.lost),
    drift: (options) => {
      context.drift.options = options;
    },

    failCalls: (failure) => {
      faults.failCalls(failure);
    },
    delayAnswers: (delay) => {
      faults.delayAnswers(delay);
    },
    setOutage: (on) => {
      faults.outage = on;
    },
    disturbApi: (disturbance) => {
      faults.disturb(disturbance);
    },
    clearFaults: () => {
      faults.clear();
    },
    expireTokens: () => {
      tokens.expireAll();
    },
  };
}

function truth({ portfolioOrder, children, events }: PortfolioRecord): PortfolioOrderTruth {
  const orders = children.map(({ order }) => order);
  const amounts = executedAmounts(orders.flatMap(({ executions }) => executions));
  return structuredClone({ portfolioOrder, orders, events, amounts });
}
