export interface CountOptions {
  /** Called for each chunk of the body, with its size as transferred. */
  readonly onBytes: (bytes: number) => void;
  /** The media type of the body once gunzipped; null to leave the body as it is. */
  readonly unpacked: string | null;
}

/** The same response, but reading its body counts the bytes that arrive, and gunzips them if asked to. */
export function countBytes(response: Response, { onBytes, unpacked }: CountOptions): Response {
  if (!response.ok || response.body === null) {
    throw new Error(`${response.url} answered with status ${response.status}.`);
  }
  const counted = response.body.pipeThrough(counter(onBytes));
  if (unpacked === null) return new Response(counted, { headers: response.headers });
  return new Response(counted.pipeThrough(new DecompressionStream('gzip')), {
    headers: { 'Content-Type': unpacked },
  });
}

function counter(onBytes: (bytes: number) => void): TransformStream<Uint8Array<ArrayBuffer>, BufferSource> {
  return new TransformStream({
    transform(part: Uint8Array<ArrayBuffer>, controller: TransformStreamDefaultController<BufferSource>) {
      onBytes(part.byteLength);
      controller.enqueue(part);
    },
  });
}
