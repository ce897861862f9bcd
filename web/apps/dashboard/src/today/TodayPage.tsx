import type { Today } from '@keepwell/api';
import { formatDay, formatLongDay, formatRecentMoment, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import { useIsEmpty } from '../first-run/use-is-empty';
import { LazyFigureSheet } from '../figures/LazyFigureSheet';
import { figureSearch } from '../figures/ref';
import { todayQuery } from '../queries/today';
import { SilentSource } from '../risk/SilentSource';
import { Loaded } from '../shell/Loaded';
import { Freshness, Page } from '../shell/Page';
import { texts } from '../texts';
import { FirstFive } from './FirstFive';
import { LoadingFigures, TodayFigures } from './TodayFigures';
import { NeedPerson } from './NeedPerson';
import { News } from './News';
import './today.css';

const words = texts.today;

/** Only a new workspace needs it. */
const FirstRunPage = lazy(async () => ({
  default: (await import('../first-run/FirstRunPage')).FirstRunPage,
}));

/** The start page: how much is at risk, who comes first, and what has changed. */
export function TodayPage() {
  if (!useIsEmpty()) return <TheDay />;
  return (
    <Suspense>
      <FirstRunPage />
    </Suspense>
  );
}

function TheDay() {
  const query = useQuery(todayQuery());
  return (
    <Page
      title={words.title}
      purpose={words.purpose}
      side={query.data === undefined ? undefined : <TodayFreshness today={query.data} />}
      search={figureSearch}
    >
      <Loaded query={query} loading={<TodayLoading />}>
        {(today) => <TodayContent today={today} />}
      </Loaded>
      <LazyFigureSheet />
    </Page>
  );
}

function TodayContent({ today }: { readonly today: Today }) {
  return (
    <>
      <SilentSource silence={today.risk.silence} asOf={today.risk.as_of} />
      <TodayFigures today={today} />
      <div className="columns today-columns">
        <div className="span-8">
          <FirstFive risk={today.risk} currency={today.currency} />
          <NeedPerson today={today} />
        </div>
        <div className="span-4">
          <News today={today} />
        </div>
      </div>
    </>
  );
}

function TodayFreshness({ today: { on, risk, mrr } }: { readonly today: Today }) {
  const parts = [
    formatLongDay(on),
    risk.scored_at === null ? null : words.scored(formatRecentMoment(risk.scored_at)),
    risk.as_of === null ? null : words.fromDataTo(formatDay(risk.as_of)),
  ];
  return (
    <span className="not-phone">
      <Freshness>
        {parts.filter((part) => part !== null).join(' · ')} ·{' '}
        <Link to="/settings" className="inline-link">
          {texts.common.policy(mrr.policy)}
        </Link>
      </Freshness>
    </span>
  );
}

/** The same shape without its content, so that nothing moves when this arrives. */
function TodayLoading() {
  return (
    <>
      <LoadingFigures />
      <div className="today-loading">
        <Skeleton label={words.title} height={360} />
      </div>
    </>
  );
}
