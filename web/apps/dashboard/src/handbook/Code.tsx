import { useState } from 'react';

import { handbook as texts } from '../texts/en/handbook';

/** Text to copy: a command, or a body. */
export function Code({ label, children }: { readonly label: string; readonly children: string }) {
  const [state, setState] = useState<'copy' | 'copied' | 'copyFailed'>('copy');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(children);
      setState('copied');
    } catch {
      setState('copyFailed');
    }
  };
  return (
    <div className="code-block">
      {/* Scrolls by itself, so keyboards must reach it. */}
      <pre tabIndex={0} aria-label={label} role="region">
        <code>{children}</code>
      </pre>
      <button
        type="button"
        className="code-copy"
        aria-label={`${texts.copy}: ${label}`}
        onClick={() => void copy()}
      >
        <span aria-live="polite">{texts[state]}</span>
      </button>
    </div>
  );
}
