import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { KindGroup } from './timeline/kinds';

interface LinkProps {
  readonly className: string;
  readonly children: ReactNode;
}

/** The link of a figure to what it is made of: the timeline, with only the kinds that count. */
export function toTimeline(accountId: string, kinds: KindGroup) {
  return (props: LinkProps) => (
    <Link
      to="/accounts/$accountId"
      params={{ accountId }}
      search={{ kinds }}
      hash="timeline"
      replace
      {...props}
    />
  );
}
