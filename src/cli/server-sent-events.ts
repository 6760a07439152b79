/** Reads server-sent events, as far as our API sends them (HTML Living Standard 9.2). */

export interface ServerSentEvent {
  /** `message` where the server names none. */
  event: string;
  data: string;
}

/** The events of a body, each as soon as it is complete; what the end of the body cuts off is no event. */
export async function* serverSentEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== undefined) yield event;
    }
  }
}

/** Undefined for a block without data, such as a comment that keeps the connection alive. */
function eventOf(block: string): ServerSentEvent | undefined {
  const data: string[] = [];
  let event = 'message';
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ''] = /^(event|data):? ?(.*)$/.exec(line) ?? [];
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') };
}
