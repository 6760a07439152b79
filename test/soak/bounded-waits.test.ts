/**
 * 300 generated lives; test/domain/order/bounded-waits.test.ts is the small run. Without the attention of a silent ESW, it takes some
 * ninety lives to find one that waits unnoticed.
 */
import { boundedWaits } from '../domain/order/bounded-waits';

boundedWaits(300);
