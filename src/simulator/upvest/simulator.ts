import type { AddressInfo } from 'node:net';
import { AccessTokens } from './access-tokens';
import { Accounts } from './accounts';
import { createApiServer, guardApi } from './api-server';
import { authRoutes } from './auth-routes';
import { CallLog } from './call-log';
import { Cancellation } from './cancellation';
import { createClock } from './clock';
import { createControl, type UpvestControl } from './control';
import { controlRoutes } from './control-routes';
import type { DeliveryAttempt } from './delivery-queue';
import { Drift } from './drift';
import { EventLog } from './event-log';
import { Faults } from './faults';
import { resolveOptions, type UpvestSimulatorOptions } from './options';
import { OrderBook } from './order-book';
import { OrderLife } from './order-life';
import { orderRoutes } from './order-routes';
import { PacedWaits } from './paced-waits';
import { PortfolioLife } from './portfolio-life';
import { portfolioOrderRoutes } from './portfolio-order-routes';
import { RateLimit } from './rate-limit';
import { Rebalancing } from './rebalancing';
import { rebalancingRoutes } from './rebalancing-routes';
import { RequestVerifier } from './request-signature';
import { Settlement } from './settlement';
import type { AddressedEvent } from './webhook-batches';
import { WebhookTransport } from './webhook-delivery';
import { webhookRoutes } from './webhook-routes';
import { WebhookSigner } from './webhook-signature';
import { Webhooks } from './webhooks';

export interface UpvestSimulator {
  /** Base URL of the API and of the control plane, without a slash at the end. */
  url: string;
  control: UpvestControl;
  /** Stops at once: no timer, delivery or connection is left. */
  close(): Promise<void>;
}

/** Starts a stand-in of the Upvest Investment API on a real port. Resolves when it listens. */
export async function startUpvestSimulator(options: UpvestSimulatorOptions): Promise<UpvestSimulator> {
  const resolved = resolveOptions(options);
  const { clientId, pace } = resolved;
  const clock = createClock();
  const book = new OrderBook();
  const log = new EventLog();
  const waits = new PacedWaits(pace);
  const accounts = new Accounts();
  const settlement = new Settlement(log, clock, waits);
  const orders = new OrderLife(book, log, clock, waits, settlement, resolved);
  const portfolios = new PortfolioLife(book, accounts, orders, log, clock, waits, settlement, resolved);
  const cancellation = new Cancellation(book, orders, portfolios, settlement);
  const rebalancing = new Rebalancing(accounts, portfolios, log, clock, waits);
  const tokens = new AccessTokens(resolved, resolved.tokenLifetimeSeconds);
  const faults = new Faults();
  const signer = new WebhookSigner(resolved.webhookSignatureVersion);
  const transport = new WebhookTransport(resolved.deliveryTimeoutMs);
  const drift = new Drift(clock);
  const deliveries: DeliveryAttempt[] = [];
  const lost: AddressedEvent[] = [];
  const webhooks = new Webhooks({
    signer,
    transport,
    secondMs: () => pace.secondMs,
    resignRedeliveries: resolved.resignRedeliveries,
    onAttempt: (attempt) => deliveries.push(attempt),
    onLost: (event) => lost.push(event),
  });
  log.onEvent((event) => {
    const accountId = book.accountOf(event);
    const isSilent = accountId !== undefined && accounts.get(accountId).webhooks === 'none';
    for (const told of drift.events(event)) webhooks.publish(told, isSilent);
  });
  const verifier = new RequestVerifier(resolved.clientKeys);
  const calls = new CallLog();
  const placementRequests = new Map<string, number>();
  const lives = { book, accounts, orders, portfolios, cancellation, settlement, rebalancing, waits };
  const shared = { ...lives, webhooks, signer, transport, faults, tokens, clock, options: resolved };
  const control = createControl({ ...shared, log, drift, calls, placementRequests, deliveries, lost });

  const app = createApiServer();
  app.addHook('onRequest', (request, _reply, done) => {
    const key = request.headers['idempotency-key'];
    if (request.method === 'POST' && request.url === '/portfolios/orders' && typeof key === 'string') {
      placementRequests.set(key, (placementRequests.get(key) ?? 0) + 1);
    }
    done();
  });
  await app.register((api, _options, done) => {
    const rateLimit = new RateLimit(resolved.requestsPerSecond);
    guardApi(api, {
      clientId,
      verifier,
      faults,
      drift,
      rateLimit,
      calls,
      retryAfterHeader: resolved.retryAfterHeader,
    });
    authRoutes(api, { tokens, signer, clientId });
    portfolioOrderRoutes(api, shared);
    orderRoutes(api, shared);
    rebalancingRoutes(api, shared);
    webhookRoutes(api, shared);
    done();
  });
  await app.register(
    (plane, _options, done) => {
      controlRoutes(plane, control);
      done();
    },
    { prefix: '/__sim' },
  );
  await app.listen({ host: resolved.host, port: resolved.port });
  const { port } = app.server.address() as AddressInfo;
  const host = resolved.host.includes(':') ? `[${resolved.host}]` : resolved.host;

  return {
    url: `http://${host}:${port}`,
    control,
    close: async () => {
      waits.close();
      faults.close();
      webhooks.close();
      await Promise.all([transport.close(), app.close()]);
    },
  };
}
