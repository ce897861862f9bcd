import { useEffect, useRef } from 'react';

/** Explains errors; the `type` URL of each problem leads here, with its code. */
export function ProblemSection({ code }: { readonly code: string | null }) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (code !== null) section.current?.scrollIntoView();
  }, [code]);
  return (
    <section ref={section} className="handbook-text" aria-labelledby="problems">
      <h2 id="problems">problems</h2>
      {code === null ? null : (
        <p>
          You followed the link of a problem with the code <code>{code}</code>.
        </p>
      )}
      <p>
        An error is a problem document (RFC 9457). <code>code</code> is stable, so scripts may rely on it;{' '}
        <code>detail</code> says what happened; <code>hint</code> says what to do next. A request that was
        answered with 429 or 503 can be retried, after the number of seconds in <code>Retry-After</code> if
        that is present.
      </p>
    </section>
  );
}
