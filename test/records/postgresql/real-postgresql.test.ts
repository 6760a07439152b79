/** What the other tests run on PGlite, and what only a PostgreSQL server has: rights, time limits, connections. */
import { useRealPostgres } from '../../support/real-postgresql';
import { useRecords } from '../../support/records';
import { describeArchive } from '../archive.suite';
import { describeChain } from '../chain.suite';
import { describeRecordsCommands } from '../cli.suite';
import { describeConnections } from '../connect.suite';
import { describeMigrations } from '../migrate.suite';
import { describeOrderChildren } from '../order-children.suite';
import { describeOrderGauges } from '../order-gauges.suite';
import { describeOrderList } from '../order-list.suite';
import { describeOrderStore } from '../order-store.suite';
import { describeRegistry } from '../registry.suite';
import { describeReports } from '../reports.suite';
import { describeSaveAgain } from '../save-again.suite';
import { describeLimits } from './limits.suite';
import { describeMigrateCommand } from './migrate-command.suite';
import { describeRights } from './rights.suite';

const postgres = useRealPostgres();
const { startDatabase } = postgres;

const records = useRecords(startDatabase);
describeConnections(records);
describeRegistry(records);
describeOrderChildren(records);
describeMigrations(startDatabase);
const saved = useRecords(startDatabase);
describeOrderStore(saved);
describeSaveAgain(saved);
describeChain(saved);
describeArchive(saved);
describeRecordsCommands(startDatabase);
describeOrderList(useRecords(startDatabase));
describeReports(useRecords(startDatabase));
describeOrderGauges(useRecords(startDatabase));
describeLimits(startDatabase);
describeMigrateCommand(startDatabase);
describeRights(postgres);
