import type { StripeConnection } from '@keepwell/api';
import { formatCount, formatMoment } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { useMay } from '../../shell/session';
import { texts } from '../../texts';

const words = texts.data.stripe.state;

export interface LastImportProps {
  readonly found: NonNullable<StripeConnection['last_import']>;
}

/** The newest import from Stripe: when it was, how it ended, what it read and what it kept aside. */
export function LastImport({ found }: LastImportProps) {
  const { import_id, status, started_at, finished_at, rows_read, kept_aside } = found;
  return (
    <>
      <Link to="/data/imports/$importId" params={{ importId: import_id }} className="link inline-link">
        {formatMoment(finished_at ?? started_at)}
      </Link>
      <span className="cell-sub">
        {words.imported(texts.data.imports.statuses[status], formatCount(rows_read))}
      </span>
      {kept_aside === 0 ? null : <KeptAside count={formatCount(kept_aside)} />}
    </>
  );
}

function KeptAside({ count }: { readonly count: string }) {
  const said = words.aside(count);
  return (
    <span className="cell-sub">
      {useMay('import') ? (
        <Link to="/data/dead-letters" search={{ journal: 'journal' }} className="link bad inline-link">
          {said}
        </Link>
      ) : (
        <span className="bad">{said}</span>
      )}
    </span>
  );
}
