/** The simulated Upvest over real HTTP, with a client that signs its requests, and no other part of the product. */
import { createPrivateKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import {
  startUpvestSimulator,
  type UpvestControl,
  type UpvestSimulatorOptions,
} from '../../simulators/upvest';
import {
  createUpvestClient,
  type UpvestClient,
  type UpvestClientOptions,
} from '../../src/upvest/client/client';
import { FAST_PACE } from './fast-pace';

export interface UpvestUnderTest {
  control: UpvestControl;
  client: UpvestClient;
  stop(): Promise<void>;
}

export async function startUpvest(
  options: Partial<UpvestSimulatorOptions> = {},
  clientOptions: Partial<UpvestClientOptions> = {},
): Promise<UpvestUnderTest> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
  const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const privateKey = createPrivateKey(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const clientId = randomUUID();
  const clientSecret = randomBytes(16).toString('hex');
  const keyId = randomUUID();
  const upvest = await startUpvestSimulator({
    pace: FAST_PACE,
    ...options,
    clientId,
    clientSecret,
    clientKeys: [{ keyId, publicKey }],
  });
  const client = createUpvestClient({
    baseUrl: upvest.url,
    clientId,
    clientSecret,
    keyId,
    privateKey,
    ...clientOptions,
  });
  return {
    control: upvest.control,
    client,
    async stop() {
      await client.close();
      await upvest.close();
    },
  };
}
