import {
  startUpvestSimulator,
  type UpvestSimulator,
  type UpvestSimulatorOptions,
} from '../../../../simulators/upvest';
import { testClient, UpvestTestClient } from './client';
import { WebhookReceiver } from './webhook-receiver';

/** A simulator with a fast pace, a registered client and a webhook receiver. */
export interface UpvestBench {
  simulator: UpvestSimulator;
  client: UpvestTestClient;
  receiver: WebhookReceiver;
  close: () => Promise<void>;
}

export async function startBench(options: Partial<UpvestSimulatorOptions> = {}): Promise<UpvestBench> {
  const { clientId, clientSecret, keyId, publicKey } = testClient;
  const { pace, ...others } = options;
  const simulator = await startUpvestSimulator({
    clientId,
    clientSecret,
    clientKeys: [{ keyId, publicKey }],
    pace: { processAfterMs: 5, childSpacingMs: 1, fillAfterMs: 2, settleAfterMs: 5, secondMs: 10, ...pace },
    ...others,
  });
  const client = new UpvestTestClient(simulator.url);
  const receiver = await WebhookReceiver.start();
  return {
    simulator,
    client,
    receiver,
    close: async () => {
      await simulator.close();
      await client.close();
      await receiver.close();
    },
  };
}

/** Waits for a condition; fails after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5000; !condition();) {
    if (Date.now() > deadline) throw new Error(`Not within five seconds: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
