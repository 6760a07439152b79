import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * A TCP port of 127.0.0.1 without a listener.
 *
 * A port that was only bound and closed can be handed to another process at once. So a connection is made and closed
 * from the listening side: it stays in TIME_WAIT for a minute, in which Linux does not assign it to a request
 * for any port, while a process that names it can bind it.
 */
export async function freePort(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  client.on('error', () => undefined).resume();
  await once(client, 'close');
  server.close();
  await once(server, 'close');
  return port;
}

/** `preferred` when it has no listener on 127.0.0.1, else a free port. */
export async function freePortNear(preferred: number): Promise<number> {
  const server = createServer().listen(preferred, '127.0.0.1');
  const isFree = await Promise.race([
    once(server, 'listening').then(() => true),
    new Promise<false>((resolve) =>
      server.once('error', () => {
        resolve(false);
      }),
    ),
  ]).catch(() => false);
  if (!isFree) return freePort();
  server.close();
  await once(server, 'close');
  return preferred;
}
