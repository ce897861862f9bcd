export interface PyodideFile {
  /** The name it is served under. */
  readonly name: string;
  /** Its size as served. */
  readonly bytes: number;
  /** The media type once gunzipped; null if it is served as it is. */
  readonly unpacked: string | null;
}

/** Pyodide's data files as the build has placed them, by the names that Pyodide requests. */
export interface PyodideFiles {
  /** Absolute path, ending in a slash. */
  readonly folder: string;
  readonly files: Readonly<Record<string, PyodideFile>>;
}

declare global {
  interface ImportMetaEnv {
    readonly PYODIDE: PyodideFiles;
  }
}
