/** Saving orders on PGlite. */
import { useRecords } from '../support/records';
import { describeChain } from './chain.suite';
import { describeOrderStore } from './order-store.suite';

const records = useRecords();
describeOrderStore(records);
describeChain(records);
