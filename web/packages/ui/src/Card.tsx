import { useId, type ReactNode } from 'react';

export interface CardProps {
  readonly title: string;
  /** What the figures are based on: a policy, a period, a formula. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  /** Lets a table reach the edges. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A titled section of a page. */
export function Card({ title, note, actions, flush = false, children }: CardProps) {
  const titleId = useId();
  return (
    <section className="card" aria-labelledby={titleId}>
      <div className="card-header">
        <div>
          <h2 className="card-title" id={titleId}>
            {title}
          </h2>
          {note === undefined ? null : <p className="card-note">{note}</p>}
        </div>
        {actions}
      </div>
      <div className={flush ? 'card-body-flush' : 'card-body'}>{children}</div>
    </section>
  );
}
