import { useEffect, useState, type RefObject } from 'react';

/** Whether the element's content is larger than the element, so that it scrolls. */
export function useOverflow(element: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const observed = element.current;
    if (observed === null) return undefined;
    const observer = new ResizeObserver(() => {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = observed;
      setOverflows(scrollWidth > clientWidth || scrollHeight > clientHeight);
    });
    observer.observe(observed);
    if (observed.firstElementChild !== null) observer.observe(observed.firstElementChild);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return overflows;
}
