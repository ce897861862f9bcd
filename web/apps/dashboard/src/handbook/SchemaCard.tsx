import { handbook as texts } from '../texts/en/handbook';
import { Anchor } from './Anchor';
import { Code } from './Code';
import { exampleOf } from './example';
import { Fields, fieldsOf } from './Fields';
import { Marked } from './Marked';
import type { Schemas } from './openapi';
import { schemaAnchor } from './search';
import { TypeText } from './TypeText';

export interface SchemaCardProps {
  readonly name: string;
  readonly schemas: Schemas;
}

/** A named schema: its fields, or the values that it allows, with an example. */
export function SchemaCard({ name, schemas }: SchemaCardProps) {
  const schema = schemas[name] ?? {};
  const fields = fieldsOf(schema);
  const anchor = schemaAnchor(name);
  return (
    <article className="entry" id={anchor} tabIndex={-1} aria-labelledby={`${anchor}-title`}>
      <h2 id={`${anchor}-title`}>
        {name} <Anchor to={anchor} name={name} />
      </h2>
      {schema.description === undefined ? null : (
        <p className="prose">
          <Marked>{schema.description}</Marked>
        </p>
      )}
      {fields.length === 0 ? (
        <TypeText schema={schema} />
      ) : (
        <>
          <Fields label={`${texts.fields}, ${name}`} fields={fields} />
          <details>
            <summary>{texts.example}</summary>
            <Code label={`${texts.example}, ${name}`}>
              {JSON.stringify(exampleOf(schema, schemas), null, 2)}
            </Code>
          </details>
        </>
      )}
    </article>
  );
}
