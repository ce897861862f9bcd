import { useId, type ReactNode } from 'react';

export interface SectionProps {
  readonly title: string;
  /** Beside the title: what the figures are based on, a period, a count. */
  readonly note?: ReactNode;
  /** At the end of the title's line: a link, or small buttons. */
  readonly tools?: ReactNode;
  /** A hairline under the title, for lists of facts. */
  readonly isRuled?: boolean;
  readonly children: ReactNode;
}

/** A titled part of a page. It stands on the page's surface, without a box. */
export function Section({ title, note, tools, isRuled = false, children }: SectionProps) {
  const titleId = useId();
  return (
    <section className={isRuled ? 'section section-ruled' : 'section'} aria-labelledby={titleId}>
      <div className="section-head">
        <h2 id={titleId}>{title}</h2>
        {note === undefined ? null : <p className="small">{note}</p>}
        {tools === undefined ? null : <div className="section-tools">{tools}</div>}
      </div>
      {children}
    </section>
  );
}
