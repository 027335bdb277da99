#!/usr/bin/env python3
"""Measures the workflow over stdio: a handoff step by step, then process_lead, one call at a time.

usage: workflow.py LEADRELAY OUTPUT.json LEADS [STORED]

Every lead is a new one, with a message, a company and an address of its own; messages go to a dry run. With
STORED, so many leads are in the database before. Times are the client's: from a question written to its answer read.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter

from memory import Server

MESSAGES = (
    "We'd like a demo for our team next week.",
    "How much is it for thirty seats?",
    "Can you send me something to read about route planning?",
    "Does it work with our telephone system?",
    "We compare three vendors and decide this month.",
)
INDUSTRIES = ("FinTech", "Logistics", "Retail", "Health", "Education")
# A handoff is three calls of two agents, each with a commit of its own; in process_lead it is one step.
BAR = {"process_lead": 10, "prepare": 3, "offer": 3, "accept": 3, "all three": 3, "as a stage": 3}


def lead(number, chance):
    """A new lead."""
    return {
        "name": f"Ann Berg{number}",
        "email": f"ann{number}@company{number}.example",
        "phone": f"+47 22{number % 1_000_000:06d}",
        "company": f"Company {number}",
        "industry": chance.choice(INDUSTRIES),
        "companySize": chance.choice(("11-50", "51-200", "201-1000")),
        "jobTitle": chance.choice(("CEO", "VP Marketing", "Engineer")),
        "timeZone": "Europe/Oslo",
        "consent": True,
        "message": chance.choice(MESSAGES),
    }


def percentiles(times):
    """What is quoted of times in seconds, in milliseconds."""
    ordered = sorted(times)
    place = lambda share: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 2)
    return {"p50": place(0.5), "p95": place(0.95), "p99": place(0.99), "most": place(1)}


def main(program, output, leads, stored=0):
    """Measures and tells."""
    chance = random.Random(1)
    times = {name: [] for name in ("process_lead", "prepare", "offer", "accept", "all three", "as a stage")}
    outcomes, slow = Counter(), Counter()
    with tempfile.TemporaryDirectory() as folder:
        if stored:
            subprocess.run(
                [program, "generate", f"{folder}/data", "--leads", str(stored)],
                check=True, stdout=subprocess.DEVNULL)
            subprocess.run(
                [program, "import", f"{folder}/data", "--database", f"sqlite:{folder}/memory.sqlite"],
                check=True, stdout=subprocess.DEVNULL)
        server = Server(program, folder)

        def timed(kind, tool, **arguments):
            start = time.perf_counter()
            result = server.call(tool, **arguments)
            times[kind].append(time.perf_counter() - start)
            return result

        for number in range(leads):
            triaged = server.call("triage_lead", **lead(number, chance))
            prepared = timed(
                "prepare", "prepare_handoff", leadID=triaged["leadID"], to="engagement",
                reason="asks for a demo", **{"from": "triage"})
            if prepared["handoff"]["state"] != "prepared":
                continue
            name = prepared["handoff"]["handoffID"]
            timed("offer", "offer_handoff", handoffID=name)
            timed("accept", "accept_handoff", handoffID=name, receiver="bench")
            times["all three"].append(sum(times[part][-1] for part in ("prepare", "offer", "accept")))
        for number in range(leads, leads + leads):
            result = timed("process_lead", "process_lead", **lead(number, chance))
            outcomes[result["outcome"]] += 1
            for stage in result["stages"]:
                if stage["stage"] == "handoff" and stage["status"] != "skipped":
                    times["as a stage"].append(stage["milliseconds"] / 1000)
                if stage["milliseconds"] > stage["budgetMilliseconds"]:
                    slow[stage["stage"]] += 1
        resident = server.resident()
        server.close()
    figures = {
        "leads": leads, "stored": stored, "outcomes": dict(outcomes), "overBudget": dict(slow),
        "milliseconds": {name: percentiles(values) for name, values in times.items()},
        "residentMiB": round(resident / 2**20),
    }
    with open(output, "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=1)
    print(f"{leads} leads, {stored} stored before; outcomes {dict(outcomes)}; over budget {dict(slow)}")
    for name, row in figures["milliseconds"].items():
        bar = BAR.get(name)
        said = "" if bar is None else f"   bar p95 {bar} ms: {'met' if row['p95'] < bar else 'MISSED'}"
        print(f"{name:13} p50 {row['p50']:7.2f}  p95 {row['p95']:7.2f}  p99 {row['p99']:7.2f} ms{said}")


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
