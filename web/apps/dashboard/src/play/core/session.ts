import type { PyodideAPI } from 'pyodide';
import type { PyProxy } from 'pyodide/ffi';

import type { Catalogue } from './catalogue';
import type {
  FileDescription,
  NewMatch,
  Question,
  Report,
  SavedMatch,
  Speed,
  WatchedMatch,
} from './protocol';

const MICROSECONDS_PER_MILLISECOND = 1000;

/** `bulwark.browser.session.Session`, as JavaScript sees it. */
interface PythonSession extends PyProxy {
  order(numbers: PyProxy): void;
  advance(elapsed: number, speed: number, paused: boolean): number;
  snapshot(): Numbers;
  told(): string;
  leave(): void;
  plan(): string;
  ghost(kind: number, column: number, row: number): string;
  tower(uid: number): string;
  field(): Numbers;
  pushes(): Numbers;
  save(): Numbers;
  replay(): Numbers;
  state_hash(): string;
}

/** A bytes-like Python object. */
interface Numbers extends PyProxy {
  getBuffer(type: 'i32' | 'u8'): { readonly data: Int32Array | Uint8Array; release(): void };
}

interface SessionModule extends PyProxy {
  readonly Session: {
    begin(map: string, seed: number, difficulty: number, name: string): PythonSession;
    restore(map: string, save: PyProxy, name: string): PythonSession;
    watch(map: string, replay: PyProxy): PythonSession;
  };
}

/** The match in Python. The methods do what `bulwark.browser.session` documents. */
export class Session {
  private constructor(
    private readonly python: PyodideAPI,
    private readonly session: PythonSession,
  ) {}

  static start(python: PyodideAPI, { map, seed, difficulty, name }: NewMatch): Session {
    return using(
      sessionModule(python),
      (module) => new Session(python, module.Session.begin(map, seed, difficulty, name)),
    );
  }

  static restore(python: PyodideAPI, { map, save, name }: SavedMatch): Session {
    return using(sessionModule(python), (module) =>
      using(toPython(python, save), (bytes) => new Session(python, module.Session.restore(map, bytes, name))),
    );
  }

  static watch(python: PyodideAPI, { map, replay }: WatchedMatch): Session {
    return using(sessionModule(python), (module) =>
      using(toPython(python, replay), (bytes) => new Session(python, module.Session.watch(map, bytes))),
    );
  }

  command(numbers: readonly number[]): void {
    using(toPython(this.python, numbers), (list) => {
      this.session.order(list);
    });
  }

  advance(milliseconds: number, speed: Speed, paused: boolean): number {
    return this.session.advance(Math.round(milliseconds * MICROSECONDS_PER_MILLISECOND), speed, paused);
  }

  snapshot(): Int32Array<ArrayBuffer> {
    return copied(this.session.snapshot(), 'i32') as Int32Array<ArrayBuffer>;
  }

  /** What happened since the last call; null if nothing did. */
  report(): Report | null {
    const report = this.session.told();
    return report === '' ? null : (JSON.parse(report) as Report);
  }

  leave(): void {
    this.session.leave();
  }

  save(): Uint8Array<ArrayBuffer> {
    return copied(this.session.save(), 'u8') as Uint8Array<ArrayBuffer>;
  }

  answer(question: Question, values: readonly number[]): unknown {
    const [first = 0, second = 0, third = 0] = values;
    switch (question) {
      case 'ghost':
        return JSON.parse(this.session.ghost(first, second, third));
      case 'tower':
        return JSON.parse(this.session.tower(first));
      case 'plan':
        return JSON.parse(this.session.plan());
      case 'field':
        return copied(this.session.field(), 'i32');
      case 'pushes':
        return copied(this.session.pushes(), 'i32');
      case 'save':
        return this.save();
      case 'replay':
        return copied(this.session.replay(), 'u8');
      case 'state_hash':
        return this.session.state_hash();
    }
  }

  close(): void {
    this.session.destroy();
  }
}

export function readCatalogue(python: PyodideAPI): Catalogue {
  const module = python.pyimport('bulwark.browser.catalogue') as PyProxy & { catalogue(): string };
  return using(module, () => JSON.parse(module.catalogue()) as Catalogue);
}

/** What a file of the player is. Throws the reason if it cannot be read. */
export function describeFile(
  python: PyodideAPI,
  { file, maps }: { readonly file: Uint8Array; readonly maps: readonly string[] },
): FileDescription {
  const module = python.pyimport('bulwark.browser.files') as PyProxy & {
    describe(file: PyProxy, maps: string): string;
  };
  const described = using(module, () =>
    using(toPython(python, file), (bytes) => module.describe(bytes, JSON.stringify(maps))),
  );
  return JSON.parse(described) as FileDescription;
}

function sessionModule(python: PyodideAPI): SessionModule {
  return python.pyimport('bulwark.browser.session') as SessionModule;
}

function toPython(python: PyodideAPI, value: unknown): PyProxy {
  return python.toPy(value) as PyProxy;
}

/** Frees a Python object after its use, also after a failure: JavaScript alone would never free it. */
function using<Proxy extends PyProxy, Result>(proxy: Proxy, work: (proxy: Proxy) => Result): Result {
  try {
    return work(proxy);
  } finally {
    proxy.destroy();
  }
}

/** Copies out of Python's memory, which may move and be reused. */
function copied(numbers: Numbers, type: 'i32' | 'u8'): Int32Array | Uint8Array {
  const buffer = numbers.getBuffer(type);
  const copy = buffer.data.slice();
  buffer.release();
  numbers.destroy();
  return copy;
}
