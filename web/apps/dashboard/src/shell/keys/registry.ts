/** The keys that work now, and what each of them does. Pages add theirs while they are shown. */

export interface KeyBinding {
  /** As `KeyboardEvent.key` has it, such as "d" or "ArrowLeft". */
  readonly key: string;
  /** What the dialog of keys says about it. */
  readonly label: string;
  /** What the dialog shows on the key, if that is not the key itself. */
  readonly shown?: string;
  readonly run: () => void;
}

export interface KeyGroup {
  readonly title: string;
  readonly bindings: readonly KeyBinding[];
}

type PressedKey = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export class KeyRegistry {
  readonly #groups: KeyGroup[] = [];

  /** Adds a group; the function that is returned removes it. */
  add(group: KeyGroup): () => void {
    this.#groups.push(group);
    return () => {
      this.#groups.splice(this.#groups.indexOf(group), 1);
    };
  }

  get groups(): readonly KeyGroup[] {
    return this.#groups;
  }

  /** The newest binding of the key wins, so that a page may use a key of the shell for something of its own. */
  find(pressed: PressedKey): KeyBinding | undefined {
    if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return undefined;
    return this.#groups
      .toReversed()
      .flatMap((group) => group.bindings)
      .find((binding) => binding.key === pressed.key);
  }
}

/** Arrow keys belong to a control that they walk through, also at its end, and Enter to the link or button that has the focus. */
export function isOfControl(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (key === 'Enter') return target.closest('a[href], button, summary') !== null;
  if (!key.startsWith('Arrow')) return false;
  return target.closest('[role="slider"], [role="grid"], [role="tablist"], input, select') !== null;
}

/** Keys belong to a field while the reader types in it, and to a dialog or a sheet's own controls while one is open. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('dialog[open], [popover]') !== null) return true;
  return target.matches('textarea, select, input:not([type="radio"], [type="checkbox"], [type="button"])');
}
