/** The calls of the Upvest Investment API that this project makes, and what they take. */
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
} from './schemas';

/** What `POST /portfolios/orders` takes (upvest.md 3.2). */
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

/** Filter of `GET /portfolios/orders` (upvest.md 3.3); sorted by id, so windows are safer than offsets. */
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
  /** All that match the filter; absent where Upvest did not say. */
  totalCount?: number;
}

/** Which part of a list (upvest.md 3.3). */
export interface PageQuery {
  /** 1 to 1000; Upvest's default is 100. */
  limit?: number;
  offset?: number;
}

/** Filter of `GET /accounts/{id}/orders` (upvest.md 3.5). */
export interface ListAccountOrdersQuery extends PageQuery {
  accountId: string;
  /** `NEW`, `PROCESSING`, `FILLED` or `CANCELLED`; not optional, since Upvest may take its absence for `FILLED`. */
  status: string;
  /** RFC 3339 date and time, inclusive. */
  createdFrom?: string;
  /** RFC 3339 date and time, inclusive. */
  createdTo?: string;
}

export interface OrderPage {
  orders: UpvestOrder[];
  /** All that match the filter; absent where Upvest did not say. */
  totalCount?: number;
}

/** What is to be rebalanced: accounts, or all accounts of allocations; UUIDs, and never both (upvest.md 3.6). */
export type RebalanceRequest =
  { accounts: string[]; allocations?: never } | { allocations: string[]; accounts?: never };

export interface RebalancingOrderPage {
  orders: UpvestRebalancingOrder[];
  /** Absent where Upvest did not say. */
  totalCount?: number;
}

/** What `POST /webhooks` takes (upvest.md 3.7). */
export interface CreateWebhookRequest {
  /** At most 32 characters of `A-Z a-z 0-9 ( ) [ ] { } . -` and space. */
  title: string;
  url: string;
  /** Categories as of upvest.md 5.2. */
  types: string[];
  /** `1s` to `30s`: how long Upvest may hold events back to bundle them. */
  delay?: string;
  /** Bytes, 100 to 1048576. */
  maxPackageSize?: number;
}

/** What `PATCH /webhooks/{id}` takes; what is left out stays as it is (upvest.md 3.7). */
export type UpdateWebhookRequest = Partial<CreateWebhookRequest> & { enabled?: boolean };

export interface CallOptions {
  /** Ends the call: with its reason while nothing was sent, or for reads; a POST that was sent is UpvestOutcomeUnknown. */
  signal?: AbortSignal | undefined;
}

export interface UpvestClient {
  /** Repeat it with the same key and the same request only. @throws UpvestOutcomeUnknown besides the rest */
  placePortfolioOrder(
    request: PlacePortfolioOrderRequest,
    idempotencyKey: string,
    options?: CallOptions,
  ): Promise<UpvestPortfolioOrder>;
  /** @throws UpvestRefused with status 404 also for an order that is moments old (upvest.md 3.9) */
  readPortfolioOrder(id: string, options?: CallOptions): Promise<UpvestPortfolioOrder>;
  listPortfolioOrders(query: ListPortfolioOrdersQuery, options?: CallOptions): Promise<PortfolioOrderPage>;
  /**
   * Asks for the cancellation; `accepted` does not mean cancelled (upvest.md 3.4).
   *
   * @returns `refused` for 400, 409 and 422: not cancellable
   * @throws UpvestRefused with status 404 for an order that Upvest does not know
   */
  cancelPortfolioOrder(id: string, options?: CallOptions): Promise<'accepted' | { refused: UpvestProblem }>;
  /** @throws UpvestRefused with status 404 also for an order that is moments old (upvest.md 3.9) */
  readOrder(id: string, options?: CallOptions): Promise<UpvestOrder>;
  /** One execution of an order; there is no list of them besides the order's own (upvest.md 3.5). */
  readExecution(orderId: string, executionId: string, options?: CallOptions): Promise<UpvestExecution>;
  /** Single orders of an account, children of portfolio orders among them (upvest.md 3.5). */
  listAccountOrders(query: ListAccountOrdersQuery, options?: CallOptions): Promise<OrderPage>;
  /**
   * Starts a rebalancing; repeat it with the same key and the same request only (upvest.md 3.6).
   *
   * @returns the id of the rebalancing execution; the portfolio orders that it places are known later
   * @throws UpvestOutcomeUnknown besides the rest
   */
  startRebalancing(request: RebalanceRequest, idempotencyKey: string, options?: CallOptions): Promise<string>;
  readRebalancing(executionId: string, options?: CallOptions): Promise<UpvestRebalancing>;
  /** One for each account; those that are valid name the portfolio order that they became (upvest.md 3.6). */
  listRebalancingOrders(
    executionId: string,
    page?: PageQuery,
    options?: CallOptions,
  ): Promise<RebalancingOrderPage>;
  /** Public keys with which Upvest signs webhooks. */
  readVerifyKeys(options?: CallOptions): Promise<UpvestVerifyKey[]>;
  /** Not idempotent: after UpvestOutcomeUnknown list and match by url. A new webhook starts disabled (upvest.md 3.7). */
  createWebhook(request: CreateWebhookRequest, options?: CallOptions): Promise<UpvestWebhook>;
  /** The first 1000. */
  listWebhooks(options?: CallOptions): Promise<UpvestWebhook[]>;
  readWebhook(id: string, options?: CallOptions): Promise<UpvestWebhook>;
  updateWebhook(id: string, change: UpdateWebhookRequest, options?: CallOptions): Promise<UpvestWebhook>;
  enableWebhook(id: string, options?: CallOptions): Promise<UpvestWebhook>;
  deleteWebhook(id: string, options?: CallOptions): Promise<void>;
  /**
   * Has Upvest send a test event to the webhook's address (upvest.md 3.7).
   *
   * @returns what the address answered; `accepted` where Upvest does not say, which is its older form
   */
  testWebhook(id: string, options?: CallOptions): Promise<'accepted' | UpvestWebhookTest>;
  /** Waits for running calls and closes the connections that the client made itself. */
  close(): Promise<void>;
}
