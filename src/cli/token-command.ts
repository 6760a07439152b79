/** `portfolio-orders token …`: who may call the API. */
import { InvalidArgumentError, type Command } from 'commander';
import { ROLES, rolesOf, type Role } from '../roles';
import { print, teach, type CommandContext } from './command-context';
import { tableOf } from './table';
import { plain } from './text';

interface TokenOptions {
  file?: string;
  json?: boolean;
}

interface NamedTokenOptions extends TokenOptions {
  name: string;
}

const FILE_OPTION = ['--file <path>', 'the file of token hashes (default: API_TOKENS_FILE)'] as const;

export function addTokenCommands(program: Command, context: CommandContext): void {
  const token = program
    .command('token')
    .description('Create, list and revoke API tokens; the file of the server holds their hashes.');

  const create = token
    .command('create')
    .description('Make a token, print it once, and add its hash to the file.')
    .requiredOption('--name <name>', 'who uses it; logs and timelines show it', nameOf)
    .requiredOption('--role <roles>', `what it may do: ${ROLES.join(', ')}, or several with commas`, roleList)
    .option(...FILE_OPTION)
    .option('--json', 'as JSON')
    .action(async ({ name, role, file, json }: NamedTokenOptions & { role: Role[] }, command: Command) => {
      const { createToken } = await import('../api-tokens-file.js');
      const path = fileOf(command, context, file);
      const made = await createToken(path, name, role);
      print(context, json, { name, roles: role, token: made }, () => [made]);
      context.note(plain(`Added ${name} (${role.join(', ')}) to ${path}. The token is not shown again.`));
    });

  const list = token
    .command('list')
    .description('Show names and roles; the tokens themselves are kept nowhere.')
    .option(...FILE_OPTION)
    .option('--json', 'as JSON')
    .action(async ({ file, json }: TokenOptions, command: Command) => {
      const { listTokens } = await import('../api-tokens-file.js');
      const path = fileOf(command, context, file);
      const tokens = (await listTokens(path)).map((one) => ({ name: one.name, roles: rolesOf(one) }));
      print(context, json, tokens, () =>
        tokens.length === 0
          ? [`There are no tokens in ${plain(path)}.`]
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
    .description('Take a token out of the file; a running server refuses it within two seconds.')
    .requiredOption('--name <name>', 'whose token', nameOf)
    .option(...FILE_OPTION)
    .option('--json', 'as JSON')
    .action(async ({ name, file, json }: NamedTokenOptions, command: Command) => {
      const { revokeToken } = await import('../api-tokens-file.js');
      const path = fileOf(command, context, file);
      await revokeToken(path, name);
      print(context, json, { revoked: name }, () => [`Revoked ${name} in ${plain(path)}.`]);
    });

  const needs = 'to write the file, which --file or API_TOKENS_FILE names; a running server reads it again';
  teach(create, {
    needs,
    examples: [
      ['token create --name ada --role submit > ada.token', 'One that places orders, into a file'],
      ['token create --name desk --role operate --file tokens.json', 'One that decides about orders'],
      [
        'token create --name me --role submit,operate',
        'One that does both, where they need not be kept apart',
      ],
    ],
    notes: [
      'No role includes another, and each may read. Keep the token where only its user can read it: under\n' +
        'umask 077, as in (umask 077; portfolio-orders token create … > ada.token).',
    ],
  });
  teach(list, { needs: 'to read the file', examples: [['token list', 'Who may call, and what']] });
  teach(revoke, { needs, examples: [['token revoke --name ada', 'Shut it out']] });
}

function fileOf(command: Command, context: CommandContext, given: string | undefined): string {
  const { API_TOKENS_FILE: configured = '' } = given === undefined ? context.configuration() : {};
  const file = given ?? configured;
  if (file === '') command.error('error: say with --file or API_TOKENS_FILE which file holds the hashes');
  return file;
}

const MAX_NAME = 100;

function nameOf(text: string): string {
  if (text === '' || text.length > MAX_NAME || plain(text) !== text)
    throw new InvalidArgumentError(
      `1 to ${MAX_NAME} characters are expected, none of them a control character`,
    );
  return text;
}

function roleList(text: string): Role[] {
  const roles = text.split(',').map((one) => ROLES.find((role) => role === one));
  const known = roles.filter((role) => role !== undefined);
  if (known.length < roles.length || new Set(known).size < known.length)
    throw new InvalidArgumentError(`one or more of ${ROLES.join(', ')} are expected, separated by commas`);
  return known;
}
