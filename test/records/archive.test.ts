/** The archive and its commands on PGlite. */
import { useRecords } from '../support/records';
import { describeArchive } from './archive.suite';
import { describeRecordsCommands } from './cli.suite';

describeArchive(useRecords());
describeRecordsCommands();
