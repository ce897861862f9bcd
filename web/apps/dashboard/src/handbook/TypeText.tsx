import type { JsonSchema } from './openapi';
import { schemaAnchor } from './search';
import { typeParts } from './type-text';

/** A type as text; the schemas it names are links to their cards. */
export function TypeText({ schema }: { readonly schema: JsonSchema }) {
  return (
    <code className="type">
      {typeParts(schema).map((part, position) =>
        'text' in part ? (
          part.text
        ) : (
          <a key={position} href={`#${schemaAnchor(part.schema)}`}>
            {part.schema}
          </a>
        ),
      )}
    </code>
  );
}
