import { Button, type ButtonProps } from '@keepwell/ui';
import { createContext, use, useRef, type ReactNode, type RefObject } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

import { usePadFocus } from './use-pad';

export interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  /** Undefined if the player has to choose. */
  readonly onClose?: () => void;
  /** What B of a gamepad does; by default it closes the dialog. */
  readonly onBack?: (() => void) | undefined;
  readonly children: ReactNode;
}

const CloseContext = createContext<() => void>(() => undefined);

/** A modal dialog over the match. */
export function Dialog({ title, isOpen, onClose, onBack = onClose, children }: DialogProps) {
  const content = useRef<HTMLElement>(null);
  return (
    <ModalOverlay
      className="game-overlay"
      isOpen={isOpen}
      isDismissable={onClose !== undefined}
      isKeyboardDismissDisabled={onClose === undefined}
      onOpenChange={(open) => {
        if (!open) onClose?.();
      }}
    >
      <Modal className="game-modal">
        <AriaDialog className="game-dialog" ref={content}>
          {({ close }) => (
            <CloseContext value={close}>
              <PadControl scope={content} onBack={onBack} />
              <Heading slot="title" className="game-dialog-title">
                {title}
              </Heading>
              {children}
            </CloseContext>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A button that closes the dialog around it. */
export function CloseButton(props: Omit<ButtonProps, 'onPress'>) {
  return <Button {...props} onPress={use(CloseContext)} />;
}

interface PadControlProps {
  readonly scope: RefObject<HTMLElement | null>;
  readonly onBack: (() => void) | undefined;
}

/** Listens to gamepads as long as the dialog is open. */
function PadControl({ scope, onBack }: PadControlProps) {
  usePadFocus(scope, onBack);
  return null;
}
