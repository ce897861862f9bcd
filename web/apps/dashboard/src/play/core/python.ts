import type { loadPyodide, PyodideAPI } from 'pyodide';

import { countBytes } from './counted-fetch';
import type { PyodideFile, PyodideFiles } from './pyodide-files';

const CORE_ARCHIVE = '/core.zip';
/** The smallest valid module: compiling it shows whether the security policy allows WebAssembly. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** Called with the bytes received so far and the total. */
export type OnProgress = (received: number, total: number) => void;

export interface PythonSources {
  readonly pyodide: PyodideFiles;
  /** URL of the archive with the package `bulwark`. */
  readonly core: string;
}

interface Loader {
  readonly loadPyodide: typeof loadPyodide;
}

/** Python's file system, in memory. */
interface FileSystem {
  writeFile(path: string, content: Uint8Array): void;
}

/** Starts Python with the package `bulwark` on its path. Rejects if a file cannot be loaded or Python does not start. */
export async function startPython(sources: PythonSources, onProgress: OnProgress): Promise<PyodideAPI> {
  new WebAssembly.Module(EMPTY_MODULE); // Pyodide itself would wait forever if it may not compile.
  const files = new FileLoader(sources.pyodide, onProgress);
  const [python, archive] = await Promise.all([
    // Pyodide may also wait forever for a file that cannot be loaded.
    Promise.race([files.failure, load(files)]),
    fetchArchive(sources.core),
  ]);
  (python.FS as FileSystem).writeFile(CORE_ARCHIVE, archive);
  python.runPython(`import sys; sys.path.append(${JSON.stringify(CORE_ARCHIVE)})`);
  return python;
}

async function load(files: FileLoader): Promise<PyodideAPI> {
  const indexURL = new URL(files.folder, location.origin).href;
  const loader = (await import(/* @vite-ignore */ `${indexURL}pyodide.mjs`)) as Loader;
  const fetch = globalThis.fetch;
  globalThis.fetch = files.fetch; // Pyodide loads its files with the global fetch.
  try {
    return await loader.loadPyodide({ indexURL, packageBaseUrl: indexURL });
  } finally {
    globalThis.fetch = fetch;
  }
}

/** Serves Pyodide's requests from where the build has placed its files, and counts the bytes that arrive. */
class FileLoader {
  readonly folder: string;
  /** Rejects when a file cannot be loaded; never resolves. */
  readonly failure: Promise<never>;
  private readonly ownFetch = globalThis.fetch.bind(globalThis);
  private readonly files: Readonly<Record<string, PyodideFile>>;
  private readonly onBytes: (bytes: number) => void;
  private fail: (cause: unknown) => void = () => undefined;

  constructor({ folder, files }: PyodideFiles, onProgress: OnProgress) {
    this.folder = folder;
    this.files = files;
    this.failure = new Promise((_, reject) => {
      this.fail = reject;
    });
    const total = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
    let received = 0;
    this.onBytes = (bytes) => {
      received += bytes;
      onProgress(received, total);
    };
  }

  readonly fetch = async (request: RequestInfo | URL, options?: RequestInit): Promise<Response> => {
    const { pathname } = new URL(request instanceof Request ? request.url : request);
    const file = this.files[pathname.slice(this.folder.length)];
    if (file === undefined) return this.ownFetch(request, options);
    try {
      const response = await this.ownFetch(this.folder + file.name, options);
      return countBytes(response, { onBytes: this.onBytes, unpacked: file.unpacked });
    } catch (cause) {
      this.fail(cause);
      throw cause;
    }
  };
}

async function fetchArchive(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  return new Uint8Array(
    await countBytes(response, { onBytes: () => undefined, unpacked: null }).arrayBuffer(),
  );
}
