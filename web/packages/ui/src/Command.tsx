import { useRef, useState } from 'react';

import { Button } from './Button';
import { Icon } from './Icon';

export interface CommandProps {
  /** A text of several lines is shown as such. */
  readonly children: string;
  readonly copyLabel?: string;
  readonly copiedLabel?: string;
}

/** A text to copy as it is: a command for a terminal, an address, a secret. */
export function Command({ children, copyLabel = 'Copy command', copiedLabel = 'Copied' }: CommandProps) {
  const [copied, setCopied] = useState(false);
  const code = useRef<HTMLElement>(null);
  const copy = async () => {
    setCopied(await toClipboard(children, code.current));
  };
  const isBlock = children.includes('\n');
  return (
    <div className={isBlock ? 'command command-block' : 'command'}>
      <code ref={code} tabIndex={isBlock ? 0 : undefined}>
        {isBlock ? children : <Words text={children} />}
      </code>
      <Button
        emphasis="quiet"
        size="small"
        aria-label={copied ? copiedLabel : copyLabel}
        onPress={() => void copy()}
      >
        <Icon name={copied ? 'check' : 'copy'} />
      </Button>
    </div>
  );
}

/** A browser breaks a line after any hyphen, also after the two of an option: each word stays on one line if it fits. */
function Words({ text }: { readonly text: string }) {
  return text.split(/( )/u).map((word, at) =>
    word === ' ' ? (
      word
    ) : (
      <span key={at} className="command-word">
        {word}
      </span>
    ),
  );
}

/** Whether it was copied. Without TLS a browser has no clipboard for pages: then the text is selected instead. */
async function toClipboard(text: string, shown: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (shown !== null) getSelection()?.selectAllChildren(shown);
    return false;
  }
}
