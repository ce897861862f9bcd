// Runs golden_matches.py on pyodide, which is CPython in WebAssembly: `node golden_matches.mjs PYODIDE_FOLDER SOURCES MAPS`.
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const [pyodideFolder, sources, maps] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, 'pyodide.mjs')));
const pyodide = await loadPyodide({ indexURL: pyodideFolder, stdout: (line) => console.log(line) });
pyodide.FS.mkdirTree('/sources');
pyodide.FS.mkdirTree('/maps');
pyodide.FS.mkdirTree('/tests');
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: sources }, '/sources');
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: maps }, '/maps');
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: import.meta.dirname }, '/tests');
pyodide.runPython(`
import sys, runpy
sys.dont_write_bytecode = True
sys.path.insert(0, "/sources")
sys.argv = ["golden_matches.py", "/maps"]
runpy.run_path("/tests/golden_matches.py", run_name="__main__")
`);
