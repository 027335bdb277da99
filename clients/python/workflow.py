"""The whole flow with real processes: a server, agents, and an SMTP server that takes its mails.

Used by workflow_demo.py and kill_test.py. Standard library only; the SMTP server runs in an environment of its own,
which setup.sh makes.
"""

import base64
import csv
import http.client
import http.server
import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MAIL_PYTHON = Path(
    os.environ.get("MAIL_VENV", HERE.parents[1] / ".build-python" / ".venv-mail")) / "bin" / "python"
VERSION = "2026-07-28"


class Trouble(Exception):
    """What went wrong, in words."""


class Process:
    """A process of ours, with a file for what it says."""

    def __init__(self, command, folder, name, settings=None, stdin=subprocess.DEVNULL):
        self.command = [str(part) for part in command]
        self.name = name
        self.log = Path(folder) / f"{name}.log"
        self.folder = folder
        self.stdin = stdin
        # No setting of the caller may reach it.
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("LEADRELAY_", "MCP_"))}
        self.environment = {**kept, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), **(settings or {})}
        self.running = None
        self.starts = 0

    def start(self):
        self.starts += 1
        with open(self.log, "ab") as log:
            self.running = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environment, stdin=self.stdin, stdout=log, stderr=log,
                start_new_session=True)
        return self

    def kill(self):
        """Ends it as a power cut would."""
        self.running.kill()
        self.running.wait()

    def stop(self, seconds=10):
        """Asks it to end.

        Returns its exit code, or None when it had to be killed.
        """
        if self.running is None:
            return 0
        if self.running.stdin:
            self.running.stdin.close()
        self.running.terminate()
        try:
            return self.running.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def tail(self, lines=8):
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]


class MailServer:
    """A real SMTP server, which writes down each mail before it says that it has it."""

    def __init__(self, folder, pause=0.0):
        if not os.access(MAIL_PYTHON, os.X_OK):
            raise Trouble(f"there is no {MAIL_PYTHON}: run {HERE / 'setup.sh'} mail")
        command = [MAIL_PYTHON, HERE / "mail_server.py", "--pause", str(pause)]
        self.process = Process(command, folder, "mail", stdin=subprocess.PIPE).start()
        self.port = wait_for(self._port, 20, "the mail server")

    def _port(self):
        first, ended, _ = self.process.log.read_text(encoding="utf-8").partition("\n")
        return int(first) if ended and first.isdigit() else None

    def mails(self):
        """What has arrived so far, in its order: sender, recipients, headers."""
        text = self.process.log.read_bytes()
        # The last line may be half written.
        lines = text[: text.rfind(b"\n") + 1].splitlines()[1:]
        return [json.loads(line) for line in lines if line.startswith(b"{")]

    def count(self):
        return max(0, self.process.log.read_bytes().count(b"\n") - 1)

    def stop(self):
        self.process.stop()


class CallCentre:
    """Takes what is posted for people to call, and counts it."""

    def __init__(self, folder):
        centre = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                centre.calls += 1
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.calls = 0
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        secret = Path(folder) / "webhook.secret"
        secret.write_text("whsec_" + base64.b64encode(os.urandom(32)).decode())
        self.settings = {
            "webhook.url": f"http://127.0.0.1:{self.server.server_port}/calls", "webhook.secretFile": str(secret),
            "webhook.channels": "phone"}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Relay(Process):
    """The server, on a port of its own and a fresh database."""

    def __init__(self, binary, folder, mail_port, settings=None):
        self.port = free_port()
        all_settings = {
            "smtp.url": f"smtp://127.0.0.1:{mail_port}", "smtp.tls": "off", "smtp.from": "sales@relay.example",
            "outreach.organization": "Relay", "outreach.postalAddress": "1 Main Street, Springfield",
            "outreach.senderName": "Ann of Relay", "outreach.topic": "route planning",
            "outreach.bookingURL": "https://relay.example/book",
            "outreach.resources": "A guide=https://relay.example/guide,Prices=https://relay.example/prices",
            **(settings or {}),
        }
        pairs = [part for key, value in all_settings.items() for part in ("--set", f"{key}={value}")]
        super().__init__(
            [binary, "serve", "--http", f"127.0.0.1:{self.port}", "--database", f"sqlite:{folder}/leads.sqlite", *pairs],
            folder, "server")
        self.url = f"ws://127.0.0.1:{self.port}/mcp"

    def start(self):
        super().start()
        wait_for(self._listens, 20, "the server", self)
        return self

    def _listens(self):
        if self.running.poll() is not None:
            raise Trouble(f"the server ended with {self.running.returncode}:\n" + "\n".join(self.tail()))
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return None


class Client:
    """Asks the server over REST and MCP, by one connection that is opened anew when it is gone."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def request(self, method, path, body=None, headers=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self.connection.request(
                method, path, json.dumps(body).encode() if body is not None else None,
                {"Content-Type": "application/json", **(headers or {})})
            answer = self.connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def call(self, tool, **arguments):
        """Calls a tool over MCP; its structured result."""
        body = {
            "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
                "name": tool, "arguments": arguments, "_meta": {
                    "io.modelcontextprotocol/protocolVersion": VERSION,
                    "io.modelcontextprotocol/clientCapabilities": {}}}}
        status, headers, text = self.request("POST", "/mcp", body, {
            "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": VERSION,
            "Mcp-Method": "tools/call", "Mcp-Name": tool})
        said = text.decode()
        if "event-stream" in {key.lower(): value for key, value in headers.items()}.get("content-type", ""):
            said = [line[5:] for line in said.splitlines() if line.startswith("data:")][-1]
        answer = json.loads(said)
        result = answer.get("result")
        if result is None or result.get("isError"):
            raise Trouble(f"{tool}: {status} {said[:500]}")
        return result["structuredContent"]

    def receive(self, lead, key):
        """Gives a lead to the agents, as a form on a website does; its ID."""
        status, headers, text = self.request(
            "POST", "/api/v1/leads", lead, {"Prefer": "respond-async", "Idempotency-Key": key})
        if status != 202:
            raise Trouble(f"POST /api/v1/leads: {status} {text[:300]!r}")
        name = json.loads(text)["leadID"]
        location = {key.lower(): value for key, value in headers.items()}.get("location")
        if location != f"/api/v1/leads/{name}/journey":
            raise Trouble(f"POST /api/v1/leads: the journey of {name} is said to be at {location}")
        return name

    def process(self, lead, key):
        """Takes a lead all the way in one call; its ID."""
        status, _, text = self.request("POST", "/api/v1/leads", lead, {"Idempotency-Key": key})
        if status != 200:
            raise Trouble(f"POST /api/v1/leads: {status} {text[:300]!r}")
        return json.loads(text)["leadID"]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(ready, seconds, what, process=None):
    """Asks until there is an answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ready()
        if found is not None:
            return found
        time.sleep(0.02)
    said = "\n".join(process.tail()) if process else ""
    raise Trouble(f"{what}: nothing within {seconds} s\n{said}")


COLUMNS = {
    "source": "source", "company_size": "companySize", "industry": "industry", "persona": "persona", "region": "region",
    "email": "email", "phone": "phone", "name": "name", "company": "company", "domain": "domain",
    "time_zone": "timeZone", "message": "message",
}


def sample_leads(binary, folder, count, seed=1):
    """Leads of the built-in generator, as forms on a website send them."""
    target = Path(folder) / "sample"
    subprocess.run(
        [str(binary), "generate", str(target), "--leads", str(max(300, count)), "--seed", str(seed)], check=True,
        stdout=subprocess.DEVNULL)
    leads = []
    with open(target / "leads.csv", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            lead = {name: row[column] for column, name in COLUMNS.items() if row.get(column)}
            lead["consent"] = row["gdpr_consent"] == "True"
            if lead.get("email") and lead.get("message"):
                leads.append(lead)
    return leads[:count]
