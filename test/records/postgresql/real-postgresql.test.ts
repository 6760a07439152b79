/** What the other tests run on PGlite, and what only a PostgreSQL server has: rights, time limits, connections. */
import { useRealPostgres } from '../../support/real-postgresql';
import { useRecords } from '../../support/records';
import { describeChain } from '../chain.suite';
import { describeConnections } from '../connect.suite';
import { describeMigrations } from '../migrate.suite';
import { describeOrderList } from '../order-list.suite';
import { describeOrderStore } from '../order-store.suite';
import { describeReports } from '../reports.suite';
import { describeLimits } from './limits.suite';
import { describeMigrateCommand } from './migrate-command.suite';
import { describeRights } from './rights.suite';

const postgres = useRealPostgres();
const { startDatabase } = postgres;

describeConnections(useRecords(startDatabase));
describeMigrations(startDatabase);
const saved = useRecords(startDatabase);
describeOrderStore(saved);
describeChain(saved);
describeOrderList(useRecords(startDatabase));
describeReports(useRecords(startDatabase));
describeLimits(startDatabase);
describeMigrateCommand(startDatabase);
describeRights(postgres);
