import type { Endpoint } from '@keepwell/api';
import * as v from 'valibot';

/** The parts of an OpenAPI 3.1 document that the handbook shows. */

export interface JsonSchema {
  readonly type?: string | readonly string[] | undefined;
  readonly format?: string | undefined;
  readonly $ref?: string | undefined;
  readonly description?: string | undefined;
  readonly items?: JsonSchema | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly oneOf?: readonly JsonSchema[] | undefined;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
}

const jsonSchema: v.GenericSchema<unknown, JsonSchema> = v.object({
  type: v.optional(v.union([v.string(), v.array(v.string())])),
  format: v.optional(v.string()),
  $ref: v.optional(v.string()),
  description: v.optional(v.string()),
  items: v.optional(v.lazy(() => jsonSchema)),
  enum: v.optional(v.array(v.unknown())),
  const: v.optional(v.unknown()),
  oneOf: v.optional(v.array(v.lazy(() => jsonSchema))),
  anyOf: v.optional(v.array(v.lazy(() => jsonSchema))),
  properties: v.optional(
    v.record(
      v.string(),
      v.lazy(() => jsonSchema),
    ),
  ),
  required: v.optional(v.array(v.string())),
});

const parameter = v.object({
  name: v.string(),
  in: v.string(),
  required: v.optional(v.boolean(), false),
  description: v.optional(v.string(), ''),
  schema: v.optional(jsonSchema, {}),
});
export type Parameter = v.InferOutput<typeof parameter>;

const response = v.object({
  description: v.optional(v.string(), ''),
  content: v.optional(v.record(v.string(), v.object({ schema: v.optional(jsonSchema) }))),
});

const operation = v.object({
  tags: v.optional(v.array(v.string()), []),
  summary: v.optional(v.string(), ''),
  description: v.optional(v.string(), ''),
  operationId: v.optional(v.string(), ''),
  parameters: v.optional(v.array(parameter), []),
  responses: v.optional(v.record(v.string(), response), {}),
});

const openApiSchema = v.object({
  info: v.object({ title: v.string(), version: v.string(), description: v.optional(v.string(), '') }),
  paths: v.record(v.string(), v.record(v.string(), v.unknown())),
  components: v.optional(v.object({ schemas: v.optional(v.record(v.string(), jsonSchema), {}) }), {}),
});
export type OpenApi = v.InferOutput<typeof openApiSchema>;

export function getOpenApi(): Endpoint<OpenApi> {
  return { method: 'GET', path: '/openapi.json', schema: openApiSchema };
}

export interface Operation extends v.InferOutput<typeof operation> {
  readonly method: string;
  readonly path: string;
  /** The body of a successful response; undefined if it has none. */
  readonly answer: JsonSchema | undefined;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** All operations by first tag, in the order of the document. */
export function operationsByTag({ paths }: OpenApi): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const [path, members] of Object.entries(paths)) {
    for (const [method, value] of Object.entries(members)) {
      if (!METHODS.includes(method)) continue;
      const parsed = v.parse(operation, value);
      const tag = parsed.tags[0] ?? 'other';
      const added = { ...parsed, path, method: method.toUpperCase(), answer: answerOf(parsed) };
      groups.set(tag, [...(groups.get(tag) ?? []), added]);
    }
  }
  return groups;
}

function answerOf({ responses }: v.InferOutput<typeof operation>): JsonSchema | undefined {
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'));
  return Object.values(success?.[1].content ?? {})[0]?.schema;
}
