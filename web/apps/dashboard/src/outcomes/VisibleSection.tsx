import type { Enrolment, VisibleEffect, WorkspaceSettings } from '@keepwell/api';
import { formatCount, formatProbability, Section } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { ConflictDialog } from '../conflict/ConflictDialog';
import { FormProblem } from '../forms/FormProblem';
import { workspaceQuery } from '../queries/settings/workspace';
import { useSession } from '../shell/session';
import { texts } from '../texts';
import { shareName, useChooseShare } from './use-choose-share';

const words = texts.outcomes.visible;
const NOBODY = '0';

/** What a business of this size can ever see, by the share that it leaves alone; an owner chooses it here. */
export function VisibleSection({ enrolment }: { readonly enrolment: Enrolment }) {
  const settings = useQuery(workspaceQuery()).data;
  const share = useChooseShare();
  const isOwner = useSession().member.role === 'owner';
  const shares = [NOBODY, ...new Set(enrolment.visible.map(({ held_share }) => String(held_share)))];
  const { conflict } = share;
  return (
    <Section
      title={words.title}
      note={enrolment.a_month === null ? undefined : words.rate(formatCount(Math.round(enrolment.a_month)))}
    >
      <p className="small">
        <Rate enrolment={enrolment} /> {words.explain}
      </p>
      <fieldset className="shares" disabled={!isOwner || settings === undefined}>
        <legend>{words.legend}</legend>
        {shares.map((each) => (
          <ShareLine
            key={each}
            share={each}
            effects={enrolment.visible.filter(({ held_share }) => String(held_share) === each)}
            isChosen={Number(each) === enrolment.held_share}
            onChoose={() => {
              if (settings !== undefined) share.choose(each, settings);
            }}
          />
        ))}
      </fieldset>
      {isOwner ? null : <p className="small">{words.ownerOnly}</p>}
      <FormProblem error={share.state === 'refused' ? share.error : null} />
      {conflict === null ? null : (
        <ConflictDialog
          what={words.what}
          mine={{ holdout_shares: conflict.mine.share }}
          theirs={conflict.theirs?.value ?? null}
          fields={[{ name: 'holdout_shares', label: words.legend, show: shownShare }]}
          onKeepMine={share.keepMine}
          onTakeTheirs={share.reset}
          onLater={share.reset}
        />
      )}
    </Section>
  );
}

function shownShare(value: unknown): string {
  if (typeof value === 'string') return shareName(value);
  return shareName((value as WorkspaceSettings['holdout_shares']).follow_up);
}

function Rate({ enrolment: { base_rate, base_from } }: { readonly enrolment: Enrolment }) {
  if (base_rate === null || base_from === null) return words.none;
  return `${capital(words.baseFrom[base_from](formatProbability(base_rate)))}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface ShareLineProps {
  readonly share: string;
  readonly effects: readonly VisibleEffect[];
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function ShareLine({ share, effects, isChosen, onChoose }: ShareLineProps) {
  const unhelped = effects[0]?.left_alone_a_month;
  return (
    <label className="share-line">
      <input type="radio" name="share" checked={isChosen} onChange={onChoose} />
      <span className="share-name">{shareName(share)}</span>
      <span className="share-sees">{share === NOBODY ? words.nothing : effects.map(seen).join('; ')}</span>
      <span className="share-costs">
        {unhelped === undefined ? null : words.unhelped(formatCount(Math.round(unhelped)))}
      </span>
    </label>
  );
}

function seen({ months, fewest }: VisibleEffect): string {
  return fewest === null ? words.never(months) : words.after(months, formatProbability(fewest));
}
