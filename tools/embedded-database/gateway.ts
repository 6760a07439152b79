/**
 * Serves one PGlite, which has a single session, to several clients of PostgreSQL's protocol. A client has the session for
 * whole requests, from the first message to its Sync, and keeps it until its transaction ends: the server of
 * `@electric-sql/pglite-socket` gives each message its turn, so that one client's unnamed statement or portal replaces
 * another's.
 *
 * All clients are the superuser. They share the settings of the session, advisory locks, temporary tables and names of prepared statements; there
 * are no time limits of statements and no cancellation.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createMessageReader, type Cut } from './wire-messages';

/** The one session, as PGlite has it. */
export interface Session {
  /** Answers the messages of a request. An SQL error is part of the answer. */
  execProtocolRaw(message: Uint8Array): Promise<Uint8Array>;
  exec(sql: string): Promise<unknown>;
  isInTransaction(): boolean;
}

export interface Gateway {
  port: number;
  /** Ends all connections. */
  stop(): Promise<void>;
}

/** Ends a request: Query, Sync, Flush, FunctionCall. */
const REQUEST_ENDS = new Set(['Q', 'S', 'H', 'F']);
const FLUSH = 'H';
const TERMINATE = 'X';
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);

interface Request {
  bytes: Buffer;
  /** Ends with a Flush: the portal stays open until the Sync, and so does the client's turn. */
  isPartial: boolean;
}

export async function startGateway(session: Session, port = 0): Promise<Gateway> {
  const queue = createQueue();
  // A copy: PGlite writes later answers into the same memory.
  const greeting = Buffer.from(await session.execProtocolRaw(startMessage()));
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, { session, greeting, queue });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      // The client that has the session now gives it back first.
      await queue.run(() => Promise.resolve());
    },
  };
}

/** As a client begins: protocol 3.0, and parameters, which PGlite ignores. */
function startMessage(): Buffer {
  const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + parameters.length, 0);
  head.writeInt32BE(196608, 4);
  return Buffer.concat([head, parameters]);
}

/** One at a time, in the order of asking. */
interface Queue {
  run(work: () => Promise<void>): Promise<void>;
}

function createQueue(): Queue {
  let last: Promise<void> = Promise.resolve();
  return {
    run(work) {
      const turn = last.then(work);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

interface Shared {
  session: Session;
  /** Answer to a client's start: the same for all, so that none waits for another's transaction to connect. */
  greeting: Uint8Array;
  queue: Queue;
}

function serve(socket: Socket, { session, greeting, queue }: Shared): void {
  const reader = createMessageReader();
  const waiting: Request[] = [];
  let parts: Buffer[] = [];
  let isServing = false;
  let wake: () => void = () => undefined;

  const accept = (cut: Cut): void => {
    if (cut.kind === 'opening' && cut.opening === 'encryption') socket.write('N');
    else if (cut.kind === 'opening' && cut.opening === 'cancellation') socket.end();
    else if (cut.kind === 'opening') socket.write(greeting);
    else if (cut.type === TERMINATE) socket.end();
    else {
      parts.push(cut.bytes);
      if (!REQUEST_ENDS.has(cut.type)) return;
      waiting.push({ bytes: Buffer.concat(parts), isPartial: cut.type === FLUSH });
      parts = [];
    }
  };
  /** The client's turn: its next requests while it is in a transaction, and at least one. */
  const turn = async (): Promise<void> => {
    let isPartial = false;
    do {
      const request = waiting.shift();
      if (request === undefined) {
        if (socket.destroyed) break;
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      ({ isPartial } = request);
      const answer = await session.execProtocolRaw(request.bytes);
      if (socket.writable) socket.write(answer);
    } while (isPartial || session.isInTransaction());
    // The client went away in the middle.
    if (isPartial) await session.execProtocolRaw(SYNC);
    if (session.isInTransaction()) await session.exec('ROLLBACK');
  };
  const serveWaiting = async (): Promise<void> => {
    if (isServing) {
      wake();
      return;
    }
    isServing = true;
    try {
      while (waiting.length > 0) await queue.run(turn);
    } finally {
      isServing = false;
    }
  };
  const proceed = (): void => {
    serveWaiting().catch((error: unknown) => {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  };

  socket.on('data', (chunk: Buffer) => {
    try {
      reader.take(chunk).forEach(accept);
    } catch {
      socket.destroy();
    }
    proceed();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    wake();
  });
}
