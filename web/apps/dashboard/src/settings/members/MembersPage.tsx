import type { MemberItem } from '@keepwell/api';
import { Facts, Section } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { ConflictDialog } from '../../conflict/ConflictDialog';
import { FormProblem } from '../../forms/FormProblem';
import { membersQuery } from '../../queries/settings/members';
import { LoadedRows } from '../../shell/LoadedRows';
import { RowsLoading } from '../../shell/RowsLoading';
import { useMay } from '../../shell/session';
import { texts } from '../../texts';
import { SettingsFrame } from '../SettingsFrame';
import { InviteForm } from './InviteForm';
import { MemberDialog } from './MemberDialog';
import { MembersTable } from './MembersTable';
import { ROLES, roleName } from './roles';
import { useChangeRole } from './use-change-role';

const words = texts.settings.members;

/** The members and their roles. */
export function MembersPage() {
  const mayManage = useMay('members');
  return (
    <SettingsFrame title={words.title} purpose={words.purpose} search={{}}>
      <div className="columns settings-columns">
        <div className="span-8 settings-first">
          <MemberList />
        </div>
        <aside className="span-4 settings-rail" aria-label={words.invite.title}>
          {mayManage ? <InviteForm /> : null}
          <Section title={words.roleMeaning} isRuled>
            <Facts facts={ROLES.map((role) => [words.roles[role], words.meaning[role]] as const)} />
          </Section>
          {mayManage ? null : <p className="prose">{words.invite.mayNot}</p>}
        </aside>
      </div>
    </SettingsFrame>
  );
}

function MemberList() {
  const [edited, setEdited] = useState<MemberItem | null>(null);
  const query = useInfiniteQuery(membersQuery());
  const role = useChangeRole();
  const { conflict } = role;
  return (
    <section aria-label={words.label}>
      <FormProblem error={role.state === 'refused' ? role.error : null} />
      <LoadedRows query={query} loading={<RowsLoading label={words.loading} rows={4} />}>
        {(rows) => <MembersTable rows={rows} onRole={role.change} onEdit={setEdited} />}
      </LoadedRows>
      {edited === null ? null : (
        <MemberDialog
          member={edited}
          onClose={() => {
            setEdited(null);
          }}
        />
      )}
      {conflict === null ? null : (
        <ConflictDialog
          what={words.what(conflict.mine.member.name)}
          mine={{ role: conflict.mine.role }}
          theirs={conflict.theirs?.value ?? null}
          fields={[{ name: 'role', label: words.fields.role, show: roleName }]}
          onKeepMine={role.keepMine}
          onTakeTheirs={role.reset}
          onLater={role.reset}
        />
      )}
    </section>
  );
}
