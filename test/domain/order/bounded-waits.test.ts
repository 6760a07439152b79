/** A small run; test/soak/bounded-waits.test.ts is the full one. */
import { boundedWaits } from './bounded-waits';

boundedWaits(20);
