/** What the HTTP server answers by itself, with neither Temporal nor Upvest behind it. */
import { accessSuite } from './access.suite';
import { headersSuite } from './headers.suite';
import { useLoneServer } from './lone-server';
import { openapiSuite } from './openapi.suite';
import { publicNamesSuite } from './public-names.suite';
import { refusedRequestsSuite } from './refused-requests.suite';

const alone = useLoneServer();

describe('headers', () => {
  headersSuite(alone);
});
describe('access', () => {
  accessSuite(alone);
});
describe('requests for portfolio orders', () => {
  refusedRequestsSuite(alone);
});
describe('the document of the API', () => {
  openapiSuite(alone);
});
describe('public names', () => {
  publicNamesSuite(alone);
});
