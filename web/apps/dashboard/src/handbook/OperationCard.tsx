import { Table, type Column } from '@keepwell/ui';

import type { Operation, Parameter } from './openapi';
import { TypeText } from './TypeText';

const PARAMETERS: readonly Column<Parameter>[] = [
  { id: 'name', header: 'Parameter', cell: ({ name }) => <code>{name}</code>, rowHeader: true },
  { id: 'in', header: 'In', cell: (parameter) => parameter.in },
  { id: 'type', header: 'Type', cell: ({ schema }) => <TypeText schema={schema} /> },
  { id: 'required', header: 'Required', cell: ({ required }) => (required ? 'Yes' : 'No') },
  { id: 'description', header: 'Meaning', cell: ({ description }) => description, wide: true },
];

export function OperationCard({ operation }: { readonly operation: Operation }) {
  const { method, path, summary, description, parameters, answer } = operation;
  return (
    <article className="card" aria-label={`${method} ${path}`}>
      <div className="operation-head">
        <h3>
          <span className="operation-method">{method}</span> <code>{path}</code>
        </h3>
        <p>{description === '' ? summary : description}</p>
        {answer === undefined ? null : (
          <p className="muted">
            Returns <TypeText schema={answer} />
          </p>
        )}
      </div>
      {parameters.length === 0 ? null : (
        <Table
          label={`Parameters of ${method} ${path}`}
          columns={PARAMETERS}
          rows={parameters}
          rowKey={({ name }) => name}
          narrow="cards"
        />
      )}
    </article>
  );
}
