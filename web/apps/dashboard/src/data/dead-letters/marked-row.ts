/** A piece of a row; the wrong ones are marked. */
export interface RowPiece {
  readonly text: string;
  readonly isWrong: boolean;
}

/**
 * The text of a row, readable, with the field that is wrong marked. `field` is a column's name or a JSON pointer; where
 * the row has no such place, nothing is marked.
 */
export function markedRow(row: string, field: string): readonly RowPiece[] {
  const text = readable(row);
  const name = lastName(field);
  if (name === '') return [{ text, isWrong: false }];
  const found = text.indexOf(`${JSON.stringify(name)}:`);
  if (found < 0) return [{ text, isWrong: false }];
  const end = endOfValue(text, found);
  return [
    { text: text.slice(0, found), isWrong: false },
    { text: text.slice(found, end), isWrong: true },
    { text: text.slice(end), isWrong: false },
  ].filter((piece) => piece.text !== '');
}

/** JSON with a line for each field; anything else as it came. */
function readable(row: string): string {
  try {
    return JSON.stringify(JSON.parse(row), null, 2);
  } catch {
    return row;
  }
}

/** The last name of a JSON pointer that is not an index, or the name itself. */
function lastName(field: string): string {
  if (!field.startsWith('/')) return field;
  const names = field.split('/').filter((name) => name !== '' && !/^\d+$/.test(name));
  return (names.at(-1) ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The end of the line of a field with a simple value; of its whole value if that is an object or a list. */
function endOfValue(text: string, start: number): number {
  const lineEnd = endOfLine(text, start);
  if (!/[[{]$/.test(text.slice(start, lineEnd))) return lineEnd;
  const indent = /[ ]*$/.exec(text.slice(0, start))?.[0] ?? '';
  const close = text.slice(lineEnd).search(new RegExp(`\\n${indent}[\\]}]`));
  return close < 0 ? lineEnd : endOfLine(text, lineEnd + close + 1);
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}
