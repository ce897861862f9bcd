/** Elements that use all keys themselves. */
const USES_ALL_KEYS =
  'input, textarea, select, [contenteditable], [role="dialog"], [role="listbox"], [role="slider"]';
/** Elements that use the control keys while they have the focus. */
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

/** The trigger of a key press; null if the key belongs to the browser or to the focused element. */
export function keyTrigger({ code, ctrlKey, metaKey, altKey, target }: KeyPress): string | null {
  if (ctrlKey || metaKey || altKey || code === '') return null;
  if (target instanceof Element) {
    if (target.closest(USES_ALL_KEYS) !== null) return null;
    if (CONTROL_KEYS.has(code) && target.closest(CONTROLS) !== null) return null;
  }
  return `key:${code === 'NumpadEnter' ? 'Enter' : code}`;
}
