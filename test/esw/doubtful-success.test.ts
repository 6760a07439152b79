/** Answers with a status of success that are no acceptance: the same bytes are sent later. */
import { classify } from '../../src/esw/outcome';

const json = { 'content-type': 'application/json' };

it.each([
  ['problem details', '{"title":"Bad","errors":{"TenantCode":["The TenantCode field is required."]}}'],
  ['parameters', '{"Parameters":[{"Name":"Id","Description":"invalid"}],"Message":"Invalid"}'],
  ['a message of ESW’s middleware', '{"Message":"An error has occurred."}'],
  ['codes', '[{"code":800,"message":"Duplicate"}]'],
])('200 with %s is no acceptance (14.39)', (_what, text) => {
  expect(classify({ status: 200, headers: json, text, isComplete: true })).toBe('unauthorised');
});
