/** A person as two letters, shown next to the name. */
export function Initials({ name }: { readonly name: string }) {
  return (
    <span className="initials" aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

/** The first letters of the first two words, or the first two letters of one word. */
export function initialsOf(name: string): string {
  const [first = '', second] = name.trim().split(/[\s._-]+/u);
  const letters = second === undefined ? lettersOf(first, 2) : lettersOf(first, 1) + lettersOf(second, 1);
  return letters.toLocaleUpperCase();
}

/** A letter may be several code points, so the browser says where one ends. */
function lettersOf(word: string, count: number): string {
  const segments = new Intl.Segmenter().segment(word);
  return Array.from(segments, ({ segment }) => segment)
    .slice(0, count)
    .join('');
}
