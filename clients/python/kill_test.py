"""Leads go through the whole flow while the server and the agents are killed at random, and every one of them must
finish exactly once.

    kill_test.py BINARY [--leads 500] [--seed 7] [--kills 60]

What is held against what: the leads that were given in, the server's database once it has stopped, and what the SMTP
server wrote down before it said that it has a mail.
"""

import argparse
import http.client
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from workflow import Client, MailServer, Process, Relay, Trouble

TITLE = "kill-test"
SECONDS = 80
CONNECTIONS = 4
# Leases are short, so that what a dead process had is soon another's. Deaths cost attempts: there are enough.
SETTINGS = {
    "outreach.leaseSeconds": "5", "work.attempts": "50", "triage.coldLeadScore": "60",
    "smtp.connections": str(CONNECTIONS)}
LEASE = 2
# Between writing a mail down and saying that it is taken: a death meanwhile is what makes a mail come twice.
PAUSE = 0.02
# A server that lives has noted the answer to a mail within so many seconds of its arrival.
NOTED_WITHIN = 1.5
# What it had sent before it died the SMTP server reads and writes down up to so many seconds later.
READ_WITHIN = 0.5
AGENTS = [("triage", "triage-1"), ("engagement", "engagement-1"), ("engagement", "engagement-2")]


def form(number):
    """What a website sends: every tenth asks for a job, which nobody is to answer by a campaign."""
    asks_for_job = number % 10 == 9
    return {
        "name": f"Form{number:04d} Person", "email": f"form{number:04d}@customer{number:04d}.example",
        "message": "I would like to apply for a job: are you hiring?" if asks_for_job
        else "Which file formats can I import?"}


def is_engaged(number):
    return number % 10 != 9


def is_processed(number):
    """Every third goes all the way in one call, and with the agents where the server died on it."""
    return number % 3 == 0


class Feed(threading.Thread):
    """Gives the leads in, one after the other, however often the server dies meanwhile."""

    def __init__(self, port, leads, pace):
        super().__init__(daemon=True)
        self.client = Client(port)
        self.leads = leads
        self.pace = pace
        self.names = {}
        self.is_unsure = False
        self.trouble = None

    def run(self):
        try:
            for number in range(self.leads):
                while number not in self.names:
                    try:
                        give = self.client.process if is_processed(number) else self.client.receive
                        self.names[number] = self.known(number) or give(
                            form(number), f"form-{number}-{time.monotonic_ns()}")
                    except (OSError, http.client.HTTPException, ValueError):
                        # It may have been stored before the server died: looked for first, then given in anew.
                        self.is_unsure = True
                        time.sleep(0.05)
                time.sleep(self.pace)
        except Exception as error:  # noqa: BLE001
            self.trouble = error

    def known(self, number):
        if not self.is_unsure:
            return None
        found = self.client.call("search_leads", text=f"form{number:04d}", limit=2)["leads"]
        self.is_unsure = False
        return found[0]["leadID"] if found else None


class Database:
    """Reads the server's database."""

    def __init__(self, folder):
        self.address = f"file:{folder}/leads.sqlite?mode=ro"

    def rows(self, query, *values):
        connection = sqlite3.connect(self.address, uri=True, timeout=10)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def open_work(self):
        """Work that is not done, and messages that are due and not sent."""
        [(work,)] = self.rows(
            "SELECT count(*) FROM work_items WHERE state IN ('ready', 'claimed') AND role <> 'recruiting'")
        [(messages,)] = self.rows(
            "SELECT count(*) FROM outbox WHERE channel = 'email' AND settled_at IS NULL AND not_before <= ?",
            int(time.time() * 1000) + 60_000)
        return work, messages


def disturb(chance, relay, agents, feed, kills, database):
    """Kills one process after the other until the feed is through and it was often enough.

    Returns how often agents were killed, and when the server was.
    """
    killed, deaths = Counter(), []
    end = time.monotonic() + SECONDS / 2
    while time.monotonic() < end and (feed.is_alive() or sum(killed.values()) < kills):
        time.sleep(chance.uniform(0.05, 0.45))
        if not feed.is_alive() and database.open_work() == (0, 0):
            break
        victim = relay if chance.random() < 0.4 else chance.choice(agents)
        before = time.time()
        victim.kill()
        killed[victim.name] += 1
        if victim is relay:
            deaths.append((before, time.time()))
        victim.start()
    feed.join(max(1, end - time.monotonic()))
    if feed.trouble:
        raise feed.trouble
    if feed.is_alive():
        raise Trouble(f"only {len(feed.names)} leads were given in")
    return sum(killed.values()) - len(deaths), deaths


def settle(database, began):
    """Waits until nothing is left to do."""
    while time.monotonic() - began < SECONDS:
        if database.open_work() == (0, 0):
            return
        time.sleep(0.1)
    work, messages = database.open_work()
    raise Trouble(f"after {SECONDS} s {work} pieces of work and {messages} mails are not done")


def examine(database, names, mails, deaths):
    """What is not as it has to be, and the numbers of the summary."""
    problems = []

    def must(condition, text):
        if not condition:
            problems.append(text)

    given = set(names.values())
    stored = {name for (name,) in database.rows("SELECT id FROM leads")}
    must(len(given) == len(names), f"{len(names) - len(given)} leads have another one's name")
    must(stored == given, f"{len(given - stored)} leads are lost, {len(stored - given)} are stored twice")
    dead = database.rows("SELECT kind, last_error FROM work_items WHERE state = 'dead'")
    must(not dead, f"{len(dead)} dead letters, such as {dead[:1]}")

    wanted = {names[number] for number in names if is_engaged(number)}
    applying = given - wanted
    # Where the server died on its way an agent hands the lead over once more.
    processed = {names[number] for number in names if is_processed(number)}
    once, at_most_twice = {1}, {1, 2}
    for what, expected, times, query in [
        ("finished triage", given, once,
         "SELECT lead_id, count(*) FROM work_items WHERE kind = 'triage_lead' AND state = 'done' GROUP BY lead_id"),
        ("work item to triage", given, once,
         "SELECT lead_id, count(*) FROM work_items WHERE kind = 'triage_lead' GROUP BY lead_id"),
        ("finished engagement work", wanted - processed, once,
         "SELECT lead_id, count(*) FROM work_items WHERE kind = 'engage_lead' AND state = 'done' GROUP BY lead_id"),
        ("handoff accepted", wanted - processed, once,
         "SELECT lead_id, count(*) FROM handoffs WHERE state = 'accepted' GROUP BY lead_id"),
        ("handoff accepted", wanted & processed, at_most_twice,
         "SELECT lead_id, count(*) FROM handoffs WHERE state = 'accepted' GROUP BY lead_id"),
        ("handoff", wanted - processed, once, "SELECT lead_id, count(*) FROM handoffs GROUP BY lead_id"),
        ("engagement", wanted, once, "SELECT lead_id, count(*) FROM engagements GROUP BY lead_id"),
        ("first mail", wanted, once,
         "SELECT lead_id, count(*) FROM outbox WHERE channel = 'email' AND step = 0 GROUP BY lead_id"),
        ("request for those who hire", applying, once,
         "SELECT lead_id, count(*) FROM work_items WHERE kind = 'handle_request' GROUP BY lead_id"),
    ]:
        found = dict(database.rows(query))
        wrong = [name for name in expected if found.get(name) not in times]
        must(not wrong, f"{len(wrong)} leads have not exactly one {what}, such as {[(n, found.get(n, 0)) for n in wrong[:2]]}")
        others = set(found) - {"triage": given, "hire": applying}.get(what.split()[-1], wanted)
        must(not others, f"{len(others)} leads have a {what} that nobody wanted, such as {sorted(others)[:2]}")

    stages = dict(database.rows(
        "SELECT leads.id, group_concat(stage) FROM journey_steps JOIN leads ON leads.row = lead_row GROUP BY lead_row"))
    for name in wanted:
        way = stages.get(name, "").split(",")
        if Counter(way) != Counter(["received", "triaged", "handed_off", "engaged", "monitored"]):
            must(False, f"the journey of {name} is {way}")
            break

    addresses = {names[number]: form(number)["email"] for number in names}
    sent = database.rows(
        "SELECT id, lead_id, state, is_possible_duplicate FROM outbox WHERE channel = 'email' AND step = 0")
    arrived = {}
    for mail in mails:
        headers = dict(mail["headers"])
        arrived.setdefault(headers["Message-ID"].strip("<>").split("@")[0], []).append(mail)
    repeats, unmarked, marked, causeless = 0, 0, 0, 0
    for message, lead, state, is_marked in sent:
        copies = arrived.pop(message, [])
        marked += is_marked
        must(state == "delivered", f"message {message} is {state}")
        must(copies, f"message {message} is lost")
        must(all(mail["recipients"] == [addresses[lead]] for mail in copies), f"message {message} went to another address")
        repeats += max(0, len(copies) - 1)
        must(is_marked or len(copies) < 2, f"message {message} came {len(copies)} times and is not marked")
        unmarked += sum("X-Possible-Duplicate" not in dict(mail["headers"]) for mail in copies[1:])
        causeless += sum(not died_after(copy["arrivedAt"], deaths) for copy in copies[:-1])
    must(not arrived, f"{len(arrived)} messages arrived that nobody wrote, such as {list(arrived)[:2]}")
    must(unmarked == 0, f"{unmarked} mails came again without a mark")
    must(causeless == 0, f"{causeless} mails came again though the server did not die before it could note them")
    # Each death leaves as many in doubt as there are connections.
    must(marked <= CONNECTIONS * len(deaths), f"{marked} messages are marked after {len(deaths)} deaths")
    return problems, {"messages": len(sent), "mails": len(mails), "repeats": repeats, "marked": marked}


def died_after(moment, deaths):
    """Whether the server died before it could note that a mail was taken which arrived at a time."""
    return any(after >= moment - READ_WITHIN and before <= moment + NOTED_WITHIN for before, after in deaths)


def run(options, folder, running):
    chance = random.Random(options.seed)
    binary = options.binary.resolve()
    began = time.monotonic()
    mail = MailServer(folder, PAUSE)
    running.append(mail)
    relay = Relay(binary, folder, mail.port, SETTINGS).start()
    running.insert(0, relay)
    agents = []
    for kind, name in AGENTS:
        command = [binary.parent / f"{kind}-agent", "--url", relay.url, "--lease", LEASE]
        agents.append(Process(command, folder, name).start())
        running.insert(0, agents[-1])
    database = Database(folder)
    feed = Feed(relay.port, options.leads, pace=12 / options.leads)
    feed.start()
    agents_died, deaths = disturb(chance, relay, agents, feed, options.kills, database)
    settle(database, began)
    problems = [
        f"{process.name} ended with {code} after SIGTERM" for process in [*agents, relay]
        if (code := process.stop(6)) != 0]
    found, numbers = examine(database, feed.names, mail.mails(), deaths)
    seconds = time.monotonic() - began
    return problems + found, (
        f"{options.leads} leads in {seconds:.0f} s, {len(deaths)} deaths of the server and {agents_died} of agents: "
        f"{numbers['messages']} messages, {numbers['mails']} mails arrived, {numbers['repeats']} of them again and marked, "
        f"{numbers['marked']} messages possibly twice")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=Path)
    parser.add_argument("--leads", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--keep", action="store_true", help="leave the folder with the database and the logs")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="leadrelay-kill-")
    running, problems, summary = [], [], ""
    try:
        problems, summary = run(options, folder, running)
    except Exception as error:  # noqa: BLE001
        problems = [f"{type(error).__name__}: {error}"]
    finally:
        for process in running:
            process.stop()
    if options.keep:
        print(f"     {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    if problems:
        print(f"FAIL {TITLE} (seed {options.seed}): {'; '.join(problems[:6])} {summary}")
    else:
        print(f"pass {TITLE} (seed {options.seed}): {summary}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
