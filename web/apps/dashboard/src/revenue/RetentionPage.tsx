import { Callout, SegmentedControl } from '@keepwell/ui';

import { texts } from '../texts';
import { RETENTION_BAND } from './band';
import { FiguresBand } from './FiguresBand';
import { comparedWith, viewTo } from './periods';
import { RatioSection } from './RatioSection';
import { RevenueFrame } from './RevenueFrame';
import { OVERS } from './search';
import { hasMonths, useSeries } from './use-series';
import { useView } from './use-view';
import type { View } from './view';

const words = texts.revenue.retentionPage;
const OVER_CHOICES = OVERS.map((id) => ({ id, label: words.overs[id] }));

/** How much of what customers paid is still there, and what an account is worth. */
export function RetentionPage() {
  const { retention, retentionPurpose } = texts.revenue;
  return (
    <RevenueFrame title={retention} purpose={retentionPurpose}>
      {(view) => <Retention view={view} />}
    </RevenueFrame>
  );
}

/** Days and weeks have no ratios; then the months up to the same day are shown. */
function inMonths(view: View): View {
  if (hasMonths(view.by)) return view;
  const days = viewTo('month', view.days.to);
  return { ...view, by: 'month', days, against: comparedWith('month', days, view.againstWhat) };
}

function Retention({ view }: { readonly view: View }) {
  const { change } = useView();
  const byMonths = inMonths(view);
  const series = useSeries(byMonths, Number(view.over));
  return (
    <>
      <FiguresBand view={byMonths} figures={RETENTION_BAND} series={series} over={Number(view.over)} />
      {hasMonths(view.by) ? null : <Callout>{words.byMonthInstead}</Callout>}
      <div className="controls revenue-over">
        <span className="muted">{words.over}</span>
        <SegmentedControl
          label={words.over}
          choices={OVER_CHOICES}
          value={view.over}
          onChange={(over) => {
            change({ over: over === '12' ? undefined : over });
          }}
        />
      </div>
      <div className="columns">
        <div className="span-6">
          <RatioSection {...{ view: byMonths, series }} title={words.retention} figures={['nrr', 'grr']} />
        </div>
        <div className="span-6">
          <RatioSection
            {...{ view: byMonths, series }}
            title={words.churn}
            figures={['account-churn', 'revenue-churn']}
          />
        </div>
        <div className="span-6">
          <RatioSection {...{ view: byMonths, series }} title={texts.revenue.figures.ltv} figures={['ltv']} />
        </div>
        <div className="span-6">
          <RatioSection
            {...{ view: byMonths, series }}
            title={texts.revenue.figures['quick-ratio']}
            figures={['quick-ratio']}
          />
        </div>
      </div>
    </>
  );
}
