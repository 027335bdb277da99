"""Runs the commands that the documentation shows: each fenced block of sh behind `<!-- run -->`, in a new
folder, with the built programs on PATH. One line per block; ends with 1 when one failed.

    readme.py BIN-FOLDER [FILE...]
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = ["README.md", "clients/README.md"]
SECONDS = 120
BLOCK = re.compile(r"^<!-- run -->[ \t]*\n+```sh[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"^<!-- run -->", re.MULTILINE)


def blocks(path):
    """The marked blocks of a file: the line each begins in, and its commands."""
    text = path.read_text(encoding="utf-8")
    found = [(text.count("\n", 0, m.start(1)) + 1, m.group(1)) for m in BLOCK.finditer(text)]
    if len(found) != len(MARK.findall(text)):
        raise ValueError("a mark <!-- run --> is not followed by a block of sh")
    return found


def run(commands, programs):
    """Runs a block; what it started is ended with it.

    Returns the exit status and what it said; the status is None when it took too long."""
    with tempfile.TemporaryDirectory(prefix="leadrelay-readme-") as folder:
        environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": folder, "XDG_DATA_HOME": f"{folder}/data", "XDG_CONFIG_HOME": f"{folder}/config",
            "REPOSITORY": str(REPOSITORY),
        }
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", commands], cwd=folder, env=environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
            try:
                status = process.wait(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                status = None
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
            said.seek(0)
            return status, said.read().decode("utf-8", errors="replace")


def main(programs, files):
    failed = 0
    for name in files:
        try:
            found = blocks(REPOSITORY / name)
        except (OSError, ValueError) as error:
            print(f"FAIL {name}: {error}")
            failed += 1
            continue
        for line, commands in found:
            status, said = run(commands, Path(programs).resolve())
            if status == 0:
                print(f"pass {name}, line {line}")
                continue
            failed += 1
            print(f"FAIL {name}, line {line}: " + ("took too long" if status is None else f"ended with {status}"))
            for text in said.splitlines()[-12:]:
                print(f"     {text[:300]}")
        if not found:
            print(f"pass {name}: no block is marked")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:] or FILES))
