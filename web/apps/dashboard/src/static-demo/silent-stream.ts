/** As often as the server: a stream on which nothing comes for long is taken for a dead one. */
const BETWEEN_COMMENTS = 15_000;
const POSITION = 'event: position\ndata: {"version":0}\n\n';
const COMMENT = ':\n\n';

/** A stream of changes that is open, and on which nothing ever changes. */
export function silentStream(signal: AbortSignal): Response {
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = () => {
    clearInterval(timer);
  };
  const texts = new ReadableStream<string>({
    start(controller) {
      controller.enqueue(POSITION);
      timer = setInterval(() => {
        controller.enqueue(COMMENT);
      }, BETWEEN_COMMENTS);
      signal.addEventListener('abort', () => {
        stop();
        controller.error(signal.reason);
      });
    },
    cancel: stop,
  });
  return new Response(texts.pipeThrough(new TextEncoderStream()), {
    headers: { 'Content-Type': 'text/event-stream' },
  });
}
