import { Button, EmptyState, FilterChip } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import { importsQuery } from '../../queries/data/imports';
import { rowsOf } from '../../queries/pages';
import { Loaded } from '../../shell/Loaded';
import { LoadMore } from '../../shell/LoadMore';
import { RowsLoading } from '../../shell/RowsLoading';
import { useSearchOf } from '../../shell/use-search-of';
import { texts } from '../../texts';
import { DataFrame } from '../DataFrame';
import { ImportsTable } from './ImportsTable';
import { IMPORT_STATUSES, importsSearch, type ImportStatus } from './search';

const route = getRouteApi('/data/imports');
const words = texts.data.imports;

/** Every import, the newest first. */
export function ImportsPage() {
  const { status } = useSearchOf(importsSearch);
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(importsQuery({ status }));
  const show = (next: ImportStatus | undefined) => {
    void navigate({ search: { status: next }, replace: true, resetScroll: false });
  };
  return (
    <DataFrame title={words.title} purpose={words.purpose} search={importsSearch}>
      <StatusFilter
        status={status}
        onChange={(next) => {
          show(next);
        }}
      />
      <section aria-label={words.label} aria-busy={query.isPlaceholderData}>
        <Loaded
          query={{ ...query, data: query.data && rowsOf(query.data) }}
          loading={<RowsLoading label={words.loading} />}
        >
          {(rows) =>
            rows.length === 0 ? (
              <NoImports
                isFiltered={status !== undefined}
                onShowAll={() => {
                  show(undefined);
                }}
              />
            ) : (
              <>
                <ImportsTable rows={rows} />
                <LoadMore query={query} shown={rows.length} onMore={() => void query.fetchNextPage()} />
              </>
            )
          }
        </Loaded>
      </section>
    </DataFrame>
  );
}

interface StatusFilterProps {
  readonly status: ImportStatus | undefined;
  readonly onChange: (status: ImportStatus | undefined) => void;
}

function StatusFilter({ status, onChange }: StatusFilterProps) {
  const choices = [
    { id: 'any' as const, label: words.any },
    ...IMPORT_STATUSES.map((id) => ({ id, label: words.statuses[id] })),
  ];
  return (
    <div className="controls data-filters">
      <FilterChip
        label={words.status}
        choices={choices}
        neutral="any"
        value={status ?? 'any'}
        onChange={(chosen) => {
          onChange(chosen === 'any' ? undefined : chosen);
        }}
      />
    </div>
  );
}

function NoImports({
  isFiltered,
  onShowAll,
}: {
  readonly isFiltered: boolean;
  readonly onShowAll: () => void;
}) {
  if (isFiltered) {
    const all = <Button onPress={onShowAll}>{words.showAll}</Button>;
    return <EmptyState title={words.noneMatch} icon="filter" action={all} />;
  }
  const connect = (
    <Link to="/data/stripe" className="button">
      {texts.data.stripe.key.connect} Stripe
    </Link>
  );
  return (
    <EmptyState title={words.none} action={connect}>
      {words.noneHint}
    </EmptyState>
  );
}
