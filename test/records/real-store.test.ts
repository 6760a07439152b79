/** Saving and archiving orders on a real PostgreSQL, with the rights that production has. */
import { lackOfPostgres, startRealDatabase } from '../support/real-postgresql';
import { useRecords } from '../support/records';
import { describeArchive } from './archive.suite';
import { describeChain } from './chain.suite';
import { describeRecordsCommands } from './cli.suite';
import { describeOrderStore } from './order-store.suite';
import { describeRights } from './rights.suite';

const lack = lackOfPostgres();
if (lack === undefined) {
  const records = useRecords(startRealDatabase);
  describeOrderStore(records);
  describeChain(records);
  describeArchive(records);
  describeRights(records);
  describeRecordsCommands(startRealDatabase);
} else {
  it.skip(lack, () => undefined);
}
