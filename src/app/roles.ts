/** Roles of API tokens. In its own file so that the command line's help loads no schemas. */
export const ROLES = ['read', 'submit', 'operate'] as const;
export type Role = (typeof ROLES)[number];

/** The roles of a token. */
export function rolesOf({ role }: { role: Role | readonly Role[] }): readonly Role[] {
  return typeof role === 'string' ? [role] : role;
}
