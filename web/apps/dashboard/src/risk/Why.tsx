import type { SaveListEntry } from '@keepwell/api';
import { formatProbability, Icon } from '@keepwell/ui';

import { texts } from '../texts';
import { reasonText } from './reason-text';
import { WebsiteSigns } from './WebsiteSigns';
import './risk.css';

const { moreReasons, noReason } = texts.risk;

/** The first reason; the others are one glance away on the account. */
export function Why({ item }: { readonly item: SaveListEntry }) {
  const { kind, reasons, probability, website, pages } = item;
  const [first, ...others] = reasons;
  return (
    <span className={kind === 'involuntary' ? 'why why-payment' : 'why'}>
      <Icon name={kind === 'involuntary' ? 'card' : 'pulse'} />
      <span>
        {first === undefined ? <span className="muted">{noReason}</span> : reasonText(first)}
        {others.length === 0 ? null : (
          <span className="why-more small" title={others.map(reasonText).join('\n')}>
            {moreReasons(others.length)}
          </span>
        )}
        <WebsiteSigns website={website} pages={pages} />
        <span className="why-chance small phone-only">{formatProbability(probability)}</span>
      </span>
    </span>
  );
}

/** A probability with a bar of that length. */
export function Chance({ value }: { readonly value: number }) {
  return (
    <span className="chance">
      {formatProbability(value)}
      <span className="chance-track" aria-hidden="true">
        <span className="chance-bar" style={{ width: `${value * 100}%` }} />
      </span>
    </span>
  );
}
