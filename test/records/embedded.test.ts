/** The records database on PGlite, as `npm start` and most tests have it. */
import { startDatabase, useRecords } from '../support/records';
import { describeConnections } from './connect.suite';
import { describeMigrations } from './migrate.suite';

describeConnections(useRecords());
describeMigrations(startDatabase);
