import { nameOf } from './example';
import type { JsonSchema } from './openapi';

/** A piece of a type: text, or the name of a schema that has its own card. */
export type TypePart = { readonly text: string } | { readonly schema: string };

/** The type in TypeScript notation, such as `Reason[]` or `"active" | "trial" | null`. */
export function typeParts(schema: JsonSchema): TypePart[] {
  if (schema.$ref !== undefined) return [{ schema: nameOf(schema.$ref) }];
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return joined(choices.map(typeParts));
  if (schema.enum !== undefined) return joined(schema.enum.map((value) => [{ text: JSON.stringify(value) }]));
  if (schema.const !== undefined) return [{ text: JSON.stringify(schema.const) }];
  if (schema.items !== undefined) return [...typeParts(schema.items), { text: '[]' }];
  return [{ text: plainType(schema) }];
}

/** What limits a value beside its type, such as "1 to 255 characters". */
export function limitsOf({ minLength, maxLength, minimum, maximum }: JsonSchema): string {
  return [range(minLength, maxLength, ' characters'), range(minimum, maximum, '')].filter(Boolean).join(', ');
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `at least ${least}${unit}`;
  return least === undefined ? `at most ${most}${unit}` : `${least} to ${most}${unit}`;
}

function plainType({ type = 'any', format }: JsonSchema): string {
  const types = (typeof type === 'string' ? [type] : type).map((one) =>
    one === 'string' ? (format ?? one) : one,
  );
  return types.join(' | ');
}

function joined(choices: readonly TypePart[][]): TypePart[] {
  return choices.flatMap((parts, position) => (position === 0 ? parts : [{ text: ' | ' }, ...parts]));
}
