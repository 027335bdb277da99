"""Stores two leads and two entities through the server, trains the models that the examples speak of, and writes arguments for the
probe: the examples of every tool's contract, about those; one lead is there to be erased.

    probe_arguments.py BINARY DATABASE-URL OUTPUT.json
"""

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools-schema"


def stored(binary, database):
    """Triages two leads and relates two entities over stdio, without any client library, and returns their names."""
    messages = [
        {"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25", "capabilities": {},
                                                     "clientInfo": {"name": "probe", "version": "1"}}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {
            "name": "triage_lead", "arguments": {"name": "Petra Probe", "email": "petra@probe.example"}}},
        {"id": 3, "method": "tools/call", "params": {"name": "relate_entities", "arguments": {"relations": [{
            "subject": {"type": "company", "name": "Probe"}, "predicate": "uses",
            "object": {"type": "product", "name": "Examples"}}]}}},
        {"id": 4, "method": "tools/call", "params": {
            "name": "triage_lead", "arguments": {"name": "Emil Erased", "email": "emil@erased.example"}}},
        # The conversations that the examples condense.
        {"id": 5, "method": "tools/call", "params": {"name": "remember", "arguments": {"memories": [
            {"kind": "episodic", "conversationID": name, "speaker": "Ann", "text": f"We met in {name} on Monday."}
            for name in ("C-1042", "C-7")]}}},
    ]
    text = "".join(json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in messages)
    done = subprocess.run(
        [binary, "serve", "--database", database], input=text, capture_output=True, text=True, timeout=30)
    answers = {answer.get("id"): answer.get("result", {}) for answer in map(json.loads, done.stdout.splitlines())}
    try:
        relation = answers[3]["structuredContent"]["relations"][0]
        return {"leadID": answers[2]["structuredContent"]["leadID"], "entityID": relation["subject"],
                "toEntityID": relation["object"], "erasable": answers[4]["structuredContent"]["leadID"]}
    except KeyError:
        sys.exit(f"nothing was stored; the server wrote {done.stdout[-500:]!r} and, on stderr, "
                 f"{done.stderr[-500:]!r}")


def leads():
    """A small file of leads of which more convert the more they visit."""
    rows = [f"{'Google' if n % 3 else 'Direct'},{n * 7 % 20},{int(n * 7 % 20 + n * 13 % 9 > 14)}" for n in range(150)]
    return "source,visits,Converted\n" + "\n".join(rows) + "\n"


def trained_models(binary, database, folder):
    """Trains two versions of one model and one of another."""
    file = folder / "leads.csv"
    file.write_text(leads(), encoding="utf-8")
    for name in ("leads", "leads", "courses"):
        subprocess.run(
            [binary, "train", "--csv", str(file), "--target", "Converted", "--name", name, "--database", database],
            check=True, capture_output=True, timeout=120)
    # What the examples go back from and to.
    subprocess.run([binary, "models", "activate", "leads-1", "--database", database],
                   check=True, capture_output=True, timeout=60)


def held_work(database, tool):
    """Puts work into the queue that somebody has claimed, as no tool alone does, and returns what names it."""
    now, work = int(time.time() * 1000), f"work_{tool}"
    connection = sqlite3.connect(database.removeprefix("sqlite:"), timeout=10)
    with connection:
        connection.execute(
            "INSERT INTO work_items (workspace, id, kind, role, key, due_at, max_attempts, created_at, payload, state, "
            "attempts, not_before, claim, worker, lease_until, updated_at) "
            "VALUES ('default', ?, 'triage_lead', 'triage', ?, ?, 5, ?, '{}', 'claimed', 1, ?, 1, 'probe', ?, ?)",
            (work, work, now, now, now, now + 3_600_000, now))
    connection.close()
    return {"workID": work, "claim": 1}


def about(names, value):
    """The same arguments with every lead and entity in them replaced."""
    if isinstance(value, dict):
        return {key: names[key] if key in names else [names["leadID"]] if key == "leadIDs" else about(names, inner)
                for key, inner in value.items()}
    if isinstance(value, list):
        return [about(names, inner) for inner in value]
    return value


def main():
    binary, database, output = sys.argv[1:]
    names = stored(binary, database)
    trained_models(binary, database, Path(output).parent)
    arguments = {}
    for file in sorted(TOOLS.glob("*.json")):
        tool = json.loads(file.read_text(encoding="utf-8"))
        # A cursor is good only for the server that made it.
        calls = [about(names, e["arguments"]) for e in tool["examples"] if "cursor" not in e["arguments"]]
        if tool["name"] == "train_scoring_model":
            # One lead is too few, and so are the two rows of an example.
            calls = [{"name": "probe", "csv": leads(), "target": "Converted"}]
        if tool["name"] == "erase_lead":
            calls = [{"leadID": names["erasable"]}]
        if tool["name"] in ("complete_work", "fail_work"):
            # Once: who reports again what is over is refused.
            calls = [calls[0] | held_work(database, tool["name"])]
        if tool["name"] == "get_model_report":
            calls.append({})
        arguments[tool["name"]] = calls
    Path(output).write_text(json.dumps(arguments, ensure_ascii=False), encoding="utf-8")


main()
