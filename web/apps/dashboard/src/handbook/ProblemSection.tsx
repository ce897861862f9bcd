import { useEffect, useRef } from 'react';

/** How errors look; the `type` of each problem leads here and names its code. */
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
          You came from a problem with the code <code>{code}</code>.
        </p>
      )}
      <p>
        An error is a problem document (RFC 9457). <code>code</code> is stable, so scripts may rely on it;{' '}
        <code>detail</code> says what happened this time; <code>hint</code> says what to do next. A status of
        429 or 503 may be tried again, after the seconds of <code>Retry-After</code> where it is sent.
      </p>
    </section>
  );
}
