import { Button, Icon } from '@keepwell/ui';
import { useState } from 'react';

import { texts } from '../../texts';

const words = texts.account;

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for screen readers. */
  readonly what: string;
}

/** Copies a text. Browsers have a clipboard only on secure addresses and this machine; elsewhere there is no button. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  if (!window.isSecureContext) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Button
      emphasis="quiet"
      size="small"
      iconOnly
      aria-label={isCopied ? words.copied : words.copy(what)}
      onPress={() => void copy()}
    >
      <Icon name={isCopied ? 'check' : 'copy'} />
    </Button>
  );
}
