import { Button, Icon, SegmentedControl, SelectField, type Choice } from '@keepwell/ui';

import { AccountSearch } from './AccountSearch';
import {
  ACCOUNT_SORTS,
  DEFAULT_SORT,
  type AccountSort,
  type AccountsSearch,
  type AccountStatus,
} from './search';

const STATUSES: readonly Choice<AccountStatus | 'all'>[] = [
  { id: 'all', label: 'All' },
  { id: 'active', label: 'Active' },
  { id: 'trial', label: 'Trial' },
  { id: 'churned', label: 'Churned' },
  { id: 'prospect', label: 'Prospect' },
];

const SORT_LABELS: Record<AccountSort, string> = {
  '-mrr': 'Highest MRR',
  mrr: 'Lowest MRR',
  name: 'Name, A to Z',
  '-name': 'Name, Z to A',
  '-since': 'Newest',
  since: 'Oldest',
  '-churned_on': 'Churned last',
  churned_on: 'Churned first',
};

const SORTS = ACCOUNT_SORTS.map((id) => ({ id, label: SORT_LABELS[id] }));

export interface AccountsToolbarProps {
  readonly search: AccountsSearch;
  readonly onChange: (change: Omit<AccountsSearch, 'pages'>) => void;
}

export function AccountsToolbar({ search, onChange }: AccountsToolbarProps) {
  return (
    <div className="toolbar" role="group" aria-label="Filters">
      <AccountSearch
        q={search.q}
        onSearch={(q) => {
          onChange({ q });
        }}
      />
      <SegmentedControl
        label="Status"
        choices={STATUSES}
        value={search.status ?? 'all'}
        onChange={(status) => {
          onChange({ status: status === 'all' ? undefined : status });
        }}
      />
      {search.plan === undefined ? null : (
        <Button
          aria-label={`Plan ${search.plan}, remove filter`}
          onPress={() => {
            onChange({ plan: undefined });
          }}
        >
          Plan: {search.plan}
          <Icon name="close" />
        </Button>
      )}
      <div className="toolbar-end">
        <SelectField
          label="Sort by"
          choices={SORTS}
          value={search.sort ?? DEFAULT_SORT}
          onChange={(sort) => {
            onChange({ sort: sort === DEFAULT_SORT ? undefined : sort });
          }}
        />
      </div>
    </div>
  );
}
