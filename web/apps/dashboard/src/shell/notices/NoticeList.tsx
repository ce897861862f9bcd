import { useSyncExternalStore } from 'react';

import { notices } from './notices';

/** The messages that are shown now. The region is always there, so that screen readers notice what comes into it. */
export function NoticeList() {
  const shown = useSyncExternalStore(notices.subscribe, () => notices.shown);
  return (
    <div className="toasts" role="status">
      {shown.map(({ id, text, action }) => (
        <p key={id} className="toast">
          {text}
          {action === undefined ? null : (
            <button type="button" className="toast-button" onClick={action.run}>
              {action.label}
            </button>
          )}
        </p>
      ))}
    </div>
  );
}
