import type { TokenWithSecret } from '@keepwell/api';
import { EmptyState } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { SecretOnce } from '../../forms/SecretOnce';
import { tokensQuery } from '../../queries/settings/tokens';
import { LoadedRows } from '../../shell/LoadedRows';
import { OnlyIfMay } from '../../shell/Refusal';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';
import { SettingsFrame } from '../SettingsFrame';
import { CreateToken } from './CreateToken';
import { TokensTable } from './TokensTable';

const words = texts.settings.tokens;

/** The tokens of scripts. */
export function TokensPage() {
  return (
    <SettingsFrame title={words.title} purpose={words.purpose} search={{}}>
      <OnlyIfMay permission="tokens">
        <Tokens />
      </OnlyIfMay>
    </SettingsFrame>
  );
}

function Tokens() {
  const [made, setMade] = useState<TokenWithSecret | null>(null);
  return (
    <div className="columns settings-columns">
      <div className="span-8">
        {made === null ? null : (
          <SecretOnce
            title={words.create.made(made.name)}
            secret={made.token}
            onDone={() => {
              setMade(null);
            }}
          />
        )}
        <TokenList />
      </div>
      <aside className="span-4 settings-rail settings-first" aria-label={words.create.title}>
        <CreateToken onCreated={setMade} />
      </aside>
    </div>
  );
}

function TokenList() {
  const query = useInfiniteQuery(tokensQuery());
  const handbook = (
    <a href="/docs" className="button">
      {words.handbook}
    </a>
  );
  return (
    <section aria-label={words.label}>
      <LoadedRows
        query={query}
        loading={<RowsLoading label={words.loading} rows={3} />}
        empty={
          <EmptyState title={words.none} icon="key" action={handbook}>
            {words.noneHint}
          </EmptyState>
        }
      >
        {(rows) => <TokensTable rows={rows} />}
      </LoadedRows>
    </section>
  );
}
