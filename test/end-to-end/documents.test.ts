/** Material for new users: documents, their examples and pages, and the doctor. */
import { apiDocsSuite } from '../browser/api-docs.suite';
import { eswSimulatorSuite } from '../browser/esw-simulator.suite';
import { doctorSuite } from '../doctor/doctor.suite';
import { doctorOfTemporalSuite } from '../doctor/temporal.suite';
import { httpApiExamplesSuite } from '../http/http-api-examples.suite';
import { typedClientSuite } from '../http/typed-client.suite';
import { useBrowser } from '../support/browser';
import { useStack } from '../support/stack';

/** Its orders go well, and one event is parked: the example of docs/http-api.md. */
const stack = useStack();
const browser = useBrowser();

describe('examples of docs/http-api.md', () => {
  httpApiExamplesSuite(stack);
});
describe('a client made from the document', () => {
  typedClientSuite(stack);
});
describe("the page of the API's document", () => {
  apiDocsSuite(stack, browser);
});
describe("the ESW simulator's page", () => {
  eswSimulatorSuite(stack, browser);
});
describe('the doctor', () => {
  doctorSuite(stack);
});
describe('the doctor and Temporal', () => {
  doctorOfTemporalSuite();
});
