/** 2,110 generated orders; test/domain/broker/convergence.test.ts is the small run. */
import { convergence } from '../domain/broker/convergence';

convergence(1);
