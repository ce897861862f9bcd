// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useRef, useState } from 'react';
import { afterEach, expect, test } from 'vitest';

import { FIRST_ROW_INDEX, useRowFocus } from './use-row-focus';

afterEach(cleanup);

interface RowsProps {
  readonly count: number;
  readonly loaded: number;
  readonly onEnd?: () => void;
}

/** Of `count` rows only the last `loaded` ones have their links. */
function Rows({ count, loaded, onEnd }: RowsProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const focus = useRowFocus(body, { count, page: 10, show: () => undefined, onEnd });
  return (
    <table>
      <tbody ref={body} data-testid="body" onKeyDown={focus.press}>
        {Array.from({ length: count }, (_, index) => (
          <tr key={index} aria-rowindex={index + FIRST_ROW_INDEX}>
            <td>{index < count - loaded ? null : <a href={`#${index}`}>row {index}</a>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

test('End goes to the last row, also where the list turns out to be shorter than it was taken to be', () => {
  const { rerender } = render(<Rows count={200} loaded={0} />);
  fireEvent.keyDown(screen.getByTestId('body'), { key: 'End' });
  rerender(<Rows count={160} loaded={60} />);
  expect(document.activeElement?.textContent).toBe('row 159');
});

test('End asks for the rest first, and goes to the last row there is then', () => {
  function Growing() {
    const [count, setCount] = useState(20);
    return (
      <Rows
        count={count}
        loaded={10}
        onEnd={() => {
          setCount(40);
        }}
      />
    );
  }
  render(<Growing />);
  fireEvent.keyDown(screen.getByTestId('body'), { key: 'End' });
  expect(document.activeElement?.textContent).toBe('row 39');
  fireEvent.keyDown(screen.getByTestId('body'), { key: 'Home' });
  fireEvent.keyDown(screen.getByTestId('body'), { key: 'End' });
  expect(document.activeElement?.textContent).toBe('row 39');
});
