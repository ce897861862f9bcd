import type { Outcomes } from '@keepwell/api';
import { formatCount, formatMoney, Section } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../texts';

const words = texts.outcomes.people;

/** What was done, which says nothing of its worth; and who gets a case. */
export function PeopleSection({ found }: { readonly found: Outcomes }) {
  const { contacts, crossovers, contact_cost: cost, currency } = found;
  return (
    <>
      <Section title={words.title} isRuled>
        <ul className="outcomes-facts">
          <li>{words.contacts(formatCount(contacts))}</li>
          {crossovers === 0 ? null : <li>{words.crossovers(formatCount(crossovers))}</li>}
          <li>
            {cost === null ? texts.outcomes.noCost : words.cost(formatMoney(cost, currency))}{' '}
            <Link to="/settings/policy" className="inline-link">
              {cost === null ? words.setCost : words.changeCost}
            </Link>
          </li>
          <li>{words.claim}</li>
        </ul>
      </Section>
      <Section title={words.rule} isRuled>
        <p className="outcomes-rule">{words.ruleText}</p>
      </Section>
    </>
  );
}
