/** The calls of the Upvest Investment API that this project makes, and what they take. */
import type { UpvestProblem } from './problem';
import type { UpvestOrder, UpvestPortfolioOrder, UpvestVerifyKey, UpvestWebhook } from './schemas';

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
  readOrder(id: string, options?: CallOptions): Promise<UpvestOrder>;
  /** Public keys with which Upvest signs webhooks. */
  readVerifyKeys(options?: CallOptions): Promise<UpvestVerifyKey[]>;
  /** Not idempotent: after UpvestOutcomeUnknown list and match by url. A new webhook starts disabled (upvest.md 3.7). */
  createWebhook(request: CreateWebhookRequest, options?: CallOptions): Promise<UpvestWebhook>;
  listWebhooks(options?: CallOptions): Promise<UpvestWebhook[]>;
  enableWebhook(id: string, options?: CallOptions): Promise<UpvestWebhook>;
  /** Waits for running calls and closes the connections that the client made itself. */
  close(): Promise<void>;
}
