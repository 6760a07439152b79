import type { AddressInfo } from 'node:net';
import { AccessTokens } from './access/access-tokens';
import { IdempotencyStore } from './access/idempotency';
import { Accounts } from './access/accounts';
import { createApiServer, guardApi } from './http/api-server';
import { authRoutes } from './http/auth-routes';
import { CallLog } from './http/call-log';
import { Cancellation } from './orders/cancellation';
import { createClock } from './behaviour/clock';
import { createControl, type UpvestControl } from './control';
import { controlRoutes } from './http/control-routes';
import type { DeliveryAttempt } from './webhooks/delivery-queue';
import { SchemaDrift } from './behaviour/schema-drift';
import { EventLog } from './webhooks/event-log';
import { Faults } from './http/faults';
import { resolveOptions, type UpvestSimulatorOptions } from './options';
import { OrderStore } from './orders/order-store';
import type { PortfolioOrder } from './orders/wire-objects';
import { OrderLifecycle } from './orders/order-lifecycle';
import { orderRoutes } from './http/order-routes';
import { PacedTimers } from './behaviour/paced-timers';
import { PortfolioLifecycle } from './orders/portfolio-lifecycle';
import { portfolioOrderRoutes, type PreparedPlacement } from './http/portfolio-order-routes';
import { RateLimit } from './http/rate-limit';
import { Rebalancing } from './orders/rebalancing';
import { rebalancingRoutes } from './http/rebalancing-routes';
import { RequestVerifier } from './access/request-signature';
import { Settlement } from './orders/settlement';
import type { AddressedEvent } from './webhooks/webhook-batches';
import { WebhookTransport } from './webhooks/webhook-transport';
import { webhookRoutes } from './http/webhook-routes';
import { WebhookSigner } from './webhooks/webhook-signature';
import { Webhooks } from './webhooks/webhooks';

export interface UpvestSimulator {
  /** Base URL of the API and of the control plane, without a slash at the end. */
  url: string;
  control: UpvestControl;
  /** Stops immediately; leaves no timer, delivery or connection behind. */
  close(): Promise<void>;
}

/** Starts the simulator on a real port. Resolves when it listens. */
export async function startUpvestSimulator(options: UpvestSimulatorOptions): Promise<UpvestSimulator> {
  const resolved = resolveOptions(options);
  const { clientId, pace } = resolved;
  const clock = createClock(resolved.now);
  const store = new OrderStore();
  const log = new EventLog();
  const timers = new PacedTimers(pace);
  const accounts = new Accounts();
  const settlement = new Settlement(log, clock, timers);
  const orders = new OrderLifecycle(store, log, clock, timers, settlement, resolved);
  const portfolios = new PortfolioLifecycle(
    store,
    accounts,
    orders,
    log,
    clock,
    timers,
    settlement,
    resolved,
  );
  const cancellation = new Cancellation(store, orders, portfolios, settlement);
  const rebalancing = new Rebalancing(accounts, portfolios, log, clock, timers);
  const tokens = new AccessTokens(resolved, resolved.tokenLifetimeSeconds);
  const faults = new Faults();
  const signer = new WebhookSigner(resolved.webhookSignatureVersion);
  const transport = new WebhookTransport(resolved.deliveryTimeoutMs);
  const drift = new SchemaDrift(clock);
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
    const accountId = store.accountOf(event);
    const isMuted = accountId !== undefined && accounts.get(accountId).webhooks === 'none';
    for (const sent of drift.events(event)) webhooks.publish(sent, isMuted);
  });
  const verifier = new RequestVerifier(resolved.clientKeys);
  const calls = new CallLog();
  const placementRequests = new Map<string, number>();
  const placements = new IdempotencyStore<PortfolioOrder>();
  const prepared = new Map<string, PreparedPlacement>();
  const domain = { store, accounts, orders, portfolios, cancellation, settlement, rebalancing, timers };
  const shared = {
    ...domain,
    webhooks,
    signer,
    transport,
    faults,
    tokens,
    clock,
    placements,
    prepared,
    options: resolved,
  };
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
      timers.close();
      faults.close();
      webhooks.close();
      await Promise.all([transport.close(), app.close()]);
    },
  };
}
