import type { OpenApiOperationObject, OpenApiSchemaObject } from '@hey-api/openapi-ts';

type Operation = OpenApiOperationObject.V3_1_X;

interface Media {
  schema?: OpenApiSchemaObject.V3_1_X;
}

interface Response {
  readonly content?: Readonly<Record<string, Media>>;
}

/**
 * Leaves what callers need: headers are options of `send`, a refusal is an `ApiError`, and an answer that is
 * checked is whole, so that there is no choice of `fields`.
 */
export function prepare(operation: Operation): void {
  operation.parameters = (operation.parameters ?? []).filter(
    (each) => !('in' in each && (each.in === 'header' || each.name === 'fields')),
  );
  const answered = Object.entries(operation.responses ?? {}).filter(([status]) => status.startsWith('2'));
  operation.responses = Object.fromEntries(answered);
  for (const [, response] of answered) {
    Object.values((response as Response).content ?? {}).forEach(withoutSparsePage);
  }
}

/** Any page would pass as a page of chosen fields. */
function withoutSparsePage(media: Media): void {
  const whole = media.schema?.anyOf?.find((each) => !('$ref' in each && each.$ref.endsWith('/SparsePage')));
  if (whole !== undefined) media.schema = whole;
}
