/** A client of server-sent events, as the specification has it: fields by line, events by blank line. */
import { request } from 'undici';
import { until } from '../support/stack';

export interface ReceivedEvent {
  event: string;
  id: string | undefined;
  data: unknown;
}

export interface OpenStream {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** So far. */
  events: ReceivedEvent[];
  comments: string[];
  /** True once the server has closed it. */
  closed: boolean;
  /** Waits for so many events. */
  eventsOf(count: number): Promise<ReceivedEvent[]>;
  ended(): Promise<void>;
  /** As a client that goes away. */
  leave(): void;
}

export async function openStream(
  url: string,
  referenceOrId: string,
  token: string,
  headers: Record<string, string> = {},
): Promise<OpenStream> {
  const {
    body,
    statusCode,
    headers: answered,
  } = await request(`${url}/portfolio-orders/${encodeURIComponent(referenceOrId)}/events`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
  });
  const stream: OpenStream = {
    status: statusCode,
    headers: answered,
    events: [],
    comments: [],
    closed: false,
    eventsOf: (count) => until(`${count} events`, () => stream.events.length >= count && stream.events),
    ended: async () => {
      await until('the end of the stream', () => stream.closed);
    },
    leave: () => {
      body.destroy();
    },
  };
  let text = '';
  body.setEncoding('utf8');
  body.on('data', (chunk: string) => {
    const blocks = `${text}${chunk}`.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) take(block, stream);
  });
  body.on('error', () => undefined);
  body.on('close', () => {
    stream.closed = true;
  });
  return stream;
}

function take(block: string, { events, comments }: OpenStream): void {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === '') comments.push(value);
    else fields.set(name, value);
  }
  if (fields.size === 0) return;
  events.push({
    event: fields.get('event') ?? 'message',
    id: fields.get('id'),
    data: JSON.parse(fields.get('data') ?? 'null') as unknown,
  });
}
