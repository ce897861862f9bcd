import { updateWorkspace, type Outcomes, type WorkspaceSettings } from '@keepwell/api';

import { shown, useWrite, type WriteHandle } from '../offline';
import { outcomesQuery } from '../queries/cases';
import { workspaceQuery } from '../queries/settings/workspace';
import { notices } from '../shell/notices/notices';
import { texts } from '../texts';

const words = texts.outcomes.visible;

interface Chosen {
  readonly share: string;
  readonly before: string;
  readonly version: number;
}

/** The share in words. */
export function shareName(share: string): string {
  return words.share[share] ?? words.other(`${Number(share) * 100}%`);
}

/** Chooses at once which share new cases leave alone, and offers the one before for eight seconds. */
export function useChooseShare() {
  const write: WriteHandle<Chosen> = useWrite<Chosen, WorkspaceSettings>({
    endpoint: ({ share }) => updateWorkspace({ body: { holdout_shares: { follow_up: share } } }),
    label: ({ share }) => words.change(shareName(share)),
    ifMatch: ({ version }) => `"${version}"`,
    shows: ({ share }) => [
      shown<Outcomes>(outcomesQuery().queryKey, (data) => ({
        ...data,
        enrolment: { ...data.enrolment, held_share: Number(share) },
      })),
    ],
    affects: () => [workspaceQuery().queryKey, outcomesQuery().queryKey, ['save-list']],
    onSaved: (saved, { share, before }) => {
      if (saved === undefined) return;
      notices.say(words.changed(shareName(share)), {
        label: texts.common.undo,
        run: () => {
          write.write({ share: before, before: share, version: saved.version });
        },
      });
    },
  });
  const choose = (share: string, settings: WorkspaceSettings) => {
    const before = settings.holdout_shares.follow_up;
    if (share !== before) write.write({ share, before, version: settings.version });
  };
  return { ...write, choose };
}
