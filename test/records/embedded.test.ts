/** The records database on PGlite, as `npm start` and most tests have it. */
import { startDatabase, useRecords } from '../support/records';
import { describeConnections } from './connect.suite';
import { describeMigrations } from './migrate.suite';
import { describeOrderChildren } from './order-children.suite';
import { describeRegistry } from './registry.suite';

const records = useRecords();
describeConnections(records);
describeRegistry(records);
describeOrderChildren(records);
describeMigrations(startDatabase);
