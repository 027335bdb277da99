"""Runs checks, each against a server of its own with an empty database, and prints one line per check."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from wire import Wire

SECONDS_PER_CHECK = 20
REPOSITORY = Path(__file__).resolve().parents[2]
_checks = []


class CheckFailed(AssertionError):
    """What was expected and what was found."""


def require(condition, message):
    """Fails the check with a message unless the condition holds."""
    if not condition:
        raise CheckFailed(message)


def require_equal(found, expected, what):
    """Fails the check unless both are equal, types included (`1` is not `1.0` or `True`)."""
    if type(found) is not type(expected) or found != expected:
        raise CheckFailed(f"{what}: expected {expected!r}, found {found!r}")


def check(only=None):
    """Registers a check under its function's name; `only` names the modes it runs in."""

    def register(function):
        _checks.append((function.__name__, only, function))
        return function

    return register


class Server:
    """A server to be started: its command, its empty folder, and what went over its wire.

    `transport` says how clients reach it: stdio, http or ws.
    """

    def __init__(self, binary, folder, transport="stdio"):
        self.command = str(binary)
        self.transport = transport
        self.database = f"sqlite:{folder}/leads.sqlite"
        self.arguments = ["serve", "--database", self.database]
        self.folder = Path(folder)
        self.wire = Wire()
        self.others = []
        self.starts = 0
        self.log = open(self.folder / f"stderr-{time.monotonic_ns()}.log", "a+", encoding="utf-8", errors="replace")
        # No setting of the caller may reach the server: every check starts from the defaults.
        self.environment = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}

    def again(self):
        """The same database, to be served by another process."""
        other = Server(self.command, self.folder, self.transport)
        self.others.append(other)
        return other

    @asynccontextmanager
    async def listening(self):
        """The running server's address, as `HOST:PORT`; it must end in order when it is asked to."""
        process = await anyio.open_process(
            [self.command, *self.arguments, "--http", "127.0.0.1:0"], cwd=self.folder,
            env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            yield await self._address(process)
            process.send_signal(signal.SIGTERM)
            with anyio.move_on_after(5):
                await process.wait()
            if process.returncode != 0:
                self.wire.problems.append(f"after SIGTERM the server ended with {process.returncode}, expected 0")
        finally:
            if process.returncode is None:
                process.kill()
            with anyio.CancelScope(shield=True):
                await process.wait()

    async def _address(self, process):
        mark = "listening on http://"
        before = self.starts
        self.starts += 1
        with anyio.fail_after(10):
            while True:
                found = [line for line in self.log_tail(None) if line.startswith(mark)]
                if len(found) > before:
                    return found[before].removeprefix(mark).strip()
                if process.returncode is not None:
                    raise CheckFailed(f"the server ended with {process.returncode} instead of listening")
                await anyio.sleep(0.01)

    def problems(self):
        """What broke the protocol's rules, in this process and those that followed it."""
        found = list(self.wire.problems)
        for other in self.others:
            found += other.problems()
        return list(dict.fromkeys(found))

    def close(self):
        for server in (self, *self.others):
            server.log.close()

    def log_tail(self, lines=8):
        self.log.flush()
        text = Path(self.log.name).read_text(encoding="utf-8", errors="replace")
        found = text.splitlines(keepends=True)
        whole = [line.rstrip("\n") for line in found if line.endswith("\n")] if lines is None else text.splitlines()
        return whole if lines is None else whole[-lines:]


def leaves(error):
    """The errors inside nested groups."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


def _describe(error):
    found = leaves(error)
    chosen = next((e for e in found if isinstance(e, CheckFailed)), None) or found[0]
    if isinstance(chosen, CheckFailed):
        return str(chosen)
    if isinstance(chosen, TimeoutError):
        return f"no end within the time allowed ({type(chosen).__name__})"
    text = " ".join(f"{type(chosen).__name__}: {chosen}".split())
    return text if len(text) <= 600 else text[:600] + "…"


async def _run(function, binary, transport):
    folder = tempfile.mkdtemp(prefix="leadrelay-check-")
    server = Server(binary, folder, transport)
    error = None
    try:
        with anyio.fail_after(SECONDS_PER_CHECK):
            await function(server)
    except Exception as caught:
        error = _describe(caught)
    problems = server.problems()
    if problems:
        error = "; ".join(([error] if error else []) + problems[:4])
    tail = server.log_tail() if error else []
    server.close()
    shutil.rmtree(folder, ignore_errors=True)
    return error, tail


def main(title, modes=None, transports=("stdio", "http", "ws")):
    """Reads the command line, runs the checks and ends the process: 0 when all passed."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("binary", nargs="?", default=os.environ.get("LEADRELAY_BIN"),
                        help="the built server (default: $LEADRELAY_BIN)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="run this check only")
    parser.add_argument("--over", choices=transports, default=transports[0], help="how the client reaches the server")
    if modes:
        parser.add_argument("--mode", choices=modes, required=True)
    options = parser.parse_args()
    mode = options.mode if modes else None
    label = " ".join([title, options.over, *([mode] if mode else [])])
    if not options.binary or not os.access(options.binary, os.X_OK) or os.path.isdir(options.binary):
        print(f"FAIL {label} start: no program at {options.binary!r}; build it or set LEADRELAY_BIN")
        sys.exit(1)
    binary = Path(options.binary).resolve()
    chosen = [c for c in _checks if (c[1] is None or mode in c[1]) and (not options.only or c[0] in options.only)]
    if not chosen:
        print(f"FAIL {label} start: no check of this name: {', '.join(options.only)}")
        sys.exit(1)
    failed = 0
    for name, _, function in chosen:
        began = time.monotonic()

        async def run(function=function):
            if mode is None:
                return await _run(function, binary, options.over)
            return await _run(lambda server: function(server, mode), binary, options.over)

        error, tail = anyio.run(run)
        seconds = time.monotonic() - began
        if error:
            failed += 1
            print(f"FAIL {label} {name} ({seconds:.1f} s): {error}")
            for line in tail:
                print(f"     server: {line[:300]}")
        else:
            print(f"pass {label} {name} ({seconds:.1f} s)")
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
