import { EmptyWorkspace } from '../../first-run/EmptyWorkspace';
import { useIsEmpty } from '../../first-run/use-is-empty';
import { texts } from '../../texts';
import { DataFrame } from '../DataFrame';
import { BringFiles } from './BringFiles';
import { LiveActivity } from './LiveActivity';
import { SourcesTable } from './SourcesTable';

/** Where the data come from, and what is coming in right now. */
export function OverviewPage() {
  const { title, overview } = texts.data;
  return (
    <DataFrame title={title} purpose={overview.purpose} search={{}}>
      {useIsEmpty() ? <EmptyWorkspace /> : null}
      <div className="columns data-columns">
        <div className="span-8">
          <SourcesTable />
          <BringFiles />
        </div>
        <aside className="span-4 data-rail" aria-label={overview.live.title}>
          <LiveActivity />
        </aside>
      </div>
    </DataFrame>
  );
}
