/** A small run; test/soak/convergence.test.ts is the full one. */
import { convergence } from './convergence';

convergence(0.07);
