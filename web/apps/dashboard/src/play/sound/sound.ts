export interface Volumes {
  readonly effects: number;
  readonly music: number;
  readonly muted: boolean;
}

/** Milliseconds before the same sound starts again, so that a hundred shots are not a hundred times as loud. */
const MIN_INTERVAL = 70;
const MUSIC = 'music';

/** Effects and music, each with its own volume. Browsers play no sound before the player's first gesture. */
export class Sound {
  private context: AudioContext | null = null;
  private effects: GainNode | null = null;
  private music: GainNode | null = null;
  private readonly buffers = new Map<string, Promise<AudioBuffer>>();
  private readonly startedAt = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private volumes: Volumes,
  ) {}

  /** Starts the music. Call it from the player's first gesture. */
  start(): void {
    if (this.context !== null) return;
    this.context = new AudioContext();
    this.effects = this.gain(this.context);
    this.music = this.gain(this.context);
    this.setVolumes(this.volumes);
    void this.loop(this.context, this.music);
  }

  setVolumes(volumes: Volumes): void {
    this.volumes = volumes;
    const audible = volumes.muted ? 0 : 1;
    if (this.effects !== null) this.effects.gain.value = volumes.effects * audible;
    if (this.music !== null) this.music.gain.value = volumes.music * audible;
  }

  play(name: string): void {
    const { context, effects, volumes } = this;
    if (context === null || effects === null || volumes.muted || volumes.effects === 0) return;
    const now = performance.now();
    if (now - (this.startedAt.get(name) ?? -MIN_INTERVAL) < MIN_INTERVAL) return;
    this.startedAt.set(name, now);
    void this.buffer(context, name).then((buffer) => {
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(effects);
      source.start();
    });
  }

  /** Pauses and resumes the music together with the match. */
  setPaused(isPaused: boolean): void {
    if (isPaused) void this.context?.suspend();
    else void this.context?.resume();
  }

  close(): void {
    void this.context?.close();
    this.context = null;
  }

  private gain(context: AudioContext): GainNode {
    const gain = new GainNode(context);
    gain.connect(context.destination);
    return gain;
  }

  private async loop(context: AudioContext, music: GainNode): Promise<void> {
    const buffer = await this.buffer(context, MUSIC);
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.connect(music);
    source.start();
  }

  private buffer(context: AudioContext, name: string): Promise<AudioBuffer> {
    const known = this.buffers.get(name);
    if (known !== undefined) return known;
    const loading = fetch(`${this.folder}sounds/${name}.wav`)
      .then((response) => response.arrayBuffer())
      .then((data) => context.decodeAudioData(data));
    this.buffers.set(name, loading);
    return loading;
  }
}
