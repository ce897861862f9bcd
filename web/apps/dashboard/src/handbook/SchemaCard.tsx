import { Table, type Column } from '@keepwell/ui';

import type { JsonSchema } from './openapi';
import { TypeText } from './TypeText';

type Field = readonly [name: string, schema: JsonSchema];

const FIELDS: readonly Column<Field>[] = [
  { id: 'name', header: 'Field', cell: ([name]) => <code>{name}</code>, rowHeader: true },
  { id: 'type', header: 'Type', cell: ([, schema]) => <TypeText schema={schema} /> },
];

export interface SchemaCardProps {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** A named schema: its fields, or the values that it allows. */
export function SchemaCard({ name, schema }: SchemaCardProps) {
  const fields = Object.entries(schema.properties ?? {});
  return (
    <article className="card" id={`schema-${name}`} aria-label={name}>
      <div className="operation-head">
        <h3>{name}</h3>
        {schema.description === undefined ? null : <p>{schema.description}</p>}
        {fields.length === 0 ? (
          <p className="muted">
            <TypeText schema={schema} />
          </p>
        ) : null}
      </div>
      {fields.length === 0 ? null : (
        <Table
          label={`Fields of ${name}`}
          columns={FIELDS}
          rows={fields}
          rowKey={([field]) => field}
          narrow="scroll"
        />
      )}
    </article>
  );
}
