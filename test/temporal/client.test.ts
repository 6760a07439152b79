import { createServer as createHttp2Server } from 'node:http2';
import type { Http2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { connectClient, resolveTarget, withTemporalDeadline } from '../../src/temporal/client';
import { freePort } from '../../src/lib/free-port';
import { grpcCodeOf, grpcStatus } from '../../src/temporal/grpc';
import { connectWorker } from '../../src/temporal/worker-client';
import { closeTemporal, testClient, testTarget } from '../support/temporal';

const inherited = process.env;
beforeEach(() => {
  const kept = Object.entries(inherited).filter(([name]) => !name.startsWith('TEMPORAL_'));
  process.env = { ...Object.fromEntries(kept), TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' };
});
afterEach(() => {
  process.env = inherited;
});
afterAll(closeTemporal);

/** How a call ended, and after how many ms. */
async function outcome(client: Client, budgetMs: number): Promise<{ code: number | undefined; ms: number }> {
  const startedAt = Date.now();
  try {
    await withTemporalDeadline(client, budgetMs, () => client.workflow.getHandle('unknown').signal('hello'));
    throw new Error('the call succeeded');
  } catch (error) {
    return { code: grpcCodeOf(error), ms: Date.now() - startedAt };
  } finally {
    await client.connection.close();
  }
}

describe('the target', () => {
  test('is taken from the environment', () => {
    Object.assign(process.env, {
      TEMPORAL_ADDRESS: 'cloud:7233',
      TEMPORAL_NAMESPACE: 'orders',
      TEMPORAL_API_KEY: 'secret',
    });
    const { connectionOptions, namespace } = resolveTarget();
    expect(connectionOptions).toMatchObject({ address: 'cloud:7233', apiKey: 'secret', tls: true });
    expect(namespace).toBe('orders');
    expect(resolveTarget({ address: 'cloud:7233', namespace: 'other' })).toEqual({
      connectionOptions,
      namespace: 'other',
    });
  });

  test('sends no credentials to another address than the configured one', () => {
    Object.assign(process.env, {
      TEMPORAL_ADDRESS: 'cloud:7233',
      TEMPORAL_NAMESPACE: 'orders',
      TEMPORAL_API_KEY: 'secret',
    });
    expect(resolveTarget({ address: '127.0.0.1:7233' })).toEqual({
      connectionOptions: { address: '127.0.0.1:7233' },
      namespace: 'default',
    });
  });

  test('is the default namespace when nothing is configured', () => {
    expect(resolveTarget().namespace).toBe('default');
  });
});

test('a call that waits for its next attempt ends with its connection, and nothing else ends', async () => {
  const client = connectClient({ address: `127.0.0.1:${await freePort()}` });
  const call = client.workflowService.getSystemInfo({});
  const ended = expect(call).rejects.toMatchObject({ code: grpcStatus.cancelled });
  // Attempts begin after 0, 50, 150 and 350 ms; an uncaught error would fail this test, too.
  await sleep(200);
  await client.connection.close();
  await ended;
});

describe('a budget', () => {
  test('of plenty does not hide that the address is dead', async () => {
    const { code, ms } = await outcome(connectClient({ address: `127.0.0.1:${await freePort()}` }), 5_000);
    expect(code).toBe(grpcStatus.unavailable);
    expect(ms).toBeLessThan(4_000);
  });

  test('too short for all retries is kept, and the true error shown', async () => {
    const { code, ms } = await outcome(connectClient({ address: `127.0.0.1:${await freePort()}` }), 250);
    expect(code).toBe(grpcStatus.unavailable);
    expect(ms).toBeLessThan(2_500);
  });

  test('cuts off a server that takes the call and never answers', async () => {
    const sessions = new Set<Http2Session>();
    const silent = createHttp2Server().on('session', (session) => sessions.add(session));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const { code, ms } = await outcome(connectClient({ address: `127.0.0.1:${port}` }), 300);
    expect(code).toBe(grpcStatus.deadlineExceeded);
    expect(ms).toBeGreaterThanOrEqual(290);
    expect(ms).toBeLessThan(3_000);
    sessions.forEach((session) => {
      session.destroy();
    });
    silent.close();
  });

  test('lets an answer in time through, and errors of the server', async () => {
    const client = testClient();
    const described = withTemporalDeadline(client, 5_000, () =>
      client.workflowService.describeNamespace({ namespace: 'nowhere' }),
    );
    await expect(described).rejects.toMatchObject({ code: grpcStatus.notFound });
    expect(
      await withTemporalDeadline(client, 5_000, () => client.workflowService.getSystemInfo({})),
    ).toBeDefined();
  });
});

test('a worker connects to the same target', async () => {
  const { connection, namespace } = await connectWorker(testTarget());
  expect(namespace).toBe(testTarget().namespace);
  expect(await connection.workflowService.describeNamespace({ namespace })).toBeDefined();
  await connection.close();
});

test('a worker without a server fails soon', async () => {
  await expect(connectWorker({ address: `127.0.0.1:${await freePort()}` })).rejects.toThrow(/connect/i);
});
