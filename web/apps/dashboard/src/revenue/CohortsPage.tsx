import { texts } from '../texts';
import { CohortsSection } from './CohortsSection';
import { RevenueFrame } from './RevenueFrame';
import { useView } from './use-view';
import type { View } from './view';

/** As many as have room for their percentages side by side. */
const MONTHS = 24;

/** The customers who stay, by the month in which they first paid. */
export function CohortsPage() {
  const { cohorts, cohortsPurpose } = texts.revenue;
  return (
    <RevenueFrame title={cohorts} purpose={cohortsPurpose} isByMonth>
      {(view) => <AllCohorts view={view} />}
    </RevenueFrame>
  );
}

function AllCohorts({ view }: { readonly view: View }) {
  const { change } = useView();
  return (
    <CohortsSection
      view={view}
      months={MONTHS}
      onMeasure={(measure) => {
        change({ show: measure === 'customers' ? undefined : measure });
      }}
    />
  );
}
