import { texts } from '../texts';
import { BarsSection } from './BarsSection';
import { CompareSection } from './CompareSection';
import { RevenueFrame } from './RevenueFrame';
import { WaterfallSection } from './WaterfallSection';

/** Why MRR rose or fell: step by step, in total, and beside another period. */
export function MovementsPage() {
  const { movements, movementsPurpose } = texts.revenue;
  return (
    <RevenueFrame title={movements} purpose={movementsPurpose}>
      {(view) => (
        <>
          <BarsSection view={view} />
          <div className="columns">
            <div className="span-7">
              <WaterfallSection view={view} />
            </div>
            <div className="span-5">
              {view.against === null ? null : <CompareSection view={view} against={view.against} />}
            </div>
          </div>
        </>
      )}
    </RevenueFrame>
  );
}
