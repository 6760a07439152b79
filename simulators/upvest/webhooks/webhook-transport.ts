import { Agent, request } from 'undici';
import type { SignedWebhookRequest } from './webhook-signature';

/** The receiver's response, as the test call reports it (references/upvest.md#webhook-subscriptions). */
export interface ReceiverResponse {
  /** HTTP status; 0 without a response. */
  status: number;
  headers: Record<string, string>;
  /** Body of the response, or the reason for its absence. */
  body: string;
}

/** Sends signed requests. Never throws: a missing response is reported as status 0. */
export class WebhookTransport {
  private readonly agent = new Agent({ connections: 16 });
  private readonly aborted = new AbortController();

  constructor(private readonly timeoutMs: number) {}

  /** Does not follow redirects (references/upvest.md#webhook-subscriptions: no 3xx). */
  async send(signed: SignedWebhookRequest): Promise<ReceiverResponse> {
    // Not `AbortSignal.timeout`: behind `AbortSignal.any`, Node 20 may collect it as garbage before it fires.
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort(new Error(`No response within ${this.timeoutMs} ms`));
    }, this.timeoutMs);
    try {
      const response = await request(signed.url, {
        method: 'POST',
        headers: signed.headers,
        body: signed.body,
        dispatcher: this.agent,
        signal: AbortSignal.any([this.aborted.signal, timeout.signal]),
      });
      const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
      return {
        status: response.statusCode,
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: await response.body.text(),
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
