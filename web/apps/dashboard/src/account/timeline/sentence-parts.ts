import type { IconName } from '@keepwell/ui';

/** An item of the timeline as the page says it. */
export interface Sentence {
  readonly icon: IconName;
  readonly tone?: 'good' | 'bad' | undefined;
  readonly what: string;
  readonly rest?: string | undefined;
  /** A second line, smaller. */
  readonly sub?: string | undefined;
  readonly amount?: string | undefined;
  /** By default what is good or bad stands out. */
  readonly isStrong?: boolean;
}
