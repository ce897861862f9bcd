const NAME = 'keepwell.heard-at';

/** Kept in the browser's storage, so that a page that opens without the server can say of when its data are. */
export const heardInBrowser = {
  read(): number | null {
    const found = Number(orNothing(() => localStorage.getItem(NAME)));
    return found > 0 ? found : null;
  },
  write(at: number): void {
    orNothing(() => {
      localStorage.setItem(NAME, String(at));
    });
  },
};

/** Storage may be refused: then it is not known. */
function orNothing<Value>(access: () => Value): Value | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
