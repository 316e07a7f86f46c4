"""The wasm file, and an instance of it as plain Python callables.

wasmtime's own `Func.__call__` asks for the function's type each time, 50 us a call. The core is
called for every message, so its functions are called as the C API does: 1.5 us.
"""

import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TypeAlias

import wasmtime
from wasmtime import _ffi as ffi

DEFAULT_FILE = Path(__file__).resolve().parents[2] / "build" / "core.wasm"

Loaded: TypeAlias = tuple[wasmtime.Engine, wasmtime.Module]


def load() -> Loaded:
    """Compiles the core: once, for any number of instances."""
    engine = wasmtime.Engine()
    return engine, wasmtime.Module.from_file(engine, os.environ.get("SANSOCK_CORE", DEFAULT_FILE))


def instantiate(loaded: Loaded) -> tuple[SimpleNamespace, Callable[[], ctypes.Array]]:
    """A fresh instance: its functions, and how to get at its memory as it is now."""
    engine, module = loaded
    store = wasmtime.Store(engine)
    exports = dict(wasmtime.Instance(store, module, []).exports(store))
    memory = exports.pop("memory", None)
    if memory is None or "control" not in exports:
        raise RuntimeError("this is no core")
    functions = {name: _bind(store, name, function) for name, function in exports.items()}
    return SimpleNamespace(**functions), lambda: memory.get_buffer_ptr(store)


def _bind(store: wasmtime.Store, name: str, function: wasmtime.Func) -> Callable[..., int]:
    kind = function.type(store)
    if any(str(one) != "i32" for one in (*kind.params, *kind.results)):
        takes = [float if str(one) == "f64" else int for one in kind.params]  # counts: rare
        return lambda *args: int(
            function(store, *(to(n) for to, n in zip(takes, args, strict=True)))
        )
    raw = (ffi.wasmtime_val_raw_t * 3)()  # arguments, and then the result, 16 bytes each
    slots = ctypes.cast(raw, ctypes.POINTER(ctypes.c_int32))
    trap = ctypes.POINTER(ffi.wasm_trap_t)()
    target = ctypes.byref(function._func)
    fixed = (store._context(), target, raw, len(raw), ctypes.byref(trap))
    invoke = ffi.wasmtime_func_call_unchecked

    def call(a: int = 0, b: int = 0, c: int = 0) -> int:
        slots[0], slots[4], slots[8] = a, b, c
        if invoke(*fixed) or trap:
            raise RuntimeError(f"the core failed in {name}; this instance cannot go on")
        return slots[0]

    return call
