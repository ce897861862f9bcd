import type { WebsiteTotals } from '@keepwell/api';
import { Button, Command, EmptyState, FilterChip, formatCount } from '@keepwell/ui';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { websitesQuery, websiteTotalsQuery } from '../../queries/data/websites';
import { rowsOf } from '../../queries/pages';
import { useCommandSuffix } from '../../shell/command-line';
import { Loaded } from '../../shell/Loaded';
import { LoadMore } from '../../shell/LoadMore';
import { RowsLoading } from '../../shell/RowsLoading';
import { useSearchOf } from '../../shell/use-search-of';
import { texts } from '../../texts';
import { DataFrame } from '../DataFrame';
import { CrawlSection } from './CrawlSection';
import { WEBSITE_STATES, websitesSearch, type WebsiteState } from './search';
import { WebsitesTable } from './WebsitesTable';

const route = getRouteApi('/data/websites');
const words = texts.data.websites;

/** The websites of accounts as they were last found, and the newest crawl. */
export function WebsitesPage() {
  const { state } = useSearchOf(websitesSearch);
  const navigate = route.useNavigate();
  const totals = useQuery(websiteTotalsQuery());
  const show = (next: WebsiteState | undefined) => {
    void navigate({ search: { state: next }, replace: true, resetScroll: false });
  };
  return (
    <DataFrame title={words.title} purpose={words.purpose} search={websitesSearch}>
      <div className="columns data-columns">
        <section className="span-8" aria-label={words.label}>
          <Loaded query={totals} loading={<RowsLoading label={words.loading} />}>
            {(counts) => <Websites counts={counts} state={state} onShow={show} />}
          </Loaded>
        </section>
        <aside className="span-4 data-rail" aria-label={words.crawl.title}>
          <CrawlSection />
        </aside>
      </div>
    </DataFrame>
  );
}

interface WebsitesProps {
  readonly counts: WebsiteTotals;
  readonly state: WebsiteState | undefined;
  readonly onShow: (state: WebsiteState | undefined) => void;
}

function Websites({ counts, state, onShow }: WebsitesProps) {
  const count = WEBSITE_STATES.reduce((sum, each) => sum + counts[each], 0);
  const suffix = useCommandSuffix();
  if (count === 0) return <EmptyState title={words.none}>{words.noneHint}</EmptyState>;
  if (count === counts.unread + counts.left_out && state === undefined) {
    return (
      <>
        <EmptyState title={words.noneRead}>{words.noneReadHint}</EmptyState>
        <Command>{`./keepwell crawl accounts${suffix}`}</Command>
        <Rows state={undefined} onShow={onShow} />
      </>
    );
  }
  const choices = WEBSITE_STATES.map((id) => ({
    id,
    label: words.choice(texts.websites.states[id], formatCount(counts[id])),
  }));
  return (
    <>
      <div className="controls data-filters">
        <FilterChip
          label={words.state}
          choices={[{ id: 'any' as const, label: words.any(formatCount(count)) }, ...choices]}
          neutral="any"
          value={state ?? 'any'}
          onChange={(chosen) => {
            onShow(chosen === 'any' ? undefined : chosen);
          }}
        />
      </div>
      <Rows state={state} onShow={onShow} />
    </>
  );
}

function Rows({ state, onShow }: Pick<WebsitesProps, 'state' | 'onShow'>) {
  const query = useInfiniteQuery(websitesQuery({ in_state: state }));
  const all = (
    <Button
      onPress={() => {
        onShow(undefined);
      }}
    >
      {words.showAll}
    </Button>
  );
  return (
    <div aria-busy={query.isPlaceholderData}>
      <Loaded
        query={{ ...query, data: query.data && rowsOf(query.data) }}
        loading={<RowsLoading label={words.loading} />}
      >
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title={words.noneMatch} icon="filter" action={all} />
          ) : (
            <>
              <WebsitesTable rows={rows} />
              <LoadMore query={query} shown={rows.length} onMore={() => void query.fetchNextPage()} />
            </>
          )
        }
      </Loaded>
    </div>
  );
}
