import type { AccountDetail, AccountRisk } from '@keepwell/api';
import { formatProbability, formatRecentMoment, Icon } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { reasonText } from '../../risk/reason-text';
import { WebsiteSigns } from '../../risk/WebsiteSigns';
import { texts } from '../../texts';
import { RailPart } from './RailPart';

const { unscored, why: words } = texts.account;

/** Why the account is at risk and how far to trust that, or why it has no score. */
export function WhyPart({ account: { risk, status } }: { readonly account: AccountDetail }) {
  if (risk === null) {
    return (
      <RailPart title={words.none} id="why" isOpenFirst>
        <p className="rail-text">{unscored[status].why}</p>
      </RailPart>
    );
  }
  const title = words.title(formatProbability(risk.probability));
  return (
    <RailPart title={title} note={words.scored(formatRecentMoment(risk.scored_at))} id="why" isOpenFirst>
      {risk.is_held ? <LeftAlone /> : null}
      <Reasons reasons={risk.reasons} />
      <WebsiteSigns website={risk.website} pages={risk.pages} />
      <p className="rail-note">
        {words.trust[risk.signal]}{' '}
        <Link to="/save-list" search={{ sheet: 'model' }} className="inline-link">
          {words.tested}
        </Link>
      </p>
    </RailPart>
  );
}

function LeftAlone() {
  return (
    <p className="rail-text">
      <span className="strong">{words.leftAloneTitle}.</span> {words.leftAlone}
    </p>
  );
}

/** The API names what raises the chance, the strongest first, and no figure for each: the page shows none either. */
function Reasons({ reasons }: { readonly reasons: AccountRisk['reasons'] }) {
  if (reasons.length === 0) return <p className="rail-text muted">{texts.risk.noReason}</p>;
  return (
    <ol className="rail-reasons">
      {reasons.map((reason) => (
        <li key={reason.code}>
          <Icon name="up" />
          <span>
            <span className="visually-hidden">{words.raises}</span>
            {reasonText(reason)}
          </span>
        </li>
      ))}
    </ol>
  );
}
