import { EmptyState } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { Page } from './Page';

export function NotFoundPage() {
  return (
    <Page title="Page not found">
      <div className="card">
        <EmptyState
          title="Nothing lives at this address"
          icon="search"
          action={<Link to="/">Go to the overview</Link>}
        >
          The link may be old, or a letter of it was lost on the way.
        </EmptyState>
      </div>
    </Page>
  );
}
