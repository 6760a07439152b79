/** The HTTP server as its process starts it, with neither Temporal nor Upvest: for what it answers by itself. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import type { ServerConfig } from '../../src/config/config';
import { standardPolicies } from '../../src/config/policies';
import { startServer } from '../../src/start-server';
import { connectClient } from '../../src/temporal/client';
import { tokenEntry } from './further-server';

export interface LoneServer {
  url: string;
  tokens: { read: string; submit: string; operate: string };
  config: ServerConfig;
  /** Whatever is asked of it fails. */
  client: Client;
  stop(): Promise<void>;
}

/** Discard: nothing listens there. */
const NOWHERE = '127.0.0.1:9';

/** The server of a test file: started before its tests, stopped after them. Suites take the function. */
export function useLoneServer(): () => LoneServer {
  let server: LoneServer | undefined;
  beforeAll(async () => {
    server = await startLoneServer();
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined)
      throw new Error('The server is started before tests, not while they are declared.');
    return server;
  };
}

async function startLoneServer(): Promise<LoneServer> {
  const tokens = { read: 'read-token', submit: 'submit-token', operate: 'operate-token' };
  const config: ServerConfig = {
    upvest: {
      baseUrl: `http://${NOWHERE}`,
      clientId: randomUUID(),
      clientSecret: 'upvest-secret',
      keyId: randomUUID(),
      privateKey: generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).privateKey,
      requestsPerSecond: 250,
    },
    databaseUrl: `postgresql://records@${NOWHERE}/records`,
    orderTaskQueue: 'orders',
    order: {
      brokerTaskQueue: 'broker',
      policies: standardPolicies(),
      emission: {
        tenantCode: 'PFOLIO',
        actor: 'portfolio-order-coordinator',
        deliveryCountryIso: 'DE',
        detail: 'orders',
      },
    },
    http: {
      host: '127.0.0.1',
      port: 0,
      webhookPath: '/webhooks/upvest',
      webhookSignature: { expiry: 'warn', maxAheadMs: 300_000, maxAgeMs: 604_800_000 },
      tokens: (['read', 'submit', 'operate'] as const).map((role) =>
        tokenEntry(tokens[role], role, `demo-${role}`),
      ),
    },
  };
  const client = connectClient({ address: NOWHERE });
  const server = await startServer(config, client, pino({ level: 'silent' }));
  return {
    url: server.url,
    tokens,
    config,
    client,
    async stop() {
      await server.stop();
      await client.connection.close();
    },
  };
}
