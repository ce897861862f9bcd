import type { JsonSchema } from './openapi';
import { typeParts } from './type-text';

/** A type as text; the schemas it names are links to their cards. */
export function TypeText({ schema }: { readonly schema: JsonSchema }) {
  return (
    <code>
      {typeParts(schema).map((part, position) =>
        'text' in part ? (
          <span key={position}>{part.text}</span>
        ) : (
          <a key={position} href={`#schema-${part.schema}`}>
            {part.schema}
          </a>
        ),
      )}
    </code>
  );
}
