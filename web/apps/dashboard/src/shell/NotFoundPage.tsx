import { EmptyState } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../texts';
import { Page } from './Page';

export function NotFoundPage() {
  const { title, detail, action } = texts.shell.notFound;
  return (
    <Page title={title}>
      <EmptyState
        title={detail}
        icon="search"
        action={
          <Link to="/" className="link">
            {action}
          </Link>
        }
      />
    </Page>
  );
}
