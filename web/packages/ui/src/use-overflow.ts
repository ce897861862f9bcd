import { useEffect, useState, type RefObject } from 'react';

/** Whether the element's content is wider than the element, so that it scrolls sideways. */
export function useOverflow(element: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const observed = element.current;
    if (observed === null) return undefined;
    const observer = new ResizeObserver(() => {
      setOverflows(observed.scrollWidth > observed.clientWidth);
    });
    observer.observe(observed);
    if (observed.firstElementChild !== null) observer.observe(observed.firstElementChild);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return overflows;
}
