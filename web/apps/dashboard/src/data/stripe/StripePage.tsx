import type { StripeConnection } from '@keepwell/api';
import { Facts, Section, Tag } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { stripeQuery } from '../../queries/data/sources';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { StripeKeyForm } from '../../stripe-key/StripeKeyForm';
import { texts } from '../../texts';
import { DataFrame } from '../DataFrame';
import { ConnectionState } from './ConnectionState';
import { LastImport } from './LastImport';
import { WebhookSection } from './WebhookSection';

const words = texts.data.stripe;

/** The connection to Stripe: made by a key, read by itself, seen here. */
export function StripePage() {
  const query = useQuery(stripeQuery());
  return (
    <DataFrame
      title={words.title}
      purpose={words.purpose}
      mark={query.data && <ModeTag connection={query.data} />}
      search={{}}
    >
      <Loaded query={query} loading={<RowsLoading label={words.loading} rows={5} />}>
        {(connection) => (
          <div className="columns data-columns">
            <div className="span-7">
              {connection.is_connected ? (
                <Connected connection={connection} />
              ) : (
                <NotConnected {...connection} />
              )}
            </div>
            <aside className="span-5 data-rail" aria-label={words.webhook.title}>
              <WebhookSection connection={connection} />
            </aside>
          </div>
        )}
      </Loaded>
    </DataFrame>
  );
}

function ModeTag({ connection }: { readonly connection: StripeConnection }) {
  const { is_connected, mode } = connection;
  if (!is_connected) return <Tag>{words.state.notConnected}</Tag>;
  if (mode === 'test') return <Tag tone="warning">{words.state.test}</Tag>;
  return <Tag tone="positive">{words.state.live}</Tag>;
}

function NotConnected({ last_import }: StripeConnection) {
  return (
    <>
      <Section title={words.key.connect}>
        <StripeKeyForm withSecret>
          <p className="small">{words.key.stored}</p>
        </StripeKeyForm>
      </Section>
      {last_import === null ? null : (
        <Section title={words.state.before} isRuled>
          <Facts facts={[[words.state.lastImport, <LastImport key="import" found={last_import} />]]} />
        </Section>
      )}
    </>
  );
}

function Connected({ connection }: { readonly connection: StripeConnection }) {
  const [isReplacing, setReplacing] = useState(false);
  return (
    <>
      <ConnectionState
        connection={connection}
        onReplace={() => {
          setReplacing(!isReplacing);
        }}
      />
      {isReplacing ? (
        <Section title={words.key.replace}>
          <StripeKeyForm
            withSecret
            onConnected={() => {
              setReplacing(false);
            }}
          />
        </Section>
      ) : null}
    </>
  );
}
