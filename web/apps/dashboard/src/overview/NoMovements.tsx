import { EmptyState, formatDay } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { saveListQuery } from '../queries/save-list';

/** Shown if twelve months have no movements: the data ends before them, or there is none yet. */
export function NoMovements({ to }: { readonly to: string }) {
  const dataEnd = useInfiniteQuery(saveListQuery()).data?.pages[0]?.as_of ?? null;
  if (dataEnd !== null && monthOf(dataEnd) < monthOf(to)) {
    const link = (
      <Link to="/" search={(search) => ({ ...search, on: dataEnd })}>
        Show {formatDay(dataEnd)}
      </Link>
    );
    return (
      <EmptyState title="No movements in these twelve months" icon="chart" action={link}>
        The data of this workspace reach until {formatDay(dataEnd)}.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No movements in these twelve months" icon="chart">
      Choose an earlier day, or import subscriptions.
    </EmptyState>
  );
}

function monthOf(day: string): string {
  return day.slice(0, 7);
}
