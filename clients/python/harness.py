"""Runs checks, each against a server of its own with an empty database, and prints one line per check."""

import argparse
import os
import shutil
import sys
import tempfile
import time
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
    """A server to be started: its command, its empty folder, and what went over its wire."""

    def __init__(self, binary, folder):
        self.command = str(binary)
        self.database = f"sqlite:{folder}/leads.sqlite"
        self.arguments = ["serve", "--database", self.database]
        self.folder = Path(folder)
        self.wire = Wire()
        self.others = []
        self.log = open(self.folder / "stderr.log", "a+", encoding="utf-8", errors="replace")
        # No setting of the caller may reach the server: every check starts from the defaults.
        self.environment = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}

    def again(self):
        """The same database, to be served by another process."""
        other = Server(self.command, self.folder)
        self.others.append(other)
        return other

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
        text = (self.folder / "stderr.log").read_text(encoding="utf-8", errors="replace")
        return text.splitlines()[-lines:]


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


async def _run(function, binary):
    folder = tempfile.mkdtemp(prefix="leadrelay-check-")
    server = Server(binary, folder)
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


def main(title, modes=None):
    """Reads the command line, runs the checks and ends the process: 0 when all passed."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("binary", nargs="?", default=os.environ.get("LEADRELAY_BIN"),
                        help="the built server (default: $LEADRELAY_BIN)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="run this check only")
    if modes:
        parser.add_argument("--mode", choices=modes, required=True)
    options = parser.parse_args()
    mode = options.mode if modes else None
    label = f"{title} {mode}" if mode else title
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
                return await _run(function, binary)
            return await _run(lambda server: function(server, mode), binary)

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
