import { Button, EmptyState } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { EmptyWorkspace } from '../first-run/EmptyWorkspace';
import { accountFacetsQuery } from '../queries/accounts/accounts';
import { texts } from '../texts';
import { without } from './FilterChips';
import { isFiltered, withoutFilters, type AccountsSearch } from './search';

const { gonePlan, noMatch } = texts.accounts.empty;

export interface NoAccountsProps {
  readonly search: AccountsSearch;
  readonly onShow: (search: AccountsSearch) => void;
}

/** Nobody matches: because there is nobody yet, because the plan is gone, or because the filters leave nobody. */
export function NoAccounts({ search, onShow }: NoAccountsProps) {
  const { plan } = search;
  const { data: facets } = useQuery({ ...accountFacetsQuery(), enabled: plan !== undefined });
  if (!isFiltered(search)) {
    return <EmptyWorkspace />;
  }
  const isGone =
    plan !== undefined && facets !== undefined && !facets.plans.some(({ value }) => value === plan);
  if (isGone) {
    const remove = () => {
      onShow(without(search, ['plan']));
    };
    return (
      <EmptyState
        title={gonePlan.title(plan)}
        icon="filter"
        action={<Button onPress={remove}>{gonePlan.action}</Button>}
      >
        {gonePlan.detail}
      </EmptyState>
    );
  }
  const clear = () => {
    onShow(withoutFilters(search));
  };
  return (
    <EmptyState
      title={noMatch.title}
      icon="search"
      action={<Button onPress={clear}>{noMatch.action}</Button>}
    >
      {noMatch.detail}
    </EmptyState>
  );
}
