import { EmptyState } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../texts';

const { empty } = texts.firstRun;

/** What a page shows of a workspace without accounts: the way to the three doors. */
export function EmptyWorkspace() {
  return (
    <EmptyState
      title={empty.title}
      action={
        <Link to="/" className="button button-primary">
          {empty.action}
        </Link>
      }
    >
      {empty.detail}
    </EmptyState>
  );
}
