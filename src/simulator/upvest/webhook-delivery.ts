import { Agent, request } from 'undici';
import type { SealedRequest } from './webhook-signature';

/** What the receiver answered, as the test call reports it (upvest.md 3.7). */
export interface ReceiverAnswer {
  /** HTTP status; 0 when there was no answer. */
  status: number;
  headers: Record<string, string>;
  /** The answer's body, or why there was none. */
  body: string;
}

/** Sends sealed requests and never throws: no answer is an answer, too. */
export class WebhookTransport {
  private readonly agent = new Agent({ connections: 16 });
  private readonly aborted = new AbortController();

  constructor(private readonly timeoutMs: number) {}

  /** Does not follow redirects (upvest.md 3.7: no 3xx). */
  async send(sealed: SealedRequest): Promise<ReceiverAnswer> {
    // Not `AbortSignal.timeout`: behind `AbortSignal.any`, Node 20 may collect it as garbage before it fires.
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort(new Error(`No answer within ${this.timeoutMs} ms`));
    }, this.timeoutMs);
    try {
      const answer = await request(sealed.url, {
        method: 'POST',
        headers: sealed.headers,
        body: sealed.body,
        dispatcher: this.agent,
        signal: AbortSignal.any([this.aborted.signal, limit.signal]),
      });
      const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
      return {
        status: answer.statusCode,
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: await answer.body.text(),
      };
    } catch (error) {
      return { status: 0, headers: {}, body: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.aborted.abort();
    await this.agent.destroy();
  }
}
