import { EmptyState } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';

import { modelsQuery } from '../queries/models';
import { rowsOf } from '../queries/pages';
import { useCommandSuffix } from '../shell/command-line';
import { Loaded } from '../shell/Loaded';
import { LoadMore } from '../shell/LoadMore';
import { Page } from '../shell/Page';
import { RowsLoading } from '../shell/RowsLoading';
import { texts } from '../texts';
import { LiveSection } from './live/LiveSection';
import { ModelsTable, StandingSentence } from './ModelsTable';
import { NightsSection } from './nights/NightsSection';
import './models.css';

const words = texts.models;

/** Every model that was trained, the newest first. */
export function ModelsPage() {
  const query = useInfiniteQuery(modelsQuery());
  return (
    <Page title={words.title} purpose={words.purpose} search={{}}>
      <Loaded
        query={{ ...query, data: query.data && rowsOf(query.data) }}
        loading={<RowsLoading label={words.loading} />}
      >
        {(rows) =>
          rows.length === 0 ? (
            <>
              <NoModel />
              <NightsSection />
            </>
          ) : (
            <>
              <section aria-label={words.title}>
                {rows
                  .filter(({ standing }) => standing !== 'retired')
                  .map((model) => (
                    <StandingSentence key={model.version} model={model} />
                  ))}
                <ModelsTable rows={rows} />
                <LoadMore query={query} shown={rows.length} onMore={() => void query.fetchNextPage()} />
                <p className="models-say">{words.listNote}</p>
              </section>
              <LiveSection />
              <NightsSection />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function NoModel() {
  const suffix = useCommandSuffix();
  return (
    <EmptyState title={words.none.title} command={`./keepwell churn train${suffix}`}>
      {words.none.detail}
    </EmptyState>
  );
}
