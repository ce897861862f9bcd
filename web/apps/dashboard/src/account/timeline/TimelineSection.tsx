import type { Timeline } from '@keepwell/api';
import { Button, EmptyState, Section, Skeleton } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';

import { timelineQuery } from '../../queries/accounts/timeline';
import { Loaded } from '../../shell/Loaded';
import { LoadMore } from '../../shell/LoadMore';
import { texts } from '../../texts';
import { partsOf } from './days';
import { kindsOf, type AccountSearch } from './kinds';
import { KindChips } from './KindChips';
import { TimelineDays } from './TimelineDays';
import { useMoreInSight } from './use-more-in-sight';

const words = texts.timeline;

export interface TimelineSectionProps {
  readonly accountId: string;
  readonly today: string;
  readonly search: AccountSearch;
  readonly onSearch: (search: AccountSearch) => void;
}

/** Everything that every room knows of the account, newest first. */
export function TimelineSection({ accountId, today, search, onSearch }: TimelineSectionProps) {
  const query = useInfiniteQuery(timelineQuery(accountId, kindsOf(search)));
  const end = useMoreInSight(query);
  return (
    <div className="account-timeline" id="timeline">
      <Section title={words.title} note={words.order}>
        <KindChips search={search} onSearch={onSearch} />
        <Loaded
          query={{ ...query, data: query.data?.pages }}
          loading={<Skeleton label={words.title} lines={12} />}
        >
          {(pages) => (
            <Pages pages={pages} today={today} hasNextPage={query.hasNextPage} {...{ search, onSearch }} />
          )}
        </Loaded>
        {query.data === undefined ? null : (
          <div ref={end}>
            <LoadMore
              query={query}
              shown={query.data.pages.reduce((count, { items }) => count + items.length, 0)}
              onMore={() => void query.fetchNextPage()}
            />
          </div>
        )}
      </Section>
    </div>
  );
}

interface PagesProps extends Pick<TimelineSectionProps, 'today' | 'search' | 'onSearch'> {
  readonly pages: readonly Timeline[];
  readonly hasNextPage: boolean;
}

function Pages({ pages, today, hasNextPage, search, onSearch }: PagesProps) {
  const isAll = search.kinds === undefined;
  const parts = partsOf(pages, isAll ? (pages[0]?.planned ?? []) : []);
  if (parts.length > 0 || hasNextPage) return <TimelineDays parts={parts} today={today} />;
  return (
    <Nothing
      isAll={isAll}
      onAll={() => {
        onSearch({});
      }}
    />
  );
}

function Nothing({ isAll, onAll }: { readonly isAll: boolean; readonly onAll: () => void }) {
  if (isAll) return <EmptyState title={words.nothing}>{words.nothingDetail}</EmptyState>;
  return (
    <EmptyState
      title={words.nothingOfKinds}
      icon="filter"
      action={<Button onPress={onAll}>{words.showAll}</Button>}
    />
  );
}
