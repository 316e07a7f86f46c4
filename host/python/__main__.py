"""Four programs on the core: an echo server, a client, a relay, and the conformance scripts.

Messages have a length of four bytes in front of them; the core does the framing.
"""

import json
import sys
from argparse import ArgumentParser

from wasmtime import WasmtimeError

from instance import Loaded, load
from loop import Loop
from programs import LENGTH_PREFIXED, OPTIONS, Client, Echo, Relay
from script import Json
from vectors import Player

PATIENCE = 60.0
LAST_WORDS = 1.0
FEATURES = {"batch", "framing", "memory"}


def serve(port: int) -> str:
    """Sends every message back, until standard input ends."""
    loop = Loop()

    def end() -> None:
        ask_all(loop, "close")
        loop.timers.after(LAST_WORDS, lambda: ask_all(loop, "abort"))  # who does not read

    print(f"listening {loop.listen(port, Echo(), LENGTH_PREFIXED, OPTIONS)}", flush=True)
    loop.at_end_of_input(end)
    loop.run()
    return ""


def ask_all(loop: Loop, command: str) -> None:
    for connection in list(loop.connections.values()):
        connection.ask(command)


def send(port: int, count: int) -> str:
    """Sends messages, and says what came back and how fast."""
    loop, client = Loop(), Client(count)
    loop.connect(port, client, LENGTH_PREFIXED, OPTIONS)

    def give_up() -> None:
        client.error = f"{client.back} echoes after {PATIENCE:.0f} s"
        ask_all(loop, "abort")

    loop.timers.after(PATIENCE, give_up)
    loop.run()
    if not client.error:
        rate = round(count / client.seconds) if client.seconds else 0
        print(f"{count} messages, sha256 {client.hash.hexdigest()}, {rate} messages/s")
    return client.error


def relay(port: int) -> str:
    """Accepts one connection and passes its messages on to a port."""
    loop = Loop()
    app = Relay(loop, port)
    print(f"listening {loop.listen(0, app, LENGTH_PREFIXED, OPTIONS)}", flush=True)
    loop.run()
    return app.error


def play(loaded: Loaded, header: Json, lines: list[Json]) -> str:
    if lacking := set(header.get("requires", [])) - FEATURES:
        return f"skip {', '.join(sorted(lacking))}"
    try:
        return Player(loaded, header, lines).play()
    except (ValueError, KeyError, RuntimeError) as error:
        return f"error {error}"


def vectors() -> str:
    """Plays the scripts on standard input."""
    loaded, lines = load(), [json.loads(line) for line in sys.stdin if line.strip()]
    begins = [index for index, line in enumerate(lines) if "sansock" in line]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        header = lines[begin]
        print(header["id"], play(loaded, header, lines[begin + 1 : end]), flush=True)
    return ""


def main() -> int:
    parser = ArgumentParser(prog="python host/python", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for program, numbers in (
        (serve, "[port]"),
        (send, "port count"),
        (relay, "port"),
        (vectors, ""),
    ):
        command = commands.add_parser(program.__name__, help=program.__doc__)
        for number in numbers.split():
            optional = {"nargs": "?", "default": 0} if number.startswith("[") else {}
            command.add_argument(number.strip("[]"), type=int, **optional)
        command.set_defaults(program=program)
    given = vars(parser.parse_args())
    program = given.pop("program")
    try:
        error = program(**given)
    except (OSError, RuntimeError, WasmtimeError) as failure:
        error = str(failure)
    if error:
        print(f"{program.__name__}: {error}", file=sys.stderr)
    return 1 if error else 0


if __name__ == "__main__":
    sys.exit(main())
