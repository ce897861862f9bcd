import { memo } from 'react';

import { handbook as texts } from '../texts/en/handbook';
import { Anchor } from './Anchor';
import { Answers } from './Answers';
import { Code } from './Code';
import { curlOf } from './curl';
import { exampleOf } from './example';
import { Fields } from './Fields';
import { Marked } from './Marked';
import type { Operation, Schemas } from './openapi';
import { operationAnchor } from './search';
import { TypeText } from './TypeText';

interface OperationProps {
  readonly operation: Operation;
  readonly schemas: Schemas;
}

interface OperationCardProps extends OperationProps {
  /** Whether the page's address leads here. */
  readonly isTarget: boolean;
}

/** An operation: who may call it, what it takes, what it answers, and the command that calls it. */
export const OperationCard = memo(function OperationCard({
  operation,
  schemas,
  isTarget,
}: OperationCardProps) {
  const { id, method, path, summary, description } = operation;
  const anchor = operationAnchor(id);
  return (
    <article
      className={isTarget ? 'entry is-target' : 'entry'}
      id={anchor}
      tabIndex={-1}
      aria-labelledby={`${anchor}-title`}
    >
      <h3 id={`${anchor}-title`}>
        {summary} <Anchor to={anchor} name={summary} />
      </h3>
      <p className="address">
        <span className={`method method-${method.toLowerCase()}`}>{method}</span> <code>{path}</code>
      </p>
      <Rules operation={operation} />
      {description === '' ? null : (
        <p className="prose">
          <Marked>{description}</Marked>
        </p>
      )}
      <Code label={`curl, ${summary}`}>{curlOf(operation, schemas)}</Code>
      <Parameters operation={operation} />
      <RequestBody operation={operation} schemas={schemas} />
      <Answers operation={operation} schemas={schemas} />
    </article>
  );
});

function Rules({
  operation: { access, permission, limit, isDeprecated },
}: Pick<OperationProps, 'operation'>) {
  const who = access === 'write key' ? texts.writeKey : texts.noPermission;
  return (
    <ul className="rules">
      <li>{permission === undefined ? who : texts.permission(permission)}</li>
      <li>
        <a href="#limits">{texts.limitOf(limit)}</a>
      </li>
      {isDeprecated ? <li>{texts.deprecated}</li> : null}
    </ul>
  );
}

function Parameters({ operation: { parameters, summary } }: Pick<OperationProps, 'operation'>) {
  if (parameters.length === 0) return null;
  const fields = parameters.map(({ name, in: place, required, description, schema }) => ({
    name,
    place,
    isRequired: required,
    description,
    schema,
  }));
  return (
    <>
      <h4>{texts.parameters}</h4>
      <Fields label={`${texts.parameters}, ${summary}`} fields={fields} />
    </>
  );
}

function RequestBody({ operation: { body, summary }, schemas }: OperationProps) {
  if (body === undefined) return null;
  return (
    <>
      <h4>{texts.body}</h4>
      <p>
        <TypeText schema={body.schema} /> <span className="muted">{body.mediaType}</span>
      </p>
      <Code label={`${texts.body}, ${summary}`}>
        {JSON.stringify(exampleOf(body.schema, schemas), null, 2)}
      </Code>
    </>
  );
}
