import type { JsonSchema } from './openapi';
import { typeParts } from './type-text';

/** A type in words; the shapes that it names lead to their fields. */
export function TypeText({ schema }: { readonly schema: JsonSchema }) {
  return (
    <code>
      {typeParts(schema).map((part, position) =>
        'text' in part ? (
          <span key={position}>{part.text}</span>
        ) : (
          <a key={position} href={`#shape-${part.shape}`}>
            {part.shape}
          </a>
        ),
      )}
    </code>
  );
}
