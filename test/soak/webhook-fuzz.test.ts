/** 20,000 requests at the webhook endpoint; test/http/webhook-fuzz/webhook-fuzz.test.ts is the small run. */
import { upTo, webhookFuzz } from '../http/webhook-fuzz/webhook-fuzz';

webhookFuzz(upTo(Number(process.env.FUZZ_REQUESTS ?? 20_000)));
