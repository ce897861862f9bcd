import type { ChurnKind } from '@keepwell/api';
import { EmptyState } from '@keepwell/ui';
import { getRouteApi } from '@tanstack/react-router';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';

import { ofKind, totalOf, type LoadedSaveList } from './save-list-rows';
import { SaveListTable } from './SaveListTable';

const route = getRouteApi('/');

const KINDS: readonly { readonly id: ChurnKind | 'all'; readonly label: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'voluntary', label: 'Voluntary' },
  { id: 'involuntary', label: 'Involuntary' },
];

/** Leaving by choice and leaving by failed payments need different responses, so each has its own tab. */
export function SaveListTabs({ list }: { readonly list: LoadedSaveList }) {
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  const rows = ofKind(list.items, kind);
  const choose = (key: unknown) => {
    const chosen = key === 'voluntary' || key === 'involuntary' ? key : undefined;
    void navigate({ search: (search) => ({ ...search, kind: chosen }), replace: true, resetScroll: false });
  };
  return (
    <Tabs selectedKey={kind ?? 'all'} onSelectionChange={choose}>
      <TabList className="segments tabs" aria-label="Kind of churn">
        {KINDS.map(({ id, label }) => (
          <Tab key={id} id={id} className="segment">
            {label}
            <span className="segment-count">{totalOf(list, id === 'all' ? undefined : id)}</span>
          </Tab>
        ))}
      </TabList>
      <TabPanel id={kind ?? 'all'} className="tab-panel">
        {rows.length === 0 ? (
          <NoRows total={totalOf(list, kind)} kind={kind ?? ''} />
        ) : (
          <SaveListTable rows={rows} currency={list.currency} />
        )}
      </TabPanel>
    </Tabs>
  );
}

function NoRows({ total, kind }: { readonly total: number; readonly kind: string }) {
  if (total > 0) {
    return (
      <EmptyState title="Further down the list" icon="chart">
        No account loaded so far is of this kind; load more of the list to see{' '}
        {total === 1 ? 'it' : `all ${String(total)}`}.
      </EmptyState>
    );
  }
  return (
    <EmptyState title={`No ${kind} churn expected`} icon="check">
      None of the accounts in the list is expected to leave this way.
    </EmptyState>
  );
}
