import { Button } from '@keepwell/ui';

import type { Profile } from '../state/profile';
import { describeChanges, takeOver, type ProfileFile } from '../state/profile-file';
import { CloseButton, Dialog } from './Dialog';

export interface TakeOverDialogProps {
  /** Null if there is nothing to ask. */
  readonly file: ProfileFile | null;
  readonly profile: Profile;
  readonly onClose: () => void;
}

/** Asks before the settings of a file replace those of this browser; its stars only add to them. */
export function TakeOverDialog({ file, profile, onClose }: TakeOverDialogProps) {
  const changes = file === null ? [] : describeChanges(file.changed, profile.settings.get());
  const answer = (answered: Partial<ProfileFile>) => {
    if (file !== null) takeOver({ ...file, ...answered }, profile);
    onClose();
  };
  return (
    <Dialog title="Replace the settings, too?" isOpen={file !== null} onClose={onClose}>
      <p className="muted">The best stars of both stay. The file would change these settings:</p>
      <ul className="setting-changes">
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
      <div className="game-dialog-actions">
        <CloseButton>Leave everything as it is</CloseButton>
        <Button
          emphasis="primary"
          onPress={() => {
            answer({ changed: {} });
          }}
        >
          Only the stars
        </Button>
        <Button
          onPress={() => {
            answer({});
          }}
        >
          Stars and settings
        </Button>
      </div>
    </Dialog>
  );
}
