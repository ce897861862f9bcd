import { handbook as texts } from '../texts/en/handbook';
import { Marked } from './Marked';
import type { JsonSchema } from './openapi';
import { TypeText } from './TypeText';
import { limitsOf } from './type-text';

export interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  readonly description: string;
  /** Where it is sent, if that is not the body. */
  readonly place?: string;
}

/** What can be sent or comes back: a list instead of a table, since it has to fit a phone. */
export function Fields({ label, fields }: { readonly label: string; readonly fields: readonly Field[] }) {
  return (
    <ul className="entry-fields" aria-label={label}>
      {fields.map((field) => (
        <li key={`${field.place ?? ''} ${field.name}`}>
          <p className="entry-field">
            <code className="entry-name">{field.name}</code>
            <TypeText schema={field.schema} />
            <span className="entry-notes">{notesOf(field).join(' · ')}</span>
          </p>
          {field.description === '' ? null : (
            <p className="muted">
              <Marked>{field.description}</Marked>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The fields of a schema with a description of their own. */
export function fieldsOf({ properties = {}, required = [] }: JsonSchema): readonly Field[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    isRequired: required.includes(name),
    description: schema.description ?? '',
  }));
}

function notesOf({ place, isRequired, schema }: Field): readonly string[] {
  const initial = schema.default;
  return [
    place ?? '',
    isRequired ? texts.required : '',
    limitsOf(schema),
    initial === undefined || initial === null ? '' : texts.byDefault(JSON.stringify(initial)),
  ].filter(Boolean);
}
