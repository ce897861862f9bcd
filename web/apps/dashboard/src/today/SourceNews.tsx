import { formatCount, formatRecentMoment } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { sourcesQuery } from '../queries/data/sources';
import { texts } from '../texts';

const words = texts.today;

/** What each source in use has brought, and what of it could not be read. */
export function SourceNews() {
  const { data } = useQuery(sourcesQuery());
  const used = data?.items.filter(({ is_used }) => is_used) ?? [];
  return used.map(({ kind, rows_read, kept_aside, newest_at }) => (
    <li key={kind}>
      <span>
        <span className="strong">{words.sources[kind]}:</span> {words.rowsRead(formatCount(rows_read))}
      </span>
      <span className="number">
        {kept_aside === 0 ? null : (
          <Link to="/data" className="link">
            {words.keptAside(formatCount(kept_aside))}
          </Link>
        )}
      </span>
      <span className="small">{newest_at === null ? '' : formatRecentMoment(newest_at)}</span>
    </li>
  ));
}
