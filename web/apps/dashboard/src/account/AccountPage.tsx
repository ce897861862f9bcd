import type { AccountDetail } from '@keepwell/api';
import { EmptyState, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import { useToday } from '../figures/use-period';
import { accountQuery } from '../queries/accounts/accounts';
import { contactsQuery } from '../queries/accounts/billing';
import { highlightsQuery } from '../queries/accounts/timeline';
import { Loaded } from '../shell/Loaded';
import { Page, type PageProps } from '../shell/Page';
import { useSearchOf } from '../shell/use-search-of';
import { texts } from '../texts';
import './account.css';
import { AccountActions } from './AccountActions';
import { AccountFigures, LoadingFigures } from './AccountFigures';
import { AccountFacts, AccountNotes, Breadcrumb } from './AccountHead';
import { AccountTags } from './AccountTags';
import { ActivityPanel } from './ActivityPanel';
import { AccountRail } from './rail/AccountRail';
import { accountSearch, type AccountSearch } from './timeline/kinds';
import { TimelineSection } from './timeline/TimelineSection';

const words = texts.account;

/** The page is read without it. */
const AccountSheet = lazy(async () => ({ default: (await import('./AccountSheet')).AccountSheet }));
const route = getRouteApi('/accounts/$accountId');

/** All that is known of an account: how it stands, why it may leave, whom to ask, and what has happened. */
export function AccountPage() {
  const { accountId } = route.useParams();
  const query = useQuery(accountQuery(accountId));
  const contacts = useQuery(contactsQuery(accountId)).data;
  const isUnknown = query.error?.isNotFound === true;
  const head = { isUnknown, contacts: contacts ?? [], today: useToday() };
  return (
    <Page key={accountId} {...pageHead(query.data, head)} search={accountSearch}>
      {isUnknown && query.data === undefined ? (
        <UnknownAccount />
      ) : (
        <Loaded query={query} loading={<AccountLoading />}>
          {(account) => <AccountContent account={account} />}
        </Loaded>
      )}
    </Page>
  );
}

interface Head {
  readonly isUnknown: boolean;
  readonly contacts: Parameters<typeof AccountActions>[0]['contacts'];
  readonly today: string;
}

function pageHead(
  account: AccountDetail | undefined,
  { isUnknown, contacts, today }: Head,
): Omit<PageProps, 'children'> {
  const title = account?.name ?? (isUnknown ? words.notFound.title : words.title);
  if (account === undefined) return { title, breadcrumb: <Breadcrumb current={title} /> };
  return {
    title,
    breadcrumb: <Breadcrumb current={account.external_id} />,
    mark: <AccountTags account={account} today={today} />,
    purpose: <AccountFacts account={account} contacts={contacts} today={today} />,
    side: contacts.length === 0 ? undefined : <AccountActions account={account} contacts={contacts} />,
  };
}

function AccountContent({ account }: { readonly account: AccountDetail }) {
  const search = useSearchOf(accountSearch);
  const navigate = route.useNavigate();
  const highlights = useQuery(highlightsQuery(account.id)).data;
  const today = useToday();
  const show = (next: AccountSearch) => {
    void navigate({ search: next, replace: true, resetScroll: false });
  };
  return (
    <>
      <AccountNotes account={account} />
      <AccountFigures
        account={account}
        highlights={highlights?.items}
        today={today}
        onOpen={(sheet) => {
          show({ ...search, sheet });
        }}
      />
      <div className="account-columns">
        <ActivityPanel account={account} highlights={highlights?.items ?? []} />
        <AccountRail account={account} highlights={highlights} today={today} />
        <TimelineSection accountId={account.id} today={today} search={search} onSearch={show} />
      </div>
      {search.sheet === undefined ? null : (
        <Suspense>
          <AccountSheet
            key={search.sheet}
            account={account}
            highlights={highlights?.items ?? []}
            sheet={search.sheet}
            onClose={() => {
              show({ kinds: search.kinds });
            }}
          />
        </Suspense>
      )}
    </>
  );
}

/** The same shape without its content, so that nothing moves when this arrives. */
function AccountLoading() {
  return (
    <>
      <LoadingFigures />
      <div className="account-loading">
        <Skeleton label={words.title} height={480} />
      </div>
    </>
  );
}

function UnknownAccount() {
  const { what, detail, all } = words.notFound;
  const back = (
    <Link to="/accounts" className="link">
      {all}
    </Link>
  );
  return (
    <EmptyState title={what} icon="search" action={back}>
      {detail}
    </EmptyState>
  );
}
