/** Messages that pass: what was just done, with a way back. */

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** How long a message and its way back are offered. */
export const NOTICE_MILLISECONDS = 8_000;

type Listener = () => void;

export interface Timer {
  readonly start: (run: () => void, milliseconds: number) => unknown;
  readonly stop: (timer: unknown) => void;
}

const browserTimer: Timer = {
  start: (run, milliseconds) => setTimeout(run, milliseconds),
  stop: (timer) => {
    clearTimeout(timer as ReturnType<typeof setTimeout>);
  },
};

export class Notices {
  #shown: readonly Notice[] = [];
  #lastId = 0;
  readonly #listeners = new Set<Listener>();
  readonly #timer: Timer;
  /** What is going to be done. */
  readonly #later = new Set<() => Promise<unknown>>();

  constructor(timer: Timer = browserTimer) {
    this.#timer = timer;
  }

  get shown(): readonly Notice[] {
    return this.#shown;
  }

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows a message for eight seconds; `onGone` runs when it goes without its action. */
  say(text: string, action?: Notice['action'], onGone?: () => void): number {
    const id = ++this.#lastId;
    const timer = this.#timer.start(() => {
      this.#remove(id);
      onGone?.();
    }, NOTICE_MILLISECONDS);
    const run = () => {
      this.#timer.stop(timer);
      this.#remove(id);
      action?.run();
    };
    this.#set([...this.#shown, { id, text, ...(action && { action: { label: action.label, run } }) }]);
    return id;
  }

  /**
   * Does something that cannot be taken back, but only after eight seconds in which the reader may still undo it.
   * Leaving the page does it at once.
   */
  doLater(
    text: string,
    later: {
      readonly undoLabel: string;
      readonly run: () => Promise<unknown>;
      readonly undone: () => void;
    },
  ) {
    const isFirst = () => {
      removeEventListener('pagehide', leave);
      return this.#later.delete(act);
    };
    const act = async () => {
      if (isFirst()) await later.run();
    };
    const leave = () => void act();
    this.#later.add(act);
    addEventListener('pagehide', leave);
    const undo = {
      label: later.undoLabel,
      run: () => {
        if (isFirst()) later.undone();
      },
    };
    this.say(text, undo, leave);
  }

  /** Does now what was going to be done later, because the member is about to sign out; waits for it only so long. */
  async doNow(): Promise<void> {
    if (this.#later.size === 0) return;
    await Promise.race([Promise.all([...this.#later].map((act) => act())), this.#passed()]);
  }

  #passed(): Promise<void> {
    return new Promise((resolve) => {
      this.#timer.start(resolve, NOTICE_MILLISECONDS);
    });
  }

  #remove(id: number) {
    this.#set(this.#shown.filter((notice) => notice.id !== id));
  }

  #set(shown: readonly Notice[]) {
    this.#shown = shown;
    for (const listener of this.#listeners) listener();
  }
}

export const notices = new Notices();
