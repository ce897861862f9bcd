import { Dialog, Keys } from '@keepwell/ui';

import { texts } from '../../texts';
import { keys } from './use-keys';

/** All keys that work on this page. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={texts.shell.keys.title} isWide onClose={onClose}>
      {keys.groups.toReversed().map((group) => (
        <section key={group.title} className="keys-group">
          <h3>{group.title}</h3>
          <ul className="keys-list">
            {group.bindings.map(({ key, label, shown }) => (
              <li key={key}>
                <Keys keys={[shown ?? key]} />
                {label}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Dialog>
  );
}
