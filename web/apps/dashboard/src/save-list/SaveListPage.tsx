import type { ChurnModel } from '@keepwell/api';
import { Skeleton } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { EmptyWorkspace } from '../first-run/EmptyWorkspace';
import { useIsEmpty } from '../first-run/use-is-empty';
import { saveListQuery } from '../queries/save-list';
import { SilentSource } from '../risk/SilentSource';
import { Loaded } from '../shell/Loaded';
import { Page } from '../shell/Page';
import { useSearchOf } from '../shell/use-search-of';
import { texts } from '../texts';
import { ListFreshness } from './ListFreshness';
import { ListRows } from './ListRows';
import { NoModel, NoSignal } from './ListState';
import { ModelSheet } from './ModelSheet';
import './save-list.css';
import { joinPages } from './save-list';
import { SaveListTabs } from './SaveListTabs';
import { saveListSearch } from './search';

const route = getRouteApi('/save-list');

export function SaveListPage() {
  const { kind, sheet } = useSearchOf(saveListSearch);
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(saveListQuery(kind));
  const list = query.data === undefined ? undefined : joinPages(query.data.pages);
  const model = list?.model ?? null;
  const isEmpty = useIsEmpty();
  const { title, purposeWithoutModel } = texts.saveList;
  const closeSheet = () => {
    void navigate({ search: { kind }, replace: true });
  };
  return (
    <Page
      title={title}
      purpose={model === null ? purposeWithoutModel : purposeOf(model)}
      side={list === undefined ? undefined : <ListFreshness list={list} />}
      search={saveListSearch}
    >
      {isEmpty ? null : <SaveListTabs list={list} current={kind ?? 'all'} />}
      <Loaded query={{ ...query, data: list }} loading={<ListLoading />}>
        {(loaded) => {
          if (isEmpty) return <EmptyWorkspace />;
          if (loaded.model === null) return <NoModel kind={kind} />;
          const { signal } = loaded.model;
          return (
            <>
              <SilentSource silence={loaded.silence} asOf={loaded.as_of} />
              {signal === 'found' || kind === 'involuntary' ? null : (
                <NoSignal model={loaded.model} signal={signal} />
              )}
              <ListRows list={loaded} kind={kind} query={query} />
            </>
          );
        }}
      </Loaded>
      {sheet === 'model' && model !== null ? <ModelSheet model={model} onClose={closeSheet} /> : null}
    </Page>
  );
}

function purposeOf({ label, horizon_days: days }: ChurnModel): string {
  const { list, listByChance } = texts.listLabels[label.name];
  return label.money === 'none' ? listByChance(days) : list(days);
}

function ListLoading() {
  return (
    <div className="save-list-loading">
      <Skeleton label={texts.saveList.title} lines={12} />
    </div>
  );
}
