"""Conformance scripts on the WASI command, in wasmtime: a stream in, answers out. No host code but this.

    python play-wasi.py conformance.wasm < scripts
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from wasmtime import Engine, ExitTrap, Linker, Module, Store, WasiConfig, WasmtimeError


def scripts() -> Iterator[str]:
    text = ""
    for line in sys.stdin:
        if line.startswith('{"sansock":') and text:
            yield text
            text = ""
        text += line
    yield text


def play(engine: Engine, linker: Linker, module: Module, script: str, folder: Path) -> str:
    (folder / "in").write_text(script)
    wasi = WasiConfig()
    wasi.stdin_file = folder / "in"
    wasi.stdout_file = str(folder / "out")
    store = Store(engine)
    store.set_wasi(wasi)
    try:
        linker.instantiate(store, module).exports(store)["_start"](store)
    except (ExitTrap, WasmtimeError) as error:
        name = json.loads(script.split("\n", 1)[0])["id"]
        return f"{name} error {str(error).splitlines()[0]}"
    store.close()  # what was printed is in the file then
    return (folder / "out").read_text().rstrip("\n")


def main() -> None:
    engine = Engine()
    linker = Linker(engine)
    linker.define_wasi()
    module = Module.from_file(engine, sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for script in scripts():
            print(play(engine, linker, module, script, Path(folder)))


main()
