import { Agent } from 'undici';
import { createSignedExchange } from '../../../src/upvest/client/signed-exchange';
import { json, startStub } from './http-stub';
import { verifyRequest } from './independent-verifier';
import { clientId, keyId, privateKey, publicKey } from './upvest-stub';

test('every request waits for its turn and is signed after the wait', async () => {
  const stub = await startStub(json(200, {}));
  const dispatcher = new Agent();
  let now = 1767225600_000;
  const send = createSignedExchange({
    baseUrl: `${stub.url}/prefix/`,
    clientId,
    keyId,
    privateKey,
    dispatcher,
    clock: { now: () => now },
    nonce: () => 'n',
    timeoutMs: 1000,
    acquireSlot: () => {
      now += 120_000;
      return Promise.resolve();
    },
  });
  await send({ method: 'GET', path: '/orders?limit=1', headers: { authorization: 'Bearer t' } });
  await send({ method: 'DELETE', path: '/orders/1', headers: { authorization: 'Bearer t' } });
  const signed = stub.arrived.map((request) => verifyRequest(request, publicKey));
  expect(signed.map(({ created }) => created)).toEqual([1767225720, 1767225840]);
  expect(stub.arrived.map(({ url }) => url)).toEqual(['/prefix/orders?limit=1', '/prefix/orders/1']);
  await dispatcher.close();
  await stub.close();
});
