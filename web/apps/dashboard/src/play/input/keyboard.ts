/** Where keys are written, or move a choice: the game leaves them alone. */
const OWN_KEYS =
  'input, textarea, select, [contenteditable], [role="dialog"], [role="listbox"], [role="slider"]';
/** What these keys press or move, so long as it has the focus. */
const CONTROLS = 'button, a, [role="radio"], [role="button"], [role="switch"]';
const CONTROL_KEYS = new Set([
  'Enter',
  'Space',
  'NumpadEnter',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
]);

export interface KeyPress {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly target: EventTarget | null;
}

/** The trigger of a key press; null where the key is the browser's, or of what has the focus. */
export function keyTrigger({ code, ctrlKey, metaKey, altKey, target }: KeyPress): string | null {
  if (ctrlKey || metaKey || altKey || code === '') return null;
  if (target instanceof Element) {
    if (target.closest(OWN_KEYS) !== null) return null;
    if (CONTROL_KEYS.has(code) && target.closest(CONTROLS) !== null) return null;
  }
  return `key:${code === 'NumpadEnter' ? 'Enter' : code}`;
}
