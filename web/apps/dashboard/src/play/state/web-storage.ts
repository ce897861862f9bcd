import { Store } from './store';

/** The part of a browser's storage that the game uses. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem'>;

/** The browser's storage; what it refuses to keep, lasts as long as the page. */
export class WebStorage implements TextStorage {
  /** Whether the browser has refused to keep or to show something. */
  readonly isRefused = new Store(false);
  private readonly unkept = new Map<string, string>();

  /** A browser may even refuse to say where its storage is, so it is opened each time. */
  constructor(private readonly open: () => TextStorage = () => localStorage) {}

  getItem(key: string): string | null {
    try {
      return this.unkept.get(key) ?? this.open().getItem(key);
    } catch {
      this.isRefused.set(true);
      return null;
    }
  }

  setItem(key: string, value: string): void {
    try {
      this.open().setItem(key, value);
      this.unkept.delete(key);
    } catch {
      this.unkept.set(key, value);
      this.isRefused.set(true);
    }
  }
}
