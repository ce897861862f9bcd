import { Link } from '@tanstack/react-router';

import { texts } from '../texts';
import { BAND } from './band';
import { CohortsSection } from './CohortsSection';
import { FiguresBand } from './FiguresBand';
import { MrrSection } from './MrrSection';
import { RevenueFrame } from './RevenueFrame';
import { useSeries } from './use-series';
import { useView } from './use-view';
import type { View } from './view';
import { MONTHS } from './view-queries';
import { WaterfallSection } from './WaterfallSection';

export { askAhead } from './ask-ahead';

/** MRR and what is behind it, on one page. */
export function RevenuePage() {
  const { title, purpose } = texts.revenue;
  return (
    <RevenueFrame title={title} purpose={purpose}>
      {(view) => <Overview view={view} />}
    </RevenueFrame>
  );
}

function Overview({ view }: { readonly view: View }) {
  const { change } = useView();
  const series = useSeries(view, MONTHS);
  return (
    <>
      <FiguresBand view={view} figures={BAND} series={series} over={MONTHS} />
      <div className="columns">
        <div className="span-7">
          <MrrSection view={view} series={series} />
        </div>
        <div className="span-5">
          <WaterfallSection view={view} />
        </div>
      </div>
      <CohortsSection
        view={view}
        months={MONTHS}
        onMeasure={(measure) => {
          change({ show: measure === 'customers' ? undefined : measure });
        }}
        link={
          <Link
            from="/revenue"
            to="/revenue/cohorts"
            search={(search) => search}
            className="link revenue-say"
          >
            {texts.revenue.cohortTable.link}
          </Link>
        }
      />
    </>
  );
}
