/** `portfolio-orders records migrate`, up to what the rights are that it grants. */
import { sql } from 'kysely';
import { connectRecords } from '../../../src/records/connect';
import { MIGRATIONS } from '../../../src/records/migrations';
import { runInProcess } from '../../cli/in-process';
import type { TestDatabase } from '../../support/records';

const NAMES = Object.keys(MIGRATIONS);

export function describeMigrateCommand(start: () => Promise<TestDatabase>): void {
  const migrate = (url: string | undefined, ...options: string[]) =>
    runInProcess(['records', 'migrate', ...options], url === undefined ? {} : { DATABASE_URL: url });

  describe('records migrate', () => {
    it.each([
      [undefined, /DATABASE_URL is missing: the URL of the records database/],
      ['http://owner:secret@127.0.0.1/records', /DATABASE_URL must be a URL such as postgresql:/],
      ['postgresql://owner:secret@', /DATABASE_URL must be a URL such as postgresql:/],
    ])('with DATABASE_URL %j says what the variable must be', async (url, problem) => {
      const { code, stdout, stderr } = await migrate(url);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(problem);
      expect(stderr).not.toMatch(/secret|\n +at /);
    });

    it('without a database says where it looked, and not the password', async () => {
      const { code, stdout, stderr } = await migrate('postgresql://owner:secret@127.0.0.1:9/records');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /The records database at 127\.0\.0\.1:9\/records is not usable:\n.*ECONNREFUSED/,
      );
      expect(stderr).not.toMatch(/secret|\n +at /);
    });

    it('with a wrong password or a database that is not there says so', async () => {
      const { url } = await start();
      const wrong = new URL(url);
      wrong.password = 'wrong-secret';
      const ended = await migrate(wrong.href);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(/password authentication failed for user "test"/);
      expect(ended.stderr).not.toMatch(/wrong-secret/);
      const missing = await migrate(new URL('/nowhere', url).href);
      expect(missing).toMatchObject({ code: 1, stdout: '' });
      expect(missing.stderr).toMatch(/database "nowhere" does not exist/);
    });

    it('makes the tables, once', async () => {
      const { url } = await start();
      expect(await migrate(url)).toEqual({ code: 0, stdout: `Done: ${NAMES.join(', ')}.\n`, stderr: '' });
      expect(await migrate(url)).toEqual({ code: 0, stdout: 'The tables are up to date.\n', stderr: '' });
      const { stdout } = await migrate(url, '--json');
      expect(JSON.parse(stdout)).toEqual({ migrations: [] });
    });

    it('of an earlier version changes nothing', async () => {
      const { url } = await start();
      await migrate(url);
      const db = connectRecords(url);
      await sql`insert into kysely_migration values ('2099-01-01-later', '2099-01-01')`.execute(db);
      await db.destroy();
      const { code, stdout, stderr } = await migrate(url);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toBe(
        'The records database is of a later version, with 2099-01-01-later: run the command of that version\n',
      );
    });

    it('makes the tables also where it cannot grant rights, and says which role is wrong', async () => {
      const { url } = await start();
      const ended = await migrate(url, '--grant-worker', 'no_such_role');
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(/^PostgreSQL has no role "no_such_role": create it/);
      expect((await migrate(url)).stdout).toBe('The tables are up to date.\n');
      expect(await migrate(url, '--grant-server', 'test')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^"test" owns the tables/) as string,
      });
    });
  });
}
