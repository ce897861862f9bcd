import { handbook as texts } from '../texts/en/handbook';
import { Anchor } from './Anchor';
import type { ListedProblem } from './openapi';
import { problemAnchor, schemaAnchor } from './search';

interface ProblemsProps {
  readonly problems: readonly ListedProblem[];
  /** Where the page's address leads. */
  readonly target: string;
}

/** Every problem; the `type` of each leads to its entry here. */
export function Problems({ problems, target }: ProblemsProps) {
  return (
    <section id="problems" aria-labelledby="problems-title" tabIndex={-1}>
      <h2 id="problems-title">
        {texts.problems} <Anchor to="problems" name={texts.problems} />
      </h2>
      <p className="prose">
        {texts.problemsLead} <a href={`#${schemaAnchor('Problem')}`}>Problem</a>
      </p>
      <ul className="entry-fields">
        {problems.map(({ code, status, meaning, retryable }) => (
          <li
            key={code}
            id={problemAnchor(code)}
            tabIndex={-1}
            className={problemAnchor(code) === target ? 'problem is-target' : 'problem'}
          >
            <p className="entry-field">
              <code className="entry-name">{code}</code>
              <span className="muted">{status}</span>
              <Anchor to={problemAnchor(code)} name={code} />
              {retryable ? <span className="entry-notes">{texts.retryable}</span> : null}
            </p>
            <p className="muted">{meaning}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
