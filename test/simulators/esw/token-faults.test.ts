import { postEvent, postForm, smallEvent, start, stopAll, token, tokenForm, until } from './fixtures';

afterEach(stopAll);

describe('a fault of the token endpoint', () => {
  it('500 has shape 3, 503 no body, invalid_client its error, for the configured count', async () => {
    const simulator = await start();
    simulator.control.addTokenFault({ kind: '500' });
    simulator.control.addTokenFault({ kind: '503' });
    simulator.control.addTokenFault({ kind: 'invalid_client', count: 2 });
    expect(simulator.control.tokenFaults()).toMatchObject([
      { kind: '500', count: 1 },
      { kind: '503' },
      { kind: 'invalid_client', count: 2 },
    ]);
    const answers = [];
    for (let times = 0; times < 5; times += 1) answers.push(await postForm(simulator, tokenForm));
    expect(answers.map(({ status }) => status)).toEqual([500, 503, 400, 400, 200]);
    expect(JSON.parse(answers[0]?.body ?? '')).toEqual({ Message: expect.any(String) as unknown });
    expect(answers[1]?.body).toBe('');
    expect(JSON.parse(answers[3]?.body ?? '')).toEqual({ error: 'invalid_client' });
  });

  it('reset resets the connection', async () => {
    const simulator = await start();
    simulator.control.addTokenFault({ kind: 'reset' });
    await expect(postForm(simulator, tokenForm)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await postForm(simulator, tokenForm)).status).toBe(200);
  });

  it('delay responds late', async () => {
    const simulator = await start();
    simulator.control.addTokenFault({ kind: 'delay', delayMs: 300 });
    const started = performance.now();
    let answered = false;
    const answer = postForm(simulator, tokenForm).finally(() => (answered = true));
    await until(() => simulator.control.tokenFaults().length === 0);
    expect(answered).toBe(false);
    expect((await answer).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(299);
  });

  it('short-lived issues a token with a short lifetime', async () => {
    let now = Date.parse('2026-03-02T09:00:00.999Z');
    const simulator = await start({ now: () => now });
    simulator.control.addTokenFault({ kind: 'short-lived', expiresInSeconds: 2 });
    const { body } = await postForm(simulator, tokenForm);
    const grant = JSON.parse(body) as { access_token: string; expires_in: number };
    expect(grant.expires_in).toBe(2);
    const authorization = `Bearer ${grant.access_token}`;
    now += 1999;
    expect((await postEvent(simulator, smallEvent, { authorization })).status).toBe(200);
    now += 1;
    expect((await postEvent(simulator, smallEvent, { authorization })).status).toBe(401);
    const usual = `Bearer ${await token(simulator)}`;
    now += 3_599_999;
    expect((await postEvent(simulator, smallEvent, { authorization: usual })).status).toBe(200);
  });

  it('does not make an invalid request succeed', async () => {
    const simulator = await start();
    simulator.control.addTokenFault({ kind: 'short-lived' });
    const answer = await postForm(simulator, { ...tokenForm, client_secret: 'guess' });
    expect([answer.status, answer.body]).toEqual([400, '{"error":"invalid_client"}']);
  });

  it('is rejected if invalid, and can be cleared', async () => {
    const { control } = await start();
    expect(() => {
      control.addTokenFault({ kind: 'short-lived', expiresInSeconds: 0 });
    }).toThrow();
    control.addTokenFault({ kind: '500' });
    control.clearFaults();
    expect(control.tokenFaults()).toEqual([]);
  });
});
