import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedEvent {
  id: string;
  created_at: string;
  type: string;
  object: Record<string, unknown>;
  webhook_id: string;
}

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  answered: number;
}

/** A webhook endpoint over real HTTP that records requests; responds with `statuses` first, then always 200. */
export class WebhookReceiver {
  readonly requests: ReceivedRequest[] = [];
  statuses: number[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const answered = this.statuses.shift() ?? 200;
        const { method = '', url = '', headers } = incoming;
        this.requests.push({ method, path: url, headers, body: Buffer.concat(chunks), answered });
        outgoing.writeHead(answered).end('received');
      });
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks/upvest`;
  }

  /** Events of acknowledged requests, in the order of their arrival. */
  get events(): ReceivedEvent[] {
    return this.requests.filter(({ answered }) => answered === 200).flatMap(eventsOf);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function eventsOf({ body }: ReceivedRequest): ReceivedEvent[] {
  return (JSON.parse(body.toString()) as { payload: ReceivedEvent[] }).payload;
}
