import { exampleOf } from './example';
import type { Operation, Schemas } from './openapi';

const LONGEST_LINE = 60;

/** The command that sends the operation, with an example of its body; $URL and $TOKEN are the reader's. */
export function curlOf(operation: Operation, schemas: Schemas): string {
  const { method, path, access, body, parameters } = operation;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}"$URL${filled}"`];
  if (access === 'token') lines.push('-H "Authorization: Bearer $TOKEN"');
  if (access === 'write key') lines.push('-u "$WRITE_KEY:"');
  const takes = (header: string) => parameters.some(({ name }) => name === header);
  if (takes('Idempotency-Key')) lines.push('-H "Idempotency-Key: $(uuidgen)"');
  if (takes('If-Match')) lines.push('-H \'If-Match: "1"\'');
  if (body !== undefined) lines.push(...bodyLines(body.mediaType, exampleOf(body.schema, schemas)));
  return lines.join(' \\\n  ');
}

function bodyLines(mediaType: string, example: unknown): readonly string[] {
  if (mediaType === 'application/x-www-form-urlencoded')
    return Object.entries(example ?? {}).map(([name, value]) => `-d ${quoted(`${name}=${String(value)}`)}`);
  return [`-H 'Content-Type: ${mediaType}'`, `-d ${quoted(written(example))}`];
}

/** On one line if that is short. */
function written(example: unknown): string {
  const line = JSON.stringify(example);
  return line.length <= LONGEST_LINE ? line : JSON.stringify(example, null, 2).replaceAll('\n', '\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
