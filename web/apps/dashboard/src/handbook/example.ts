import type { JsonSchema, Schemas } from './openapi';

const DEEPEST = 4;

const OF_FORMAT: Readonly<Record<string, unknown>> = {
  date: '2026-05-31',
  'date-time': '2026-05-31T09:30:00Z',
  uuid: '0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d',
  decimal: '87.00',
};

const OF_TYPE: Readonly<Record<string, unknown>> = { boolean: true, array: [], object: {} };

/** A value that the schema allows: the example that the description has, or one made of the schema's types. */
export function exampleOf(schema: JsonSchema, schemas: Schemas, depth = 0): unknown {
  const named = schema.$ref === undefined ? schema : schemas[nameOf(schema.$ref)];
  if (named === undefined || depth > DEEPEST) return null;
  if (named.examples?.[0] !== undefined) return named.examples[0];
  if (named.const !== undefined) return named.const;
  if (named.enum?.[0] !== undefined) return named.enum[0];
  const choice = (named.oneOf ?? named.anyOf)?.find((each) => each.type !== 'null');
  if (choice !== undefined) return exampleOf(choice, schemas, depth);
  if (named.items !== undefined) return [exampleOf(named.items, schemas, depth + 1)];
  if (named.properties !== undefined) return exampleOfFields(named.properties, schemas, depth);
  return plainExample(named);
}

/** The name of the schema that a `$ref` leads to. */
export function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? reference;
}

function exampleOfFields(fields: Schemas, schemas: Schemas, depth: number): unknown {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, exampleOf(field, schemas, depth + 1)]),
  );
}

function plainExample({ type, format, minimum }: JsonSchema): unknown {
  const first = typeof type === 'string' ? type : type?.[0];
  if (first === 'string') return OF_FORMAT[format ?? ''] ?? 'text';
  if (first === 'integer' || first === 'number') return minimum ?? 1;
  return OF_TYPE[first ?? ''] ?? null;
}
