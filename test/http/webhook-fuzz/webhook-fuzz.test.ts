/** A small run; test/soak/webhook-fuzz.test.ts is the full one. */
import { upTo, webhookFuzz } from './webhook-fuzz';

/** Kinds that one request of some thousands is of, by the standard seed: the largest body, two above it, a deep one. */
const RARE = [1392, 5248, 7878, 5424];

webhookFuzz([...upTo(1_000), ...RARE]);
