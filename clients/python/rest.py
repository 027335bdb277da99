"""schemathesis holds the running server against its own OpenAPI document: every check it has, on examples
drawn with the seed that schemathesis.toml fixes.

    rest.py SCHEMATHESIS [BINARY]
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CONFIGURATION = Path(__file__).resolve().parent / "schemathesis.toml"
EXAMPLES = os.environ.get("REST_EXAMPLES", "25")
SECONDS = 240
TITLE = "schemathesis"
MARK = "listening on "


def listening(process, log):
    """The address of the server, once it says that it listens."""
    end = time.monotonic() + 10
    while time.monotonic() < end and process.poll() is None:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
            if line.startswith(MARK) and line.endswith("\n"):
                return line.removeprefix(MARK).strip()
        time.sleep(0.02)
    return None


def fail(why, said=""):
    print(f"FAIL {TITLE}: {why}")
    for line in said.splitlines()[-80:]:
        print(f"     {line}")
    return 1


def examine(schemathesis, address, folder):
    try:
        with urllib.request.urlopen(f"{address}/openapi.json", timeout=5):
            pass
    except OSError as error:
        return fail(f"no document at {address}/openapi.json: {error}")
    command = [
        schemathesis, "--config-file", str(CONFIGURATION), "run", f"{address}/openapi.json", "--checks", "all",
        "--max-examples", EXAMPLES, "--generation-database", "none",
    ]
    began = time.monotonic()
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=SECONDS, env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120", "PYTHONPATH": str(CONFIGURATION.parent),
                 "SCHEMATHESIS_HOOKS": "rest_hooks"})
    except subprocess.TimeoutExpired as error:
        return fail(f"no end within {SECONDS} s", (error.stdout or b"").decode("utf-8", errors="replace"))
    if done.returncode != 0:
        return fail(f"ended with {done.returncode}", done.stdout)
    last = (done.stdout.strip().splitlines() or [""])[-1].strip(" =")
    print(f"pass {TITLE} ({time.monotonic() - began:.1f} s; {last})")
    return 0


def main(schemathesis, binary):
    if not binary or not os.access(binary, os.X_OK):
        return fail(f"no program at {binary!r}; build it or set LEADRELAY_BIN")
    with tempfile.TemporaryDirectory(prefix="leadrelay-rest-") as folder:
        log = Path(folder) / "stderr.log"
        environment = {**os.environ, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder}
        with open(log, "wb") as errors:
            process = subprocess.Popen(
                [str(Path(binary).resolve()), "serve", "--http", "127.0.0.1:0",
                 "--database", f"sqlite:{folder}/leads.sqlite"],
                cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        try:
            address = listening(process, log)
            if address is None:
                return fail("the server does not listen", log.read_text(encoding="utf-8", errors="replace"))
            status = examine(schemathesis, address, folder)
            if process.poll() is not None:
                return fail(f"the server ended with {process.returncode}", log.read_text(encoding="utf-8", errors="replace"))
            process.send_signal(signal.SIGTERM)
            try:
                ended = process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                ended = None
            if ended != 0:
                return fail(f"after SIGTERM the server ended with {ended}, expected 0")
            return status
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else os.environ.get("LEADRELAY_BIN")))
