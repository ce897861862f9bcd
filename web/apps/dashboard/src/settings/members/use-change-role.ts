import { updateMember, type MemberItem, type Role } from '@keepwell/api';
import type { InfiniteData } from '@tanstack/react-query';

import { shown, useWrite, type WriteHandle } from '../../offline';
import { membersQuery } from '../../queries/settings/members';
import { etagOf, withRows } from '../../queries/pages';
import { notices } from '../../shell/notices/notices';
import { texts } from '../../texts';
import { roleName } from './roles';

const words = texts.settings.members;

export interface RoleChange {
  /** As it was seen. */
  readonly member: MemberItem;
  readonly role: Role;
}

interface MemberPages {
  readonly items: readonly MemberItem[];
  readonly next: string | null;
}

/** Changes a role at once, and offers the one before for eight seconds. */
export function useChangeRole() {
  const { queryKey } = membersQuery();
  const write: WriteHandle<RoleChange> = useWrite<RoleChange, MemberItem>({
    endpoint: ({ member, role }) => updateMember({ path: { member_id: member.id }, body: { role } }),
    label: ({ member, role }) => words.changeRole(member.name, roleName(role)),
    ifMatch: ({ member }) => etagOf(member),
    shows: ({ member, role }) => [
      shown<InfiniteData<MemberPages>>(
        queryKey,
        withRows((one: MemberItem) => (one.id === member.id ? { ...one, role } : one)),
      ),
    ],
    affects: () => [['members'], ['session']],
    onSaved: (saved, { member, role }) => {
      if (saved === undefined) return;
      notices.say(words.changedRole(member.name, roleName(role)), {
        label: texts.common.undo,
        run: () => {
          write.write({ member: saved, role: member.role });
        },
      });
    },
  });
  const change = (member: MemberItem, role: Role) => {
    if (role !== member.role) write.write({ member, role });
  };
  return { ...write, change };
}
