export interface PyodideFile {
  /** Under which it is served. */
  readonly name: string;
  /** As it is served. */
  readonly bytes: number;
  /** The media type of what comes out of its gzip; null where it is served as it is. */
  readonly unpacked: string | null;
}

/** What the build says of Pyodide's data files, by the names under which Pyodide asks for them. */
export interface PyodideFiles {
  /** Absolute path with a slash at its end. */
  readonly folder: string;
  readonly files: Readonly<Record<string, PyodideFile>>;
}

declare global {
  interface ImportMetaEnv {
    readonly PYODIDE: PyodideFiles;
  }
}
