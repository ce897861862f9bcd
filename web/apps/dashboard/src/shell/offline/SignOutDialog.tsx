import { Button, Dialog } from '@keepwell/ui';

import { texts } from '../../texts';

export interface SignOutDialogProps {
  /** How many changes would be lost. */
  readonly notSent: number;
  readonly onLeave: () => void;
  readonly onClose: () => void;
}

/** Asks before changes that have not reached the server are erased. */
export function SignOutDialog({ notSent, onLeave, onClose }: SignOutDialogProps) {
  const { title, detail, stay, leave } = texts.offline.signOut;
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{detail(notSent)}</p>
      <div className="outbox-actions">
        <Button onPress={onClose}>{stay}</Button>
        <Button emphasis="danger" onPress={onLeave}>
          {leave}
        </Button>
      </div>
    </Dialog>
  );
}
