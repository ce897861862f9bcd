/** Pauses that can be ended early, all at once. */
export class Pauses {
  private readonly ends = new Set<() => void>();

  readonly pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.ends.delete(end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.ends.add(end);
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    });

  end(): void {
    for (const end of [...this.ends]) end();
  }
}
