import { handbook as texts } from '../texts/en/handbook';
import { Code } from './Code';
import { exampleOf } from './example';
import { Marked } from './Marked';
import type { Answer, Operation, Schemas } from './openapi';
import { TypeText } from './TypeText';

interface AnswersProps {
  readonly operation: Operation;
  readonly schemas: Schemas;
}

/** The answers by status; the problems, most of which every operation has, are folded. */
export function Answers({ operation: { answers, summary }, schemas }: AnswersProps) {
  const good = answers.filter(({ status }) => Number(status) < 400);
  const bad = answers.filter(({ status }) => Number(status) >= 400);
  return (
    <>
      <h4>{texts.answers}</h4>
      <AnswerList label={`${texts.answers}, ${summary}`} answers={good} />
      {good.map(({ status, body }) =>
        body?.mediaType === 'application/json' ? (
          <details key={status}>
            <summary>{`${texts.example} ${status}`}</summary>
            <Code label={`${texts.example} ${status}, ${summary}`}>
              {JSON.stringify(exampleOf(body.schema, schemas), null, 2)}
            </Code>
          </details>
        ) : null,
      )}
      {bad.length === 0 ? null : (
        <details>
          <summary>{`${texts.problemsOf} ${bad.map(({ status }) => status).join(', ')}`}</summary>
          <AnswerList label={`${texts.problemsOf}, ${summary}`} answers={bad} />
        </details>
      )}
    </>
  );
}

function AnswerList({ label, answers }: { readonly label: string; readonly answers: readonly Answer[] }) {
  return (
    <ul className="entry-fields" aria-label={label}>
      {answers.map(({ status, description, headers, body }) => (
        <li key={status}>
          <p className="entry-field">
            <code className="entry-name">{status}</code>
            {body === undefined ? (
              <span className="muted">{texts.noBody}</span>
            ) : (
              <TypeText schema={body.schema} />
            )}
            {headers.length === 0 ? null : (
              <span className="entry-notes">{`${texts.headers} ${headers.join(', ')}`}</span>
            )}
          </p>
          <p className="muted">
            <Marked>{description}</Marked>
          </p>
        </li>
      ))}
    </ul>
  );
}
