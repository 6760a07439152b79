/** Sends bytes over sockets, such as no HTTP client would send them. */
import { connect, type Socket } from 'node:net';

/** What came back: the status, or `closed` where the server ended the connection without one. */
export type Outcome = number | 'closed';

/**
 * When a connection ends after a request: `answered` for what may leave it in a state that nothing can be sent on it,
 * `sent` for what is not complete, since the server would wait for the rest.
 */
export type End = 'kept-alive' | 'answered' | 'sent';

/** Guards against a hang; measures nothing. */
const LIMIT_MS = 60_000;

/** One connection at a time, kept alive while the server does. */
export class RawClient {
  private socket: Socket | undefined;

  constructor(private readonly port: number) {}

  async send(bytes: Buffer, end: End): Promise<Outcome> {
    const socket = this.connected();
    const outcome = await exchange(socket, bytes, end);
    if (end !== 'kept-alive' || outcome.closing) this.close();
    return outcome.status;
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private connected(): Socket {
    if (this.socket?.destroyed === false && this.socket.readable) return this.socket;
    this.socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    // Each exchange handles errors itself; this handler covers the time between exchanges.
    this.socket.on('error', () => undefined);
    return this.socket;
  }
}

function exchange(socket: Socket, bytes: Buffer, end: End): Promise<{ status: Outcome; closing: boolean }> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const timer = setTimeout(() => {
      done();
      reject(new Error(`No answer to ${bytes.subarray(0, 300).toString('latin1')}`));
    }, LIMIT_MS);
    const done = (): void => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('close', onClose);
    };
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const answer = readAnswer(received, end === 'kept-alive');
      if (answer === undefined) return;
      done();
      resolve(answer);
    };
    const onClose = (): void => {
      done();
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(received.toString('latin1')) ?? [];
      resolve({ status: status === undefined ? 'closed' : Number(status), closing: true });
    };
    socket.on('data', onData);
    socket.on('close', onClose);
    if (end === 'sent') socket.end(bytes);
    else socket.write(bytes);
  });
}

/** The status once the answer is there, with its body where another answer is to follow. */
function readAnswer(received: Buffer, whole: boolean): { status: number; closing: boolean } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = received.subarray(0, headEnd).toString('latin1');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  if (status < 200) return readAnswer(received.subarray(headEnd + 4), whole);
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  if (whole && received.length < headEnd + 4 + length) return undefined;
  // Node's parser ends a connection without saying so.
  return { status, closing: !/\r\nconnection: *keep-alive/i.test(head) };
}
