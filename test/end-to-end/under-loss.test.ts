/**
 * Eight orders while webhooks are lost, duplicated, delayed, shuffled and split, and calls of both partners fail before and
 * after their effect. `test/soak` has the same suites with fifty orders, and with fifteen.
 */
import { useLossyRun } from '../support/lossy-run';
import { emissionUnderLossSuite } from './emission-under-loss.suite';
import { ordersUnderLossSuite } from './orders-under-loss.suite';

/**
 * Its first eight orders: no webhooks at all, mistrades, a savings plan, lagging types, a cancel in PROCESSING, settled
 * ahead of PROCESSING, late children, and cancelled with filled children.
 */
const SEED = 1_000;

const run = useLossyRun({
  seed: SEED,
  orders: 8,
  pace: {
    processAfterMs: 200,
    childSpacingMs: 30,
    fillAfterMs: 100,
    settleAfterMs: 400,
    settledAheadMs: 200,
    cancelAfterMs: 100,
    secondMs: 100,
  },
  disturbsApi: true,
  disturbsEsw: true,
});

describe('the orders', () => {
  ordersUnderLossSuite(run);
});
describe('their events at ESW', () => {
  emissionUnderLossSuite(run);
});
