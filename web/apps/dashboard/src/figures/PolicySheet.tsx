import { Facts, type Fact, Section, Sheet } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { mrrQuery, type PolicyName } from '../queries/revenue/metrics';
import { texts } from '../texts';

const POLICIES = ['default', 'stripe', 'chartmogul'] as const satisfies PolicyName[];

export interface PolicySheetProps {
  /** The one that the page's figures follow; by default the workspace's. */
  readonly policy: PolicyName | undefined;
  readonly onClose: () => void;
}

/** What a policy is, what all of them have in common, and where they differ. */
export function PolicySheet({ policy, onClose }: PolicySheetProps) {
  const ofWorkspace = useQuery(mrrQuery()).data?.policy;
  const words = texts.figures.policySheet;
  const chosen = policy ?? ofWorkspace;
  return (
    <Sheet
      title={words.title}
      note={chosen && texts.figures.policies[chosen].title}
      closeLabel={texts.common.close}
      onClose={onClose}
    >
      <p>{words.intro}</p>
      <Facts facts={Object.values(words.rules).map(({ name, rule }): Fact => [name, rule])} />
      <Section title={words.differ}>
        <Facts
          facts={POLICIES.map((name): Fact => {
            const { title, summary } = texts.figures.policies[name];
            return [name === chosen ? words.chosen(title) : title, summary];
          })}
        />
      </Section>
    </Sheet>
  );
}
