import { useState } from 'react';

import { Button } from './Button';
import { Icon } from './Icon';

/** A command to run in a terminal, with a button that copies it. */
export function Command({ children }: { readonly children: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(children);
    setCopied(true);
  };
  return (
    <div className="command">
      <code>{children}</code>
      <Button emphasis="quiet" aria-label={copied ? 'Copied' : 'Copy command'} onPress={() => void copy()}>
        <Icon name={copied ? 'check' : 'copy'} />
      </Button>
    </div>
  );
}
