/** Measures one P-521 verification, the minimum cost of a webhook. */
import { sign, verify, type KeyObject } from 'node:crypto';

export interface VerificationCost {
  /** Milliseconds each, sequentially on the event loop. */
  synchronous: number;
  /** Milliseconds each, concurrently on the thread pool. */
  pooled: number;
}

const RUNS = 400;
/** Size of a webhook's signature base in bytes. */
const BASE = Buffer.alloc(400, 'x');

export async function verificationCost(
  privateKey: KeyObject,
  publicKey: KeyObject,
): Promise<VerificationCost> {
  const signature = sign('sha512', BASE, privateKey);
  const startedAt = performance.now();
  for (let run = 0; run < RUNS; run++) verify('sha512', BASE, publicKey, signature);
  const synchronous = (performance.now() - startedAt) / RUNS;

  const pooledAt = performance.now();
  await Promise.all(
    Array.from(
      { length: RUNS },
      () =>
        new Promise<void>((resolve) => {
          verify('sha512', BASE, publicKey, signature, () => {
            resolve();
          });
        }),
    ),
  );
  return { synchronous, pooled: (performance.now() - pooledAt) / RUNS };
}
