/** Saving orders on PGlite. */
import { useRecords } from '../support/records';
import { describeChain } from './chain.suite';
import { describeOrderStore } from './order-store.suite';
import { describeSaveAgain } from './save-again.suite';
import { describeSweeps } from './sweeps.suite';

const records = useRecords();
describeOrderStore(records);
describeSaveAgain(records);
describeChain(records);
describeSweeps(records);
