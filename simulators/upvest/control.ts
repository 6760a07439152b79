import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessTokens } from './access/access-tokens';
import type { IdempotencyStore } from './access/idempotency';
import type { AccountSettings } from './access/account-settings';
import type { Accounts } from './access/accounts';
import { executedAmounts, type ExecutedAmounts } from './orders/amounts';
import type { ApiDisturbance } from './http/api-disturbance';
import type { ApiCall, CallFilter, CallLog } from './http/call-log';
import type { Cancellation } from './orders/cancellation';
import type { DeliveryAttempt, ReleaseOptions } from './webhooks/delivery-queue';
import type { Disturbance } from './webhooks/delivery-disturbance';
import type { SchemaDrift, SchemaDriftOptions } from './behaviour/schema-drift';
import type { EventLog, TruthEntry } from './webhooks/event-log';
import type { DelayAnswers, FailCalls, Faults } from './http/faults';
import type { ScenarioHold } from './behaviour/scenario-hold';
import type { BrokerEvent, Order, OrderCancellationReason, PortfolioOrder } from './orders/wire-objects';
import type { PreparedPlacement } from './http/portfolio-order-routes';
import type { Pace } from './options';
import type { OrderStore, OrderRecord, PortfolioRecord } from './orders/order-store';
import type { PacedTimers } from './behaviour/paced-timers';
import type { PortfolioLifecycle, PortfolioOrderDraft } from './orders/portfolio-lifecycle';
import { problem } from './http/problem';
import type { SettlementDateNotice, Settlement } from './orders/settlement';
import { envelope, type AddressedEvent } from './webhooks/webhook-batches';
import type { ReceiverResponse, WebhookTransport } from './webhooks/webhook-transport';
import type { SignedWebhookRequest, Tampering, VerifyKey, WebhookSigner } from './webhooks/webhook-signature';
import type { Webhooks } from './webhooks/webhooks';

/** Actual state of one portfolio order, whatever the API or webhooks have shown. */
export interface PortfolioOrderTruth {
  portfolioOrder: PortfolioOrder;
  /** Child orders, each with its executions. */
  orders: Order[];
  /** Every event emitted for it, in order, delivered or not. */
  events: BrokerEvent[];
  /** Sums over the executions of its orders, by side and currency. */
  amounts: ExecutedAmounts[];
}

/** A custom webhook request: `events` as a batch, or a raw `body`. */
export interface RawWebhook {
  /** Webhook to send to; default: the oldest. */
  webhookId?: string;
  /** Wrapped unchanged into `{ payload: [...] }`. */
  events?: unknown[];
  /** Sent unchanged. */
  body?: string;
  tamper?: Tampering;
}

/** Inspection and control for tests in the same process; `/__sim` offers the same over HTTP (README.md). */
export interface UpvestControl {
  /** Every portfolio order, oldest first, as copies. */
  portfolioOrders(): PortfolioOrderTruth[];
  /** @throws Problem 404 for an unknown id. */
  portfolioOrder(id: string): PortfolioOrderTruth;
  /** The truth log: each status that each object took since the start, in order. */
  truth(): TruthEntry[];
  /** Requests of POST /portfolios/orders by idempotency key, including rejected and failed ones. */
  placementRequests(): Record<string, number>;
  /** Forgets the idempotency keys of placements. */
  forgetPlacementKeys(): void;
  /** Number of existing portfolio orders by account; reveals double placements. */
  portfolioOrderCounts(): Record<string, number>;
  /** API calls that match the filter in order of arrival, including rejected and failed ones. */
  requests(filter?: CallFilter): ApiCall[];
  /** The same calls, counted by `<method> <path>`, such as `GET /portfolios/orders/{id}`. */
  requestCounts(filter?: CallFilter): Record<string, number>;
  /** Every attempt to deliver a batch, in order. */
  deliveries(): DeliveryAttempt[];

  /** Starts an order on Upvest's side, such as of a savings plan (`initiationFlow` default SAVINGS_PLAN). */
  initiate(draft: InitiatedOrder): PortfolioOrderTruth;
  /**
   * Accepts an order ahead of its placement: it goes its way at once, and the next placement on its account is answered with
   * it, as it was at first. So a benchmark knows ids and events before it places. `onPlaced` is called after that answer.
   */
  prepare(draft: InitiatedOrder, onPlaced?: () => void): PortfolioOrderTruth;
  /** Replaces the account's settings; its scenario applies to orders accepted from now on. */
  configureAccount(accountId: string, settings: AccountSettings): void;
  /** Cancels on Upvest's side (CANCELLED_BY_UPVEST); false if it had ended already. */
  cancelPortfolioOrder(id: string, details?: string): boolean;
  /** Cancels one order, by default by the trading partner; false if it had ended already. */
  cancelOrder(orderId: string, reason?: OrderCancellationReason): boolean;
  /** Mistrade: cancels a FILLED or even SETTLED execution; false if it is unknown or already CANCELLED. */
  cancelExecution(executionId: string): boolean;
  /**
   * Releases a portfolio order or order that its scenario holds: the next step runs at once, later ones at the
   * configured pace, without further holds. False if nothing was waiting.
   * @throws Problem 404 for an unknown id.
   */
  proceed(id: string): boolean;
  /**
   * Changes the settlement date (YYYY-MM-DD) of executions that are still FILLED, and announces it by an ORDER event
   * with an unchanged status (default), by EXECUTION events, or not at all. Returns the number of executions. The date
   * does not affect when they settle; the pace does.
   */
  changeSettlementDate(id: string, date: string, notice?: SettlementDateNotice): number;

  changePace(pace: Partial<Pace>): void;
  /** Stops the progress of all orders; API, cancels and deliveries continue. */
  pause(): void;
  resume(): void;

  /** Holds all deliveries that have not started. */
  holdWebhooks(): void;
  /** Releases held deliveries; resolves when the receiver has acknowledged all of them. */
  releaseWebhooks(options?: ReleaseOptions): Promise<{ batches: number }>;
  /** Resolves when all events so far are delivered; rejects after `limitMs` (default 10000). */
  whenDelivered(limitMs?: number): Promise<void>;
  /** Signs and sends one webhook request, bypassing the queue, and returns the receiver's response. */
  sendRaw(webhook: RawWebhook): Promise<ReceiverResponse>;
  /** Signs a webhook request with these events and returns it instead of sending it. Valid for 60 s by default. */
  signWebhook(url: string, events: unknown[], lifetimeSeconds?: number): Promise<SignedWebhookRequest>;
  /** Starts using a new webhook signing key and returns its id. Old keys stay listed unless `keepOld` is false. */
  rotateWebhookKey(options?: { keepOld?: boolean }): string;
  /** The public keys, as GET /auth/verify_keys lists them. */
  webhookKeys(): VerifyKey[];
  /** Drops, duplicates, delays, reorders and splits deliveries at random; without an argument, stops doing so. */
  disturbWebhooks(disturbance?: Disturbance): void;
  /** Events never delivered (disturbance, or account with `webhooks: none`), each with its webhook. */
  lostEvents(): AddressedEvent[];
  /** Adds undocumented fields, statuses and event types (schema drift); `{}` ends it. */
  drift(options: SchemaDriftOptions): void;

  failCalls(failure: FailCalls): void;
  delayAnswers(delay: DelayAnswers): void;
  /** While on, every API call gets 503; deliveries continue. */
  setOutage(on: boolean): void;
  /** Fails API calls at random; without an argument, stops doing so. */
  disturbApi(disturbance?: ApiDisturbance): void;
  /** Ends outage and API disturbance, discards unused faults, and sends delayed responses. */
  clearFaults(): void;
  /** Makes all access tokens invalid. */
  expireTokens(): void;
}

export type InitiatedOrder = Pick<PortfolioOrderDraft, 'userId' | 'accountId' | 'cashAmount'> &
  Partial<Omit<PortfolioOrderDraft, 'userId' | 'accountId' | 'cashAmount'>>;

export interface ControlContext {
  store: OrderStore;
  accounts: Accounts;
  log: EventLog;
  portfolios: PortfolioLifecycle;
  cancellation: Cancellation;
  settlement: Settlement;
  timers: PacedTimers;
  webhooks: Webhooks;
  signer: WebhookSigner;
  transport: WebhookTransport;
  faults: Faults;
  tokens: AccessTokens;
  drift: SchemaDrift;
  calls: CallLog;
  placementRequests: Map<string, number>;
  placements: IdempotencyStore<PortfolioOrder>;
  prepared: Map<string, PreparedPlacement>;
  deliveries: DeliveryAttempt[];
  lost: AddressedEvent[];
}

const initiated = {
  currency: 'EUR',
  type: 'BUY',
  postTax: false,
  initiationFlow: 'SAVINGS_PLAN',
} as const;

export function createControl(context: ControlContext): UpvestControl {
  const { store, portfolios, cancellation, timers, webhooks, signer, transport, faults, tokens } = context;

  const requirePortfolioOrder = (id: string): PortfolioRecord => {
    const record = store.find(id);
    if (!record) throw problem(404, `Portfolio order ${id} not found`);
    return record;
  };
  /** Orders and hold of a portfolio order or an individual order. */
  const requireOrders = (id: string): { hold: ScenarioHold; orders: OrderRecord[] } => {
    const record = store.find(id);
    if (record) return { hold: record.hold, orders: record.children };
    const order = store.findOrder(id);
    if (!order) throw problem(404, `No portfolio order or order with id ${id}`);
    return { hold: order.hold, orders: [order] };
  };

  return {
    portfolioOrders: () => store.all().map(truth),
    portfolioOrder: (id) => truth(requirePortfolioOrder(id)),
    truth: () => structuredClone(context.log.truth),
    placementRequests: () => Object.fromEntries(context.placementRequests),
    forgetPlacementKeys: () => {
      context.placements.forget();
    },
    portfolioOrderCounts: () => {
      const counts: Record<string, number> = {};
      for (const { portfolioOrder } of store.all()) {
        counts[portfolioOrder.account_id] = (counts[portfolioOrder.account_id] ?? 0) + 1;
      }
      return counts;
    },
    requests: (filter = {}) => structuredClone(context.calls.list(filter)),
    requestCounts: (filter = {}) => context.calls.counts(filter),
    deliveries: () => [...context.deliveries],

    initiate: (draft) => truth(portfolios.accept({ ...initiated, ...draft })),
    prepare: (draft, onPlaced = () => undefined) => {
      const accepted = truth(portfolios.accept({ ...initiated, initiationFlow: 'API', ...draft }));
      context.prepared.set(draft.accountId, { portfolioOrder: accepted.portfolioOrder, onPlaced });
      return accepted;
    },
    configureAccount: (accountId, settings) => {
      context.accounts.configure(accountId, settings);
    },
    cancelPortfolioOrder: (id, details = 'Cancelled by Upvest') =>
      cancellation.byUpvest(requirePortfolioOrder(id), details),
    cancelOrder: (orderId, reason = 'CANCELLED_BY_TRADING_PARTNER') => cancellation.ofOrder(orderId, reason),
    cancelExecution: (executionId) => cancellation.ofExecution(executionId),
    proceed: (id) => requireOrders(id).hold.release('proceed'),
    changeSettlementDate: (id, date, notice = 'order') =>
      context.settlement.changeDate(requireOrders(id).orders, date, notice),

    changePace: (pace) => {
      timers.changePace(pace);
    },
    pause: () => {
      timers.pause();
    },
    resume: () => {
      timers.resume();
    },

    holdWebhooks: () => {
      webhooks.hold();
    },
    releaseWebhooks: async (options = {}) => ({ batches: await webhooks.release(options) }),
    whenDelivered: async (limitMs = 10_000) => {
      for (const deadline = Date.now() + limitMs; !webhooks.idle;) {
        if (Date.now() > deadline) throw new Error(`Webhooks not delivered within ${limitMs} ms`);
        await sleep(5);
      }
    },
    sendRaw: async ({ webhookId, events = [], body, tamper }) => {
      const webhook = webhookId === undefined ? webhooks.all()[0] : webhooks.find(webhookId);
      if (!webhook) throw problem(404, 'Webhook not found');
      const bytes = body === undefined ? envelope(events) : Buffer.from(body);
      return transport.send(await signer.sign(webhook.url, bytes, tamper));
    },
    signWebhook: (url, events, lifetimeSeconds) => signer.sign(url, envelope(events), { lifetimeSeconds }),
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
