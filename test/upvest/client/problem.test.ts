import { readProblem } from '../../../src/upvest/client/problem';

const answer = (text: string) => ({ status: 400, headers: {}, text });

describe('the text of a problem', () => {
  it('has nothing that the engine or a database may not take (14.38)', () => {
    const problem = readProblem(answer('{"title":"No \\ud83d\\u0000","detail":"b\\u001b[2J"}'));
    expect(problem).toMatchObject({ title: 'No ��', detail: 'b�[2J' });
    const { excerpt } = readProblem(answer(`<b>${'x'.repeat(199)}😀</b>`));
    expect(excerpt).toBe(`${'x'.repeat(199)}�`);
  });

  it('is limited (14.38)', () => {
    const { detail } = readProblem(answer(JSON.stringify({ detail: 'd'.repeat(100_000) })));
    expect(detail).toHaveLength(1000);
  });
});
