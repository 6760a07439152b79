/** `portfolio-orders token …`: manages API tokens. */
import { InvalidArgumentError, type Command } from 'commander';
import { ROLES, rolesOf, type Role } from '../../app/roles';
import { print, withHelp, type CommandContext } from '../command-context';
import { tableOf } from '../output/table';
import { sanitized } from '../output/text';

interface TokenOptions {
  file?: string;
  json?: boolean;
}

interface NamedTokenOptions extends TokenOptions {
  name: string;
}

const FILE_OPTION = ['--file <path>', 'file of token hashes (default: API_TOKENS_FILE)'] as const;

export function addTokenCommands(program: Command, context: CommandContext): void {
  const token = program
    .command('token')
    .description("Create, list and revoke API tokens in the server's file of token hashes.");

  const create = token
    .command('create')
    .description('Create a token, print it once, and add its hash to the file.')
    .requiredOption('--name <name>', 'name of the user, shown in logs and timelines', nameOf)
    .requiredOption('--role <roles>', `${ROLES.join(', ')}, or several separated by commas`, roleList)
    .option(...FILE_OPTION)
    .option('--json', 'as JSON')
    .action(async ({ name, role, file, json }: NamedTokenOptions & { role: Role[] }, command: Command) => {
      const { createToken } = await import('../../config/api-tokens-file.js');
      const path = fileOf(command, context, file);
      const made = await createToken(path, name, role);
      print(context, json, { name, roles: role, token: made }, () => [made]);
      context.note(
        sanitized(`Added ${name} (${role.join(', ')}) to ${path}. This is the only time the token is shown.`),
      );
    });

  const list = token
    .command('list')
    .description('List names and roles. The tokens themselves are not stored.')
    .option(...FILE_OPTION)
    .option('--json', 'as JSON')
    .action(async ({ file, json }: TokenOptions, command: Command) => {
      const { listTokens } = await import('../../config/api-tokens-file.js');
      const path = fileOf(command, context, file);
      const tokens = (await listTokens(path)).map((one) => ({ name: one.name, roles: rolesOf(one) }));
      print(context, json, tokens, () =>
        tokens.length === 0
          ? [`There are no tokens in ${sanitized(path)}.`]
          : [
              tableOf(
                ['name', 'roles'],
                tokens.map(({ name, roles }) => [name, roles.join(', ')]),
              ),
            ],
      );
    });

  const revoke = token
    .command('revoke')
    .description('Remove a token from the file; a running server rejects it within two seconds.')
    .requiredOption('--name <name>', 'name of the token', nameOf)
    .option(...FILE_OPTION)
    .option('--json', 'as JSON')
    .action(async ({ name, file, json }: NamedTokenOptions, command: Command) => {
      const { revokeToken } = await import('../../config/api-tokens-file.js');
      const path = fileOf(command, context, file);
      await revokeToken(path, name);
      print(context, json, { revoked: name }, () => [`Revoked ${name} in ${sanitized(path)}.`]);
    });

  const needs = 'write access to the file (--file or API_TOKENS_FILE); a running server reloads it';
  withHelp(create, {
    needs,
    examples: [
      ['token create --name ada --role submit > ada.token', 'A token that places orders, into a file'],
      ['token create --name desk --role operate --file tokens.json', 'A token that operates on orders'],
      ['token create --name me --role submit,operate', 'A token for both, where they need not be separated'],
    ],
    notes: [
      'No role includes another; each may read. Store the token where only its user can read it, such as with\n' +
        '(umask 077; portfolio-orders token create … > ada.token).',
    ],
  });
  withHelp(list, { needs: 'read access to the file', examples: [['token list', 'Names and roles']] });
  withHelp(revoke, { needs, examples: [['token revoke --name ada', 'Revoke it']] });
}

function fileOf(command: Command, context: CommandContext, given: string | undefined): string {
  const { API_TOKENS_FILE: configured = '' } = given === undefined ? context.configuration() : {};
  const file = given ?? configured;
  if (file === '') command.error('error: name the file of token hashes with --file or API_TOKENS_FILE');
  return file;
}

const MAX_NAME = 100;

function nameOf(text: string): string {
  if (text === '' || text.length > MAX_NAME || sanitized(text) !== text)
    throw new InvalidArgumentError(`enter 1 to ${MAX_NAME} characters without control characters`);
  return text;
}

function roleList(text: string): Role[] {
  const roles = text.split(',').map((one) => ROLES.find((role) => role === one));
  const known = roles.filter((role) => role !== undefined);
  if (known.length < roles.length || new Set(known).size < known.length)
    throw new InvalidArgumentError(`enter one or more of ${ROLES.join(', ')}, separated by commas`);
  return known;
}
