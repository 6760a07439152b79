/** Lists and reports on PGlite. */
import { useRecords } from '../support/records';
import { describeListsOverHttp } from './lists-http.suite';
import { describeOrderGauges } from './order-gauges.suite';
import { describeOrderList } from './order-list.suite';
import { describeReports } from './reports.suite';

describeOrderList(useRecords());
describeReports(useRecords());
describeListsOverHttp(useRecords());
describeOrderGauges(useRecords());
