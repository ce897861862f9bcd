import { Callout, formatDay } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { LazyFigureSheet } from '../figures/LazyFigureSheet';
import { SheetLink } from '../figures/SheetLink';
import { useFigure } from '../figures/use-figure';
import { EmptyWorkspace } from '../first-run/EmptyWorkspace';
import { useIsEmpty } from '../first-run/use-is-empty';
import { mrrQuery } from '../queries/revenue/metrics';
import { Freshness, Page } from '../shell/Page';
import { texts } from '../texts';
import './revenue.css';
import { revenueSearch } from './search';
import { UnratedNote } from './UnratedNote';
import { useView } from './use-view';
import type { View } from './view';
import { ViewControls } from './ViewControls';

export interface RevenueFrameProps {
  readonly title: string;
  readonly purpose: string;
  /** The page is by month whatever the step, and compares nothing. */
  readonly isByMonth?: boolean;
  readonly children: (view: View) => ReactNode;
}

/** What the pages of revenue have in common: the days, the policy, and the sheets of their figures. */
export function RevenueFrame({ title, purpose, isByMonth = false, children }: RevenueFrameProps) {
  const { view, change, move, canMoveOn } = useView();
  const { data: level } = useLevel(view);
  const { notYet } = texts.revenue;
  if (useIsEmpty()) {
    return (
      <Page title={title} purpose={purpose} search={revenueSearch}>
        <EmptyWorkspace />
      </Page>
    );
  }
  return (
    <Page title={title} purpose={purpose} side={<Side view={view} />} search={revenueSearch}>
      {view.notYet === null ? null : (
        <Callout tone="warning" title={notYet.title}>
          {notYet.detail(formatDay(view.notYet), formatDay(view.days.to))}
        </Callout>
      )}
      <ViewControls {...{ view, change, move, canMoveOn, isByMonth }} />
      <UnratedNote unrated={level?.unrated ?? []} />
      {children(view)}
      <LazyFigureSheet period={view.days} against={view.against} policy={view.policy} />
    </Page>
  );
}

/** The MRR of the last day. That of today is asked for anyway, and without the day. */
function useLevel({ days, policy, today }: View) {
  return useQuery(mrrQuery(days.to === today ? undefined : days.to, policy));
}

function Side({ view }: { readonly view: View }) {
  const { days } = view;
  const { open } = useFigure();
  const { side } = texts.revenue;
  const counted = useLevel(view).data?.policy ?? view.policy;
  return (
    <Freshness>
      {side.to(formatDay(days.to))}
      {' · '}
      <SheetLink
        onOpen={() => {
          open('policy');
        }}
      >
        {/* Until it is known, the word keeps its place. */}
        {side.policy(counted === undefined ? '…' : texts.figures.policies[counted].title)}
      </SheetLink>
      {' · '}
      <SheetLink
        onOpen={() => {
          open('stripe');
        }}
      >
        {counted === 'stripe' ? side.whyDefault : side.whyOther}
      </SheetLink>
    </Freshness>
  );
}
