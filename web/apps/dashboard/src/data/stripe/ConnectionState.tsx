import { ApiError, deleteStripeConnection, send, syncStripe, type StripeConnection } from '@keepwell/api';
import { Button, Callout, Facts, formatMoment, formatRecentMoment, Section } from '@keepwell/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { FormProblem } from '../../forms/FormProblem';
import { stripeQuery } from '../../queries/data/sources';
import { doLater, useLater } from '../../shell/notices/later';
import { notices } from '../../shell/notices/notices';
import { useMay } from '../../shell/session';
import { texts } from '../../texts';
import { LastImport } from './LastImport';

const words = texts.data.stripe.state;

export interface ConnectionStateProps {
  readonly connection: StripeConnection;
  readonly onReplace: () => void;
}

/** How the reading of Stripe goes, and what can be done about it. */
export function ConnectionState({ connection, onReplace }: ConnectionStateProps) {
  const error = connection.sync?.last_error ?? connection.last_import?.error ?? null;
  return (
    <Section title={words.connected} isRuled>
      <Facts facts={factsOf(connection)} />
      {error === null ? null : (
        <Callout tone="negative" title={words.error}>
          <p>{error}</p>
        </Callout>
      )}
      <Actions onReplace={onReplace} />
    </Section>
  );
}

function factsOf(connection: StripeConnection) {
  const { account_name, account_id, connected_at, sync, last_import, last_success_at } = connection;
  return [
    [words.account, <bdi key="account">{account_name ?? account_id ?? words.unknownAccount}</bdi>],
    [words.since, connected_at === null ? null : formatMoment(connected_at)],
    [words.reading, sync === null ? null : <Reading key="reading" sync={sync} />],
    [words.lastImport, last_import === null ? null : <LastImport key="import" found={last_import} />],
    [words.lastSuccess, last_success_at === null ? texts.common.never : formatMoment(last_success_at)],
    [words.next, sync?.status === 'waiting' ? formatRecentMoment(sync.due_at) : null],
  ] as const;
}

function Reading({ sync }: { readonly sync: NonNullable<StripeConnection['sync']> }) {
  return (
    <>
      {words.statuses[sync.status]}
      {sync.reading === null ? null : <span className="cell-sub">{words.readingKind(sync.reading)}</span>}
    </>
  );
}

function Actions({ onReplace }: { readonly onReplace: () => void }) {
  const client = useQueryClient();
  const sync = useMutation({
    mutationFn: () => send(syncStripe()),
    onSuccess: (connection) => {
      client.setQueryData(stripeQuery().queryKey, connection);
    },
  });
  const disconnect = useDisconnect();
  const mayConnect = useMay('import');
  if (!mayConnect) return null;
  const { key, disconnect: leaving } = texts.data.stripe;
  return (
    <div className="stack data-actions">
      <FormProblem error={sync.error} />
      <div className="form-actions">
        <Button
          emphasis="primary"
          isDisabled={sync.isPending || disconnect.isWaiting}
          onPress={() => {
            sync.mutate();
          }}
        >
          {sync.isPending ? words.syncing : words.syncNow}
        </Button>
        <Button onPress={onReplace}>{key.replace}</Button>
        <Button emphasis="danger" isDisabled={disconnect.isWaiting} onPress={disconnect.run}>
          {leaving.action}
        </Button>
      </div>
      <p className="prose">{leaving.explain}</p>
    </div>
  );
}

function useDisconnect() {
  const client = useQueryClient();
  const disconnect = async () => {
    try {
      await send(deleteStripeConnection());
    } catch (error) {
      if (error instanceof ApiError) notices.say(error.problem.detail);
    }
    await client.invalidateQueries({ queryKey: ['stripe'] });
    await client.invalidateQueries({ queryKey: ['sources'] });
  };
  return {
    isWaiting: useLater().has('stripe'),
    run: () => {
      doLater({ key: 'stripe', text: texts.data.stripe.disconnect.said, run: disconnect });
    },
  };
}
