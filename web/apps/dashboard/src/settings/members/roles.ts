import type { Role } from '@keepwell/api';

import { texts } from '../../texts';

export const ROLES = ['owner', 'admin', 'analyst', 'agent'] as const satisfies Role[];

export const ROLE_CHOICES = ROLES.map((id) => ({ id, label: texts.settings.members.roles[id] }));

/** The role in words; what is none as it is. */
export function roleName(role: unknown): string {
  const names: Readonly<Record<string, string>> = texts.settings.members.roles;
  return typeof role === 'string' ? (names[role] ?? role) : '';
}
