import type { LeftAloneAccount } from '@keepwell/api';
import { Callout, EmptyState, formatCount, formatDay, Skeleton, Table, type Column } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { leftAloneQuery, saveListQuery } from '../queries/save-list';
import { Loaded } from '../shell/Loaded';
import { LoadMore } from '../shell/LoadMore';
import { Page } from '../shell/Page';
import { useMay } from '../shell/session';
import { texts } from '../texts';
import { ListFreshness } from './ListFreshness';
import './save-list.css';
import { joinPages } from './save-list';
import { SaveListTabs } from './SaveListTabs';

const { leftAlone: words, columns: headers } = texts.saveList;

/** The accounts left alone on purpose. Everybody sees how many and until when; only those who judge the outcome see names. */
export function LeftAlonePage() {
  const mayKnow = useMay('holdout');
  const query = useInfiniteQuery(saveListQuery());
  const list = query.data === undefined ? undefined : joinPages(query.data.pages);
  return (
    <Page
      title={texts.saveList.title}
      purpose={texts.saveList.purposeWithoutModel}
      side={list === undefined ? undefined : <ListFreshness list={list} />}
      search={{}}
    >
      <SaveListTabs list={list} current="leftAlone" />
      <Loaded
        query={{ ...query, data: list }}
        loading={<Skeleton label={texts.saveList.tabs.leftAlone} lines={6} />}
      >
        {({ totals, horizon_ends_on }) =>
          totals.left_alone === 0 ? (
            <NobodyLeftAlone />
          ) : (
            <div className="left-alone">
              <Callout title={words.title(formatCount(totals.left_alone))}>
                <p>{words.why}</p>
                <p className="muted">{mayKnow ? words.how : words.hidden}</p>
                {horizon_ends_on === null ? null : (
                  <p className="muted">{words.until(formatDay(horizon_ends_on))}</p>
                )}
                <Link to="/outcomes" className="link">
                  {words.outcomes}
                </Link>
              </Callout>
              {mayKnow ? <LeftAloneRows total={totals.left_alone} /> : null}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

function NobodyLeftAlone() {
  const settings = (
    <Link to="/settings" className="link">
      {words.settings}
    </Link>
  );
  return (
    <EmptyState title={words.none} icon="check" action={settings}>
      {words.noneDetail}
    </EmptyState>
  );
}

const COLUMNS: readonly Column<LeftAloneAccount>[] = [
  {
    id: 'account',
    header: headers.account,
    cell: ({ id, name }) => (
      <Link to="/accounts/$accountId" params={{ accountId: id }}>
        <bdi>{name}</bdi>
      </Link>
    ),
    rowHeader: true,
    place: 'name',
  },
  { id: 'plan', header: headers.plan, cell: ({ plan }) => <span className="muted">{plan}</span> },
  {
    id: 'since',
    header: headers.since,
    cell: ({ since }) => <span className="muted">{formatDay(since)}</span>,
  },
  {
    id: 'until',
    header: headers.until,
    cell: ({ until }) => <span className="muted">{formatDay(until)}</span>,
    place: 'text',
  },
];

function LeftAloneRows({ total }: { readonly total: number }) {
  const query = useInfiniteQuery(leftAloneQuery());
  const rows = query.data?.pages.flatMap((page) => page.items);
  return (
    <Loaded query={{ ...query, data: rows }} loading={<Skeleton label={words.shown} lines={6} />}>
      {(items) => (
        <>
          <Table
            label={texts.saveList.tabs.leftAlone}
            columns={COLUMNS}
            rows={items}
            rowKey={({ id }) => id}
            narrow="cards"
          />
          <LoadMore
            query={query}
            shown={items.length}
            total={total}
            onMore={() => void query.fetchNextPage()}
          />
        </>
      )}
    </Loaded>
  );
}
