import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { mrrQuery } from '../queries/metrics';
import { Page } from '../shell/Page';
import { AsOfField } from './AsOfField';
import { LivePanel } from './LivePanel';
import { MovementsLoading, MovementsPanel } from './MovementsPanel';
import { RevenueFigures } from './RevenueFigures';
import { SaveListPanel } from './SaveListPanel';

const route = getRouteApi('/');

export function OverviewPage() {
  const { on } = route.useSearch();
  const navigate = route.useNavigate();
  const mrr = useQuery({ ...mrrQuery(on), placeholderData: keepPreviousData });
  const choose = (day: string | undefined) => {
    void navigate({ search: (search) => ({ ...search, on: day }), replace: true });
  };
  return (
    <Page title="Overview" actions={<AsOfField on={on ?? mrr.data?.on ?? ''} onChange={choose} />}>
      <RevenueFigures mrr={mrr} />
      <div className="columns overview-panels">
        {mrr.data === undefined ? <MovementsLoading /> : <MovementsPanel on={mrr.data.on} />}
        <LivePanel />
      </div>
      <SaveListPanel />
    </Page>
  );
}
