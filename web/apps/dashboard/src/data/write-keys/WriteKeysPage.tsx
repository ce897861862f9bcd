import type { WriteKeyWithSecret } from '@keepwell/api';
import { EmptyState } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { SecretOnce } from '../../forms/SecretOnce';
import { writeKeysQuery } from '../../queries/data/write-keys';
import { LoadedRows } from '../../shell/LoadedRows';
import { OnlyIfMay } from '../../shell/Refusal';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';
import { DataFrame } from '../DataFrame';
import { CreateWriteKey } from './CreateWriteKey';
import { SnippetSection } from './SnippetSection';
import { WriteKeysTable } from './WriteKeysTable';

const words = texts.data.writeKeys;

/** The keys with which products send events. */
export function WriteKeysPage() {
  return (
    <DataFrame title={words.title} purpose={words.purpose} search={{}}>
      <OnlyIfMay permission="tokens">
        <WriteKeys />
      </OnlyIfMay>
    </DataFrame>
  );
}

function WriteKeys() {
  const [made, setMade] = useState<WriteKeyWithSecret | null>(null);
  return (
    <div className="columns data-columns">
      <div className="span-7">
        {made === null ? null : (
          <SecretOnce
            title={words.create.made(made.name)}
            note={words.create.note}
            secret={made.write_key}
            onDone={() => {
              setMade(null);
            }}
          />
        )}
        <KeyList />
        <SnippetSection writeKey={made?.write_key ?? words.snippet.yourKey} />
      </div>
      <aside className="span-5 data-rail" aria-label={words.create.title}>
        <CreateWriteKey onCreated={setMade} />
      </aside>
    </div>
  );
}

function KeyList() {
  const query = useInfiniteQuery(writeKeysQuery());
  return (
    <section aria-label={words.label}>
      <LoadedRows
        query={query}
        loading={<RowsLoading label={words.loading} rows={3} />}
        empty={
          <EmptyState title={words.none} icon="key">
            {words.noneHint}
          </EmptyState>
        }
      >
        {(rows) => <WriteKeysTable rows={rows} />}
      </LoadedRows>
    </section>
  );
}
