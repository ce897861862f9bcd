import { deleteMember, send, type MemberAccess, type MemberItem, type Role } from '@keepwell/api';
import { Button, formatCount, formatRecentMoment, SelectField, Table, Tag, type Column } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { memberAccessQuery } from '../../queries/settings/members';
import { etagOf } from '../../queries/pages';
import { useBusyRow, useLater } from '../../shell/notices/later';
import { LaterButton } from '../../shell/notices/LaterButton';
import { useMay, useSession } from '../../shell/session';
import { texts } from '../../texts';
import { ROLE_CHOICES, roleName } from './roles';

const words = texts.settings.members;

export interface MembersTableProps {
  readonly rows: readonly MemberItem[];
  readonly onRole: (member: MemberItem, role: Role) => void;
  readonly onEdit: (member: MemberItem) => void;
}

export function MembersTable({ rows, onRole, onEdit }: MembersTableProps) {
  const rowClass = useBusyRow();
  const mayManage = useMay('members');
  const access = useAccess();
  const columns = columnsOf({ onRole, onEdit, mayManage, access });
  return (
    <Table
      label={words.label}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      rowClass={rowClass}
      narrow="cards"
      density="two-lines"
    />
  );
}

/** How each member signs in, by id; undefined while it is not known, or not for this role. */
function useAccess(): ReadonlyMap<string, MemberAccess> | undefined {
  const mayKnow = useMay('settings');
  const { data } = useQuery({ ...memberAccessQuery(), enabled: mayKnow });
  return data && new Map(data.items.map((one) => [one.member_id, one]));
}

interface ColumnParts extends Omit<MembersTableProps, 'rows'> {
  readonly mayManage: boolean;
  readonly access: ReadonlyMap<string, MemberAccess> | undefined;
}

function columnsOf({ onRole, onEdit, mayManage, access }: ColumnParts): readonly Column<MemberItem>[] {
  const columns: readonly Column<MemberItem>[] = [
    {
      id: 'name',
      header: words.columns.name,
      rowHeader: true,
      place: 'name',
      cell: (member) => <NameCell member={member} />,
    },
    {
      id: 'role',
      header: words.columns.role,
      place: mayManage ? 'text' : 'amount',
      cell: (member) => <RoleCell member={member} onRole={onRole} mayManage={mayManage} />,
    },
  ];
  const known: readonly Column<MemberItem>[] = access === undefined ? [] : accessColumns(access);
  const actions: Column<MemberItem> = {
    id: 'actions',
    header: words.columns.actions,
    isHeaderHidden: true,
    align: 'end',
    place: 'action',
    cell: (member) => <Actions member={member} onEdit={onEdit} />,
  };
  return [...columns, ...known, ...(mayManage ? [actions] : [])];
}

function accessColumns(access: ReadonlyMap<string, MemberAccess>): readonly Column<MemberItem>[] {
  return [
    {
      id: 'access',
      header: words.columns.access,
      isSpare: true,
      cell: ({ id }) => waysOf(access.get(id)),
    },
    {
      id: 'last',
      header: words.columns.last,
      place: 'text',
      cell: ({ id }) => {
        const last = access.get(id)?.last_signed_in_at ?? null;
        return (
          <span className="settings-moment">
            <span className="card-label">{words.columns.last}: </span>
            {last === null ? texts.common.never : formatRecentMoment(last)}
          </span>
        );
      },
    },
  ];
}

function waysOf(access: MemberAccess | undefined) {
  if (access === undefined) return texts.common.unknown;
  const { has_password, provider, invited_until, sessions } = access;
  const ways = [has_password && words.access.password, provider !== null && words.access.provider];
  const named = ways.filter((way) => way !== false);
  const now = sessions === 1 ? words.access.oneSession : words.access.sessions(formatCount(sessions));
  return (
    <>
      {named.length === 0 ? words.access.link : named.join(', ')}
      <span className="cell-sub">
        {invited_until === null ? now : words.access.waits(formatRecentMoment(invited_until))}
      </span>
    </>
  );
}

function NameCell({ member: { id, name, email } }: { readonly member: MemberItem }) {
  const { member } = useSession();
  return (
    <>
      <span className="clamp">
        <bdi>{name}</bdi> {id === member.id ? <Tag>{words.you}</Tag> : null}
      </span>
      <bdi className="cell-sub clamp">{email ?? words.noEmail}</bdi>
    </>
  );
}

interface RoleCellProps extends Pick<ColumnParts, 'onRole' | 'mayManage'> {
  readonly member: MemberItem;
}

function RoleCell({ member, onRole, mayManage }: RoleCellProps) {
  const isLeaving = useLater().has(member.id);
  if (!mayManage) return roleName(member.role);
  return (
    <div className="settings-role">
      <SelectField
        label={words.roleOf(member.name)}
        isLabelHidden
        choices={ROLE_CHOICES}
        value={member.role}
        isDisabled={isLeaving}
        onChange={(role) => {
          onRole(member, role);
        }}
      />
    </div>
  );
}

interface ActionsProps {
  readonly member: MemberItem;
  readonly onEdit: (member: MemberItem) => void;
}

function Actions({ member, onEdit }: ActionsProps) {
  const { id, name } = member;
  const isLeaving = useLater().has(id);
  const isMe = useSession().member.id === id;
  return (
    <span className="settings-actions">
      <Button
        size="small"
        aria-label={words.editNamed(name)}
        isDisabled={isLeaving}
        onPress={() => {
          onEdit(member);
        }}
      >
        {words.edit}
      </Button>
      {isMe ? null : (
        <LaterButton
          id={id}
          label={words.remove}
          named={words.removeNamed(name)}
          said={words.removed(name)}
          failed={(why) => words.notRemoved(name, why)}
          list="members"
          emphasis="danger"
          run={() => send(deleteMember({ path: { member_id: id } }), { ifMatch: etagOf(member) })}
        />
      )}
    </span>
  );
}
