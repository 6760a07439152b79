/** Who may do what at the API. In a file of its own, since the command line's help needs it and no schema. */
export const ROLES = ['read', 'submit', 'operate'] as const;
export type Role = (typeof ROLES)[number];

/** Of a token, which has one or several. */
export function rolesOf({ role }: { role: Role | readonly Role[] }): readonly Role[] {
  return typeof role === 'string' ? [role] : role;
}
