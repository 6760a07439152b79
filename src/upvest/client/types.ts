/** The calls of the Upvest Investment API that this project uses. */
import type { UpvestProblem } from './problem';
import type {
  UpvestExecution,
  UpvestOrder,
  UpvestPortfolioOrder,
  UpvestRebalancing,
  UpvestRebalancingOrder,
  UpvestVerifyKey,
  UpvestWebhook,
  UpvestWebhookTest,
} from '../model/schemas';

/** Input of `POST /portfolios/orders` (references/upvest.md#place-a-portfolio-order). */
export interface PlacePortfolioOrderRequest {
  userId: string;
  accountId: string;
  /** Decimal string in `currency`, not empty, no sign, no exponent. */
  cashAmount: string;
  currency: string;
  side: string;
  /** Upvest's default is false. */
  postTax?: boolean | undefined;
}

/**
 * Filter of `GET /portfolios/orders` (references/upvest.md#read-portfolio-orders); sorted by id, so windows are safer
 * than offsets.
 */
export interface ListPortfolioOrdersQuery {
  accountId?: string;
  /** `YYYY-MM-DDT00:00:00Z`, inclusive. */
  startDate?: string;
  /** `YYYY-MM-DDT00:00:00Z`. */
  endDate?: string;
  /** 1 to 1000; Upvest's default is 100. */
  limit?: number;
  offset?: number;
}

export interface PortfolioOrderPage {
  orders: UpvestPortfolioOrder[];
  /** Why items of the page cannot be read, one text each; absent for none. */
  unreadable?: string[];
  /** Number of matches; absent if Upvest did not report it. */
  totalCount?: number;
}

/** A page of a list (references/upvest.md#read-portfolio-orders). */
export interface PageQuery {
  /** 1 to 1000; Upvest's default is 100. */
  limit?: number;
  offset?: number;
}

/** Filter of `GET /accounts/{id}/orders` (references/upvest.md#individual-orders). */
export interface ListAccountOrdersQuery extends PageQuery {
  accountId: string;
  /** `NEW`, `PROCESSING`, `FILLED` or `CANCELLED`; required, since Upvest may default to `FILLED`. */
  status: string;
  /** RFC 3339 date and time, inclusive. */
  createdFrom?: string;
  /** RFC 3339 date and time, inclusive. */
  createdTo?: string;
}

export interface OrderPage {
  orders: UpvestOrder[];
  /** Number of matches; absent if Upvest did not report it. */
  totalCount?: number;
}

/**
 * Accounts to rebalance, or allocations whose accounts to rebalance, never both; UUIDs
 * (references/upvest.md#rebalancing).
 */
export type RebalanceRequest =
  { accounts: string[]; allocations?: never } | { allocations: string[]; accounts?: never };

export interface RebalancingOrderPage {
  orders: UpvestRebalancingOrder[];
  /** Absent if Upvest did not report it. */
  totalCount?: number;
}

/** Input of `POST /webhooks` (references/upvest.md#webhook-subscriptions). */
export interface CreateWebhookRequest {
  /** At most 32 characters of `A-Z a-z 0-9 ( ) [ ] { } . -` and space. */
  title: string;
  url: string;
  /** Categories (references/upvest.md#event-types). */
  types: string[];
  /** `1s` to `30s`: how long Upvest may delay events to batch them. */
  delay?: string;
  /** Bytes, 100 to 1048576. */
  maxPackageSize?: number;
}

/** Input of `PATCH /webhooks/{id}`; absent members stay unchanged (references/upvest.md#webhook-subscriptions). */
export type UpdateWebhookRequest = Partial<CreateWebhookRequest> & { enabled?: boolean };

export interface CallOptions {
  /** Aborts the call with its reason; a POST that was already sent throws UpvestOutcomeUnknown instead. */
  signal?: AbortSignal | undefined;
}

export interface PlaceOptions extends CallOptions {
  /**
   * The longest wait for the rate limiter, in milliseconds: a longer one throws UpvestRetry at once, with the time until the next
   * turn. Default: no limit.
   */
  turnWithinMs?: number | undefined;
  /** Called before the first byte of the POST is sent: an error before that is proof that nothing was placed. */
  onSend?: (() => void) | undefined;
}

export interface UpvestClient {
  /** Repeat it only with the same key and request. @throws UpvestOutcomeUnknown in addition to the other errors */
  createPortfolioOrder(
    request: PlacePortfolioOrderRequest,
    idempotencyKey: string,
    options?: PlaceOptions,
  ): Promise<UpvestPortfolioOrder>;
  /** @throws UpvestRefused with status 404, also for a brand-new order (references/upvest.md#errors) */
  readPortfolioOrder(id: string, options?: CallOptions): Promise<UpvestPortfolioOrder>;
  listPortfolioOrders(query: ListPortfolioOrdersQuery, options?: CallOptions): Promise<PortfolioOrderPage>;
  /**
   * Requests cancellation; `accepted` does not mean cancelled (references/upvest.md#cancel-a-portfolio-order).
   *
   * @returns `refused` for 400, 409 and 422: not cancellable
   * @throws UpvestRefused with status 404 for an unknown order
   */
  cancelPortfolioOrder(id: string, options?: CallOptions): Promise<'accepted' | { refused: UpvestProblem }>;
  /** @throws UpvestRefused with status 404, also for a brand-new order (references/upvest.md#errors) */
  readOrder(id: string, options?: CallOptions): Promise<UpvestOrder>;
  /** Reads one execution; only the order itself lists its executions (references/upvest.md#individual-orders). */
  readExecution(orderId: string, executionId: string, options?: CallOptions): Promise<UpvestExecution>;
  /**
   * Lists single orders of an account, including children of portfolio orders (references/upvest.md#individual-orders).
   */
  listAccountOrders(query: ListAccountOrdersQuery, options?: CallOptions): Promise<OrderPage>;
  /**
   * Starts a rebalancing; repeat it only with the same key and request (references/upvest.md#rebalancing).
   *
   * @returns the id of the rebalancing execution; its portfolio orders are known later
   * @throws UpvestOutcomeUnknown in addition to the other errors
   */
  startRebalancing(request: RebalanceRequest, idempotencyKey: string, options?: CallOptions): Promise<string>;
  readRebalancing(executionId: string, options?: CallOptions): Promise<UpvestRebalancing>;
  /** One order per account; valid ones name their portfolio order (references/upvest.md#rebalancing). */
  listRebalancingOrders(
    executionId: string,
    page?: PageQuery,
    options?: CallOptions,
  ): Promise<RebalancingOrderPage>;
  /** Public keys of webhook signatures. */
  readVerifyKeys(options?: CallOptions): Promise<UpvestVerifyKey[]>;
  /**
   * Not idempotent: after UpvestOutcomeUnknown, list and match by URL. New webhooks are disabled
   * (references/upvest.md#webhook-subscriptions).
   */
  createWebhook(request: CreateWebhookRequest, options?: CallOptions): Promise<UpvestWebhook>;
  /** The first 1000. */
  listWebhooks(options?: CallOptions): Promise<UpvestWebhook[]>;
  readWebhook(id: string, options?: CallOptions): Promise<UpvestWebhook>;
  updateWebhook(id: string, change: UpdateWebhookRequest, options?: CallOptions): Promise<UpvestWebhook>;
  enableWebhook(id: string, options?: CallOptions): Promise<UpvestWebhook>;
  deleteWebhook(id: string, options?: CallOptions): Promise<void>;
  /**
   * Has Upvest send a test event to the webhook (references/upvest.md#webhook-subscriptions).
   *
   * @returns the webhook's answer; `accepted` if Upvest does not report it, as its older API
   */
  testWebhook(id: string, options?: CallOptions): Promise<'accepted' | UpvestWebhookTest>;
  /** Waits for running calls and closes the client's own connections. */
  close(): Promise<void>;
}
