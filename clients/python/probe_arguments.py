"""Stores leads, two entities, handoffs and engagements through the server, trains the models that the examples speak
of, and writes arguments for the probe: the examples of every tool's contract, about those; one lead is there to be
erased.

    probe_arguments.py BINARY DATABASE-URL OUTPUT.json
"""

import json
import sqlite3
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools-schema"
# The roles to which a handoff is on offer, named as the tools that take it.
OFFERED = ("accept", "reject")


def stored(binary, database):
    """Triages leads, relates two entities and prepares handoffs over stdio, without any client library, and returns
    their names."""
    answers = answered(binary, database, [
        ("triage_lead", {"name": "Petra Probe", "email": "petra@probe.example"}),
        ("relate_entities", {"relations": [{
            "subject": {"type": "company", "name": "Probe"}, "predicate": "uses",
            "object": {"type": "product", "name": "Examples"}}]}),
        ("triage_lead", {"name": "Emil Erased", "email": "emil@erased.example"}),
        # The conversations that the examples condense.
        ("remember", {"memories": [
            {"kind": "episodic", "conversationID": name, "speaker": "Ann", "text": f"We met in {name} on Monday."}
            for name in ("C-1042", "C-7")]}),
        # Of this one nothing is known: a person has to decide about its handoff.
        ("triage_lead", {"company": "Unknown Probe"}),
        # A lead is on offer once: each handoff that is offered has one of its own.
        *(("triage_lead", {"name": f"{role} Probe", "email": f"{role}@probe.example"}) for role in OFFERED),
    ])
    relation = answers[1]["relations"][0]
    names = {"leadID": answers[0]["leadID"], "entityID": relation["subject"], "toEntityID": relation["object"],
             "erasable": answers[2]["leadID"]}
    leads = {"offer": names["leadID"]} | {
        role: answer["leadID"] for role, answer in zip(OFFERED, answers[5:], strict=True)}
    return names | handoffs(binary, database, leads, answers[4]["leadID"])


def answered(binary, database, calls):
    """Calls tools at once and returns what they answered, in the order of the calls."""
    messages = [
        {"id": "start", "method": "initialize", "params": {"protocolVersion": "2025-11-25", "capabilities": {},
                                                           "clientInfo": {"name": "probe", "version": "1"}}},
        {"method": "notifications/initialized"},
        *({"id": number, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
          for number, (tool, arguments) in enumerate(calls)),
    ]
    text = "".join(json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in messages)
    done = subprocess.run(
        [binary, "serve", "--database", database], input=text, capture_output=True, text=True, timeout=30)
    answers = {answer.get("id"): answer.get("result", {}) for answer in map(json.loads, done.stdout.splitlines())}
    try:
        return [answers[number]["structuredContent"] for number in range(len(calls))]
    except KeyError:
        sys.exit(f"nothing was stored; the server wrote {done.stdout[-500:]!r} and, on stderr, "
                 f"{done.stderr[-500:]!r}")


def handoffs(binary, database, leads, unknown):
    """Prepares a handoff for each tool that changes one, and one that a person has to decide about."""
    prepared = answered(binary, database, [
        ("prepare_handoff",
         {"handoffID": f"hnd_{role}", "leadID": lead, "from": "probe", "to": role, "reason": "Probe"})
        for role, lead in leads.items()
    ] + [("prepare_handoff", {"leadID": unknown, "from": "probe", "to": "sales", "reason": "Probe"})])
    answered(binary, database, [("offer_handoff", {"handoffID": f"hnd_{role}"}) for role in OFFERED])
    return {"handoffID": "hnd_offer", "escalationID": prepared[-1]["escalationID"]}


def engagements(binary, database):
    """Plans an engagement for each tool that changes one, and executes those that are to be paused or reported on."""
    tools = ("execute", "pause", "cancel", "record")
    leads = answered(binary, database, [
        ("triage_lead", {"name": f"{tool} Probe", "email": f"{tool}@engaged.example", "consent": True,
                         "timeZone": "Europe/Oslo", "message": "How does your route planning work?"})
        for tool in tools])
    planned = answered(binary, database, [
        ("plan_engagement", {"leadID": lead["leadID"], "category": "cold_lead"}) for lead in leads])
    names = {tool: plan["engagement"]["engagementID"] for tool, plan in zip(tools, planned, strict=True)}
    executed = answered(binary, database, [
        ("execute_engagement", {"engagementID": names[tool]}) for tool in ("pause", "record")])
    names["lead"] = leads[0]["leadID"]
    return names, executed[1]["engagement"]["steps"][0]["messageID"]


def campaigns(binary, database):
    """Records campaigns whose leads cost too much of late, with a proposal for each tool that changes one, and begins the
    experiment that the examples speak of. Returns the names of the proposals."""
    today = datetime.now(timezone.utc).date()
    names = ("CMP0001", "CMP0002", "CMP0003", "CMP-apply", "CMP-revert")
    rows = [
        {"campaignID": name, "day": str(today - timedelta(days=ago)), "channel": "search", "impressions": 10000,
         "clicks": 300, "leads": 200, "conversions": 30, "spend": 15000 if ago <= 7 and "-" in name else 5000,
         "revenue": 40000, "currency": "USD"}
        for name in names for ago in range(28, 0, -1)]
    examples = json.loads((TOOLS / "create_experiment.json").read_text(encoding="utf-8"))["examples"]
    answers = answered(binary, database, [
        ("record_campaign_metrics", {"metrics": rows}), ("create_experiment", examples[0]["arguments"])])
    assert answers[0]["added"] == len(rows)
    proposed = answered(binary, database, [
        ("optimize_campaign", {"campaignID": f"CMP-{role}"}) for role in ("apply", "revert")])
    ids = {role: answer["proposals"][0]["optimizationID"]
           for role, answer in zip(("apply", "revert"), proposed, strict=True)}
    answered(binary, database, [
        ("apply_optimization", {"optimizationID": ids["revert"], "dryRun": False, "approvedBy": "Probe"})])
    return ids


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
        return {key: names[key] if key in names
                else [names["leadID"]] if key == "leadIDs" and "leadID" in names else about(names, inner)
                for key, inner in value.items()}
    if isinstance(value, list):
        return [about(names, inner) for inner in value]
    return value


def main():
    binary, database, output = sys.argv[1:]
    names = stored(binary, database)
    trained_models(binary, database, Path(output).parent)
    engaged, message = engagements(binary, database)
    proposals = campaigns(binary, database)
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
        if tool["name"] in ("accept_handoff", "reject_handoff"):
            calls = [call | {"handoffID": f"hnd_{tool['name'].split('_')[0]}"} for call in calls]
        if tool["name"] in ("execute_engagement", "pause_engagement", "cancel_engagement"):
            calls = [call | {"engagementID": engaged[tool["name"].split("_")[0]]} for call in calls]
        if tool["name"] in ("plan_engagement", "get_engagement"):
            # The other lead is closed by an outcome before.
            calls = [about({"leadID": engaged["lead"]}, call) for call in calls]
        if tool["name"] == "record_delivery":
            calls = [about({"messageID": message}, calls[0])]
        if tool["name"] in ("apply_optimization", "revert_optimization"):
            calls = [call | {"optimizationID": proposals[tool["name"].split("_")[0]]} for call in calls]
        if tool["name"] == "get_model_report":
            calls.append({})
        arguments[tool["name"]] = calls
    Path(output).write_text(json.dumps(arguments, ensure_ascii=False), encoding="utf-8")


main()
