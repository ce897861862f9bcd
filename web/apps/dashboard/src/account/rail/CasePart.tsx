import type { AccountDetail, CaseContact, CaseItem } from '@keepwell/api';
import { formatDay, formatMoment } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { RecordContact } from '../../cases/RecordContact';
import { caseQuery, casesOfAccountQuery } from '../../queries/cases';
import { Loaded } from '../../shell/Loaded';
import { texts } from '../../texts';
import { joined } from '../facts/words';
import { RailPart } from './RailPart';

const words = texts.cases;

/** The account's open case with the contacts that were made, and how earlier ones ended. Nothing if it never had one. */
export function CasePart({ account }: { readonly account: AccountDetail }) {
  const cases = useQuery(casesOfAccountQuery(account.id)).data ?? [];
  const open = cases.find(({ outcome }) => outcome === 'open');
  const earlier = cases.filter(({ outcome }) => outcome !== 'open');
  if (cases.length === 0) return null;
  return (
    <RailPart
      title={words.title}
      note={open && words.open(formatDay(open.opened_on), formatDay(open.horizon_ends_on))}
      isOpenFirst={open !== undefined}
    >
      {open === undefined ? null : <Open case_={open} />}
      {earlier.length === 0 ? null : <Earlier cases={earlier} />}
    </RailPart>
  );
}

function Open({ case_ }: { readonly case_: CaseItem }) {
  const detail = useQuery(caseQuery(case_.id));
  const isHeld = case_.arm === 'hold';
  return (
    <>
      {isHeld ? <p className="rail-text">{words.leftAlone}</p> : null}
      <Loaded query={detail} loading={null}>
        {({ made }) =>
          made.length === 0 ? (
            <p className="rail-text muted">{isHeld ? null : capital(words.notContacted)}</p>
          ) : (
            <ul className="rail-contacts">
              {made.map((contact) => (
                <Contact key={contact.id} contact={contact} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <RecordContact of={case_} isHeld={isHeld} />
    </>
  );
}

function Contact({ contact }: { readonly contact: CaseContact }) {
  const { channel, contacted_at, by, note, crossover_reason: reason } = contact;
  return (
    <li>
      <span className="strong">{words.channels[channel]}</span>{' '}
      <span className="muted">{joined([formatMoment(contacted_at), by === null ? null : words.by(by)])}</span>
      {note === null ? null : (
        <span className="rail-sub">
          <bdi>{note}</bdi>
        </span>
      )}
      {reason === null ? null : (
        <span className="rail-sub">
          <bdi>{words.crossover(reason)}</bdi>
        </span>
      )}
    </li>
  );
}

function Earlier({ cases }: { readonly cases: readonly CaseItem[] }) {
  return (
    <dl className="facts" aria-label={words.earlier}>
      {cases.map((each) => (
        <EarlierCase key={each.id} case_={each} />
      ))}
    </dl>
  );
}

function EarlierCase({ case_ }: { readonly case_: CaseItem }) {
  const { opened_on, outcome, unknown_because, revised_at, revised_from, contacts } = case_;
  const revised =
    revised_at === null || revised_from === null
      ? null
      : words.revised(formatDay(revised_at.slice(0, 10)), words.outcomes[revised_from]);
  return (
    <>
      <dt>{formatDay(opened_on)}</dt>
      <dd>
        {joined([words.outcomes[outcome], words.contacts(contacts)])}
        {unknown_because === null ? null : (
          <span className="rail-sub">{words.unknownBecause[unknown_because]}</span>
        )}
        {revised === null ? null : <span className="rail-sub">{capital(revised)}</span>}
      </dd>
    </>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
