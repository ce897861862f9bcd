import type { OpenApiOperationObject, OpenApiSchemaObject } from '@hey-api/openapi-ts';

type Operation = OpenApiOperationObject.V3_1_X;

interface Media {
  schema?: OpenApiSchemaObject.V3_1_X;
}

interface Response {
  readonly content?: Readonly<Record<string, Media>>;
}

/**
 * Removes what callers do not need: headers are options of `send`, errors are an `ApiError`, and validated responses are
 * complete, so there is no choice of `fields`.
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

/** The schema of a page with selected fields would accept any page. */
function withoutSparsePage(media: Media): void {
  const whole = media.schema?.anyOf?.find((each) => !('$ref' in each && each.$ref.endsWith('/SparsePage')));
  if (whole !== undefined) media.schema = whole;
}
