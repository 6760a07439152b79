/** A gate in the way to the Temporal server, which can be shut. */
import { once } from 'node:events';
import { createServer as createHttp2Server } from 'node:http2';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { testTarget } from '../support/temporal';

/**
 * `silent` accepts connections and never answers, like a host behind a broken firewall; `closed` drops them; `exhausted`
 * refuses every call as an overloaded server does; `slow` lets calls have their effect, and brings answers too late.
 */
export type GateState = 'open' | 'silent' | 'closed' | 'exhausted' | 'slow';

/** More than anybody waits for Temporal. */
const SLOW_MS = 4_000;
const RESOURCE_EXHAUSTED = '8';

export interface TemporalGate {
  address: string;
  set(state: GateState): void;
  close(): Promise<void>;
}

export async function startTemporalGate(initial: GateState): Promise<TemporalGate> {
  let state = initial;
  const sockets = new Set<Socket>();
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((socket) => {
    track(socket);
    if (state === 'closed') socket.destroy();
    if (state === 'silent') socket.resume();
    if (state === 'exhausted') overloaded.emit('connection', socket);
    if (state !== 'open') return;
    const [host = '', port] = testTarget().address.split(':');
    const behind = connect(Number(port), host);
    track(behind);
    socket.pipe(behind);
    behind.on('data', (chunk: Buffer) => {
      if (state === 'slow') setTimeout(() => socket.write(chunk), SLOW_MS).unref();
      else socket.write(chunk);
    });
    socket.on('close', () => behind.destroy());
    behind.on('close', () => socket.destroy());
  });
  const overloaded = createHttp2Server();
  overloaded.on('stream', (stream) => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': RESOURCE_EXHAUSTED },
      { endStream: true },
    );
  });
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(next) {
      state = next;
      // What is slow is a connection that works.
      if (next !== 'slow') dropAll();
    },
    async close() {
      server.close();
      dropAll();
      await once(server, 'close');
    },
  };
}
