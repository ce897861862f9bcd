import { EmptyState, formatDay } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { saveListQuery } from '../queries/save-list';

/** Twelve months in which nothing moved: the data end before them, or there are none yet. */
export function NoMovements({ to }: { readonly to: string }) {
  const dataEnd = useInfiniteQuery(saveListQuery()).data?.pages[0]?.as_of ?? null;
  if (dataEnd !== null && monthOf(dataEnd) < monthOf(to)) {
    const link = (
      <Link to="/" search={(search) => ({ ...search, on: dataEnd })}>
        Look at {formatDay(dataEnd)}
      </Link>
    );
    return (
      <EmptyState title="Nothing moved in these twelve months" icon="chart" action={link}>
        The newest data of this workspace are of {formatDay(dataEnd)}.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="Nothing moved in these twelve months"
      icon="chart"
      command="./keepwell import --mapping mapping.yaml exports/"
    >
      Import the subscriptions of your business from its exports, or look at an earlier day.
    </EmptyState>
  );
}

function monthOf(day: string): string {
  return day.slice(0, 7);
}
