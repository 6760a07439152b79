/** 2,110 generated lives; test/domain/convergence.test.ts is the small run. */
import { convergence } from '../domain/convergence';

convergence(1);
