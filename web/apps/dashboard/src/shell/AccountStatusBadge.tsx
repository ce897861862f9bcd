import type { AccountItem } from '@keepwell/api';
import { Badge, type BadgeTone } from '@keepwell/ui';

const STATUSES: Record<AccountItem['status'], { readonly label: string; readonly tone: BadgeTone }> = {
  active: { label: 'Active', tone: 'positive' },
  trial: { label: 'Trial', tone: 'notice' },
  prospect: { label: 'Prospect', tone: 'neutral' },
  churned: { label: 'Churned', tone: 'neutral' },
};

export function AccountStatusBadge({ status }: { readonly status: AccountItem['status'] }) {
  const { label, tone } = STATUSES[status];
  return <Badge tone={tone}>{label}</Badge>;
}
