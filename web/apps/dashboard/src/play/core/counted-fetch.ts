export interface Arriving {
  /** Called for each part of the body, with its bytes as they came. */
  readonly onBytes: (bytes: number) => void;
  /** The media type of what comes out of the body's gzip; null where it is to stay as it is. */
  readonly unpacked: string | null;
}

/** The same answer, but its body tells how much of it has arrived while it is read, and is unpacked. */
export function arriving(response: Response, { onBytes, unpacked }: Arriving): Response {
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
