// Lets a crowd walk on the browser's Python: `node pyodide.mjs PYODIDE SRC CROWD` prints [seconds, state hash].
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, sources, crowd] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, 'pyodide.mjs')).href);
const python = await loadPyodide({ indexURL: folder });
python.mountNodeFS('/src', sources);
python.globals.set('text', readFileSync(crowd, 'utf8'));
const walk = python.runPython(`
import json, sys

sys.path.insert(0, "/src")
sys.dont_write_bytecode = True
from bulwark.sim.maps import read_map
from bulwark.sim.match import Match

crowd = json.loads(text)

def begin():
    return Match.restore(read_map(crowd["map"]), crowd["state"])

def walk(match):
    for _ in range(crowd["ticks"]):
        match.step()

walk(begin())
match = begin()
lambda: walk(match)
`);
const before = process.cpuUsage();
walk();
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify([(user + system) / 1e6, python.runPython('match.state_hash()')]));
