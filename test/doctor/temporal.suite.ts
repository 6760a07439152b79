/** The doctor's look at a Temporal server that is there. */
import { temporalResults } from '../../src/doctor/temporal';
import { connectClient } from '../../src/temporal/client';
import { testClient, testTarget, uniqueName } from '../support/temporal';
import { named } from './named';

const timeoutMs = 5_000;

export function doctorOfTemporalSuite(): void {
  const queues = { orders: uniqueName('orders'), broker: uniqueName('broker'), emission: uniqueName('esw') };

  it('answers, its namespace is fit, and no worker runs', async () => {
    const { address } = testTarget();
    const all = await temporalResults({ client: testClient(), address, queues, timeoutMs });
    expect(named(all, 'server')).toMatchObject({
      result: 'ok',
      detail: expect.stringContaining(address) as string,
    });
    expect(named(all, 'namespace').result).toBe('ok');
    expect(named(all, 'workers')).toMatchObject({
      result: 'failed',
      detail: [
        `no worker polls ${queues.orders} for workflows`,
        `no worker polls ${queues.orders} for activities`,
        `no worker polls ${queues.broker} for calls to Upvest`,
        `no worker polls ${queues.emission} for calls to ESW`,
      ].join('\n'),
    });
  });

  it('has no such namespace: says how to make one', async () => {
    const client = connectClient({ ...testTarget(), namespace: 'nowhere' });
    const all = await temporalResults({ client, address: testTarget().address, timeoutMs });
    await client.connection.close();
    expect(named(all, 'namespace')).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('temporal operator namespace create --namespace nowhere') as string,
    });
    expect(named(all, 'workers').result).toBe('not-checked');
  });
}
