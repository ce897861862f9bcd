import { Card, EmptyState, formatDay, formatMoment, Skeleton } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { saveListQuery } from '../queries/save-list';
import { usePageCount } from '../queries/use-page-count';
import { Loaded } from '../shell/Loaded';
import { LoadMore } from '../shell/LoadMore';
import { ModelStatement } from './ModelStatement';
import { joinPages, type LoadedSaveList } from './save-list-rows';
import { SaveListTabs } from './SaveListTabs';

const route = getRouteApi('/');

export function SaveListPanel() {
  const { pages = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(saveListQuery());
  usePageCount(query, pages);
  const list = query.data === undefined ? undefined : joinPages(query.data.pages);
  const more = () => {
    void navigate({
      search: (search) => ({ ...search, pages: pages + 1 }),
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <Card title="Save list" note={list === undefined ? undefined : <Scored list={list} />} flush>
      <Loaded query={{ ...query, data: list }} loading={<ListSkeleton />}>
        {(loaded) => (
          <>
            <SaveListContent list={loaded} />
            {loaded.items.length === 0 ? null : (
              <LoadMore query={query} shown={loaded.items.length} onMore={more} />
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function ListSkeleton() {
  return (
    <div className="card-body">
      <Skeleton label="save list" lines={8} />
    </div>
  );
}

function Scored({ list: { scored_at, as_of, model } }: { readonly list: LoadedSaveList }) {
  const rule =
    model === null || model.signal === 'found'
      ? 'Accounts that pay today, by probability × MRR.'
      : 'Accounts that pay today, by MRR.';
  if (scored_at === null) return rule;
  const basis = as_of === null ? '' : `, from data up to ${formatDay(as_of)}`;
  return `${rule} Scored ${formatMoment(scored_at)}${basis}.`;
}

function SaveListContent({ list }: { readonly list: LoadedSaveList }) {
  if (list.model === null) {
    return (
      <EmptyState title="No account has been scored yet" command="./keepwell churn train">
        Training learns from your own history which accounts leave, tests itself on months it has not seen,
        and ranks the accounts that pay today.
      </EmptyState>
    );
  }
  return (
    <>
      <ModelStatement model={list.model} />
      {list.outdated ? (
        <p className="card-body muted">
          An import has changed records since the scoring. To score the accounts again, run{' '}
          <code>./keepwell churn train</code>.
        </p>
      ) : null}
      {list.items.length === 0 ? (
        <EmptyState
          title="No paying account to rank"
          command="./keepwell import --mapping mapping.yaml exports/"
        >
          The model is trained, but none of the accounts it scored pays today.
        </EmptyState>
      ) : (
        <SaveListTabs list={list} />
      )}
    </>
  );
}
