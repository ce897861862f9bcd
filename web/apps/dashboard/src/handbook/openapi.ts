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
  readonly default?: unknown;
  readonly examples?: readonly unknown[] | undefined;
  readonly oneOf?: readonly JsonSchema[] | undefined;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
}

export type Schemas = Readonly<Record<string, JsonSchema>>;

const text = v.optional(v.string());
const number = v.optional(v.number());

const jsonSchema: v.GenericSchema<unknown, JsonSchema> = v.object({
  type: v.optional(v.union([v.string(), v.array(v.string())])),
  format: text,
  $ref: text,
  description: text,
  items: v.optional(v.lazy(() => jsonSchema)),
  enum: v.optional(v.array(v.unknown())),
  const: v.optional(v.unknown()),
  default: v.optional(v.unknown()),
  examples: v.optional(v.array(v.unknown())),
  oneOf: v.optional(v.array(v.lazy(() => jsonSchema))),
  anyOf: v.optional(v.array(v.lazy(() => jsonSchema))),
  properties: v.optional(
    v.record(
      v.string(),
      v.lazy(() => jsonSchema),
    ),
  ),
  required: v.optional(v.array(v.string())),
  minLength: number,
  maxLength: number,
  minimum: number,
  maximum: number,
});

const parameter = v.object({
  name: v.string(),
  in: v.string(),
  required: v.optional(v.boolean(), false),
  description: v.optional(v.string(), ''),
  schema: v.optional(jsonSchema, {}),
});
export type Parameter = v.InferOutput<typeof parameter>;

const content = v.optional(v.record(v.string(), v.object({ schema: v.optional(jsonSchema, {}) })), {});
const response = v.object({
  description: v.optional(v.string(), ''),
  headers: v.optional(v.record(v.string(), v.unknown()), {}),
  content,
});

const operation = v.object({
  tags: v.optional(v.array(v.string()), []),
  summary: v.optional(v.string(), ''),
  description: v.optional(v.string(), ''),
  operationId: v.string(),
  parameters: v.optional(v.array(parameter), []),
  requestBody: v.optional(v.object({ required: v.optional(v.boolean(), false), content })),
  responses: v.optional(v.record(v.string(), response), {}),
  security: v.optional(v.array(v.record(v.string(), v.unknown()))),
  deprecated: v.optional(v.boolean(), false),
  'x-permission': text,
  'x-limit': text,
});

const problem = v.object({
  code: v.string(),
  status: v.number(),
  meaning: v.string(),
  retryable: v.boolean(),
});
export type ListedProblem = v.InferOutput<typeof problem>;

const openApiSchema = v.object({
  info: v.object({ title: v.string(), version: v.string(), description: v.optional(v.string(), '') }),
  paths: v.record(v.string(), v.record(v.string(), v.unknown())),
  components: v.optional(v.object({ schemas: v.optional(v.record(v.string(), jsonSchema), {}) }), {}),
  'x-problems': v.optional(v.array(problem), []),
});
export type OpenApi = v.InferOutput<typeof openApiSchema>;

export function getOpenApi(): Endpoint<OpenApi> {
  return { method: 'GET', path: '/openapi.json', schema: openApiSchema };
}

/** A body: its media type and schema. */
export interface Body {
  readonly mediaType: string;
  readonly schema: JsonSchema;
}

export interface Answer {
  readonly status: string;
  readonly description: string;
  readonly headers: readonly string[];
  readonly body: Body | undefined;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body | undefined;
  readonly answers: readonly Answer[];
  readonly access: 'public' | 'token' | 'write key';
  readonly permission: string | undefined;
  readonly limit: string;
  readonly isDeprecated: boolean;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** All operations by first tag, in the order of the document. */
export function operationsByTag({ paths }: OpenApi): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const [path, members] of Object.entries(paths)) {
    for (const [method, value] of Object.entries(members)) {
      if (!METHODS.includes(method)) continue;
      const added = operationOf(method.toUpperCase(), path, v.parse(operation, value));
      groups.set(added.tag, [...(groups.get(added.tag) ?? []), added]);
    }
  }
  return groups;
}

function operationOf(method: string, path: string, parsed: v.InferOutput<typeof operation>): Operation {
  return {
    id: parsed.operationId,
    method,
    path,
    tag: parsed.tags[0] ?? 'other',
    summary: parsed.summary,
    description: parsed.description,
    parameters: parsed.parameters,
    body: bodyOf(parsed.requestBody?.content),
    answers: Object.entries(parsed.responses).map(([status, answer]) => ({
      status,
      description: answer.description,
      headers: Object.keys(answer.headers).filter((name) => name !== 'X-Request-Id'),
      body: bodyOf(answer.content),
    })),
    access: accessOf(parsed.security),
    permission: parsed['x-permission'],
    limit: parsed['x-limit'] ?? 'requests',
    isDeprecated: parsed.deprecated,
  };
}

function bodyOf(content: v.InferOutput<typeof response>['content'] | undefined): Body | undefined {
  const first = Object.entries(content ?? {})[0];
  return first === undefined ? undefined : { mediaType: first[0], schema: first[1].schema };
}

function accessOf(security: v.InferOutput<typeof operation>['security']): Operation['access'] {
  if (security === undefined) return 'token';
  if (security.length === 0) return 'public';
  return security.some((each) => 'writeKey' in each) ? 'write key' : 'token';
}
