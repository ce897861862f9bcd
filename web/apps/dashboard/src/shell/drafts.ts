/** What was typed and not saved yet. It survives a session that ended and a reload, in this tab, for its member alone. */

const PREFIX = 'keepwell.draft.';

export interface Draft {
  /** The version that the member saw when they began to type; null for something new. */
  readonly version: number | null;
  readonly fields: Readonly<Record<string, unknown>>;
}

type OpenStorage = () => Storage;

const tabStorage: OpenStorage = () => sessionStorage;

/** Null if there is none, if it cannot be read, or if the browser denies its storage. */
export function readDraft(name: string, open = tabStorage): Draft | null {
  try {
    const kept: unknown = JSON.parse(open().getItem(PREFIX + name) ?? 'null');
    return isDraft(kept) ? kept : null;
  } catch {
    return null;
  }
}

/** Keeps a draft; null forgets it. Where the browser denies its storage, the page alone has what was typed. */
export function keepDraft(name: string, draft: Draft | null, open = tabStorage): void {
  try {
    if (draft === null) open().removeItem(PREFIX + name);
    else open().setItem(PREFIX + name, JSON.stringify(draft));
  } catch {
    // Nobody is asked to do anything about it.
  }
}

/** For signing out on purpose. */
export function forgetDrafts(open = tabStorage): void {
  try {
    const storage = open();
    for (const name of Object.keys(storage)) if (name.startsWith(PREFIX)) storage.removeItem(name);
  } catch {
    // Then nothing was kept either.
  }
}

function isDraft(kept: unknown): kept is Draft {
  if (typeof kept !== 'object' || kept === null || !('fields' in kept) || !('version' in kept)) return false;
  const { fields, version } = kept;
  return typeof fields === 'object' && fields !== null && (version === null || typeof version === 'number');
}
