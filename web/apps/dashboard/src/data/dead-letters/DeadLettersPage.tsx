import { Button, EmptyState } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { deadLettersQuery } from '../../queries/data/dead-letters';
import { LoadedRows } from '../../shell/LoadedRows';
import { OnlyIfMay } from '../../shell/Refusal';
import { RowsLoading } from '../../shell/RowsLoading';
import { useSearchOf } from '../../shell/use-search-of';
import { texts } from '../../texts';
import { DataFrame } from '../DataFrame';
import { LetterFilters } from './LetterFilters';
import { LetterSheet } from './LetterSheet';
import { LettersTable } from './LettersTable';
import { ReplayDialog } from './ReplayDialog';
import { filterOf, isFiltered, lettersSearch, type LettersSearch } from './search';

const route = getRouteApi('/data/dead-letters');
const words = texts.data.deadLetters;

/** The rows that could not be read, each with what is wrong. */
export function DeadLettersPage() {
  const [isReplaying, setReplaying] = useState(false);
  const { code } = useSearchOf(lettersSearch);
  const replay = (
    <Button
      onPress={() => {
        setReplaying(true);
      }}
    >
      {words.replay.button}
    </Button>
  );
  return (
    <DataFrame title={words.title} purpose={words.purpose} side={replay} search={lettersSearch}>
      <OnlyIfMay permission="import">
        <Letters />
        {isReplaying ? (
          <ReplayDialog
            code={code}
            onClose={() => {
              setReplaying(false);
            }}
          />
        ) : null}
      </OnlyIfMay>
    </DataFrame>
  );
}

function Letters() {
  const search = useSearchOf(lettersSearch);
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(deadLettersQuery(filterOf(search)));
  const show = (changed: LettersSearch) => {
    void navigate({ search: { ...search, ...changed }, replace: true, resetScroll: false });
  };
  const clear = <Button onPress={() => void navigate({ search: {}, replace: true })}>{words.clear}</Button>;
  return (
    <>
      <LetterFilters search={search} onChange={show} />
      <section aria-label={words.label} aria-busy={query.isPlaceholderData}>
        <LoadedRows
          query={query}
          loading={<RowsLoading label={words.loading} />}
          empty={<NoLetters isFiltered={isFiltered(search)} clear={clear} />}
          isCounted
        >
          {(rows) => <LettersTable rows={rows} search={search} />}
        </LoadedRows>
      </section>
      {search.letter === undefined ? null : (
        <LetterSheet
          id={search.letter}
          onClose={() => {
            show({ letter: undefined });
          }}
          onFilter={show}
        />
      )}
    </>
  );
}

function NoLetters(props: { readonly isFiltered: boolean; readonly clear: React.ReactNode }) {
  if (props.isFiltered) return <EmptyState title={words.noneMatch} icon="filter" action={props.clear} />;
  return (
    <EmptyState title={words.none} icon="check">
      {words.noneHint}
    </EmptyState>
  );
}
