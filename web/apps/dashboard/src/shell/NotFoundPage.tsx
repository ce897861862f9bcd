import { EmptyState } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { Page } from './Page';

export function NotFoundPage() {
  return (
    <Page title="Page not found">
      <div className="card">
        <EmptyState
          title="There is no page at this address"
          icon="search"
          action={<Link to="/">Go to the overview</Link>}
        >
          The link may be outdated or incomplete.
        </EmptyState>
      </div>
    </Page>
  );
}
