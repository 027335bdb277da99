"""Leads go through the whole flow: a server, a triage-agent and two engagement-agents over WebSocket, and an SMTP server
that their mails arrive at. Then an optimizer-agent looks after three campaigns that go wrong.

    workflow_demo.py BIN_FOLDER [--leads 200]
"""

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

from workflow import CallCentre, Client, MailServer, Process, Relay, Trouble, sample_leads

STAGES = ["received", "triaged", "handed_off", "engaged", "monitored", "converted"]
WIDTH = 40
SECONDS = 60
# So many seconds the leads come in for.
ARRIVAL = 6
# With the bands as they are most of the sample's leads are nurtured, by mails that are due on other days.
# A change of a bid goes without a person, where its risk is low.
SETTINGS = {"triage.coldLeadScore": "55", "campaigns.autoApply": "bid_change"}
# Of a campaign's last week: what a lead costs, and the clicks of 10,000 impressions; 25 and 300 in the weeks before.
CAMPAIGNS = {"spring-search": (75, 300), "summer-social": (25, 140), "autumn-display": (75, 140)}


class Progress:
    """The funnel as it fills: drawn anew in a terminal, else a line now and then."""

    def __init__(self, total):
        self.total = total
        self.is_terminal = sys.stdout.isatty()
        self.drawn = 0
        self.last = None
        self.began = time.monotonic()

    def show(self, reached, mails):
        seconds = time.monotonic() - self.began
        if self.is_terminal:
            lines = [f"{seconds:5.1f} s   mails arrived: {mails}"] + funnel(reached, self.total)
            if self.drawn:
                sys.stdout.write(f"\x1b[{self.drawn}A")
            sys.stdout.write("".join(f"\x1b[2K{line}\n" for line in lines))
            self.drawn = len(lines)
        else:
            now = (tuple(reached[stage] for stage in STAGES), mails)
            if now != self.last:
                counts = "  ".join(f"{stage} {reached[stage]}" for stage in STAGES[:-1])
                print(f"{seconds:5.1f} s  {counts}  mails {mails}")
            self.last = now
        sys.stdout.flush()


def bar(count, most):
    return "█" * round(count * WIDTH / max(1, most))


def funnel(reached, total):
    return [f"  {stage:<12}{bar(reached[stage], total):<{WIDTH}} {reached[stage]}" for stage in STAGES]


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Visitors(threading.Thread):
    """Sends the leads in, one after the other, within some seconds."""

    def __init__(self, port, leads):
        super().__init__(daemon=True)
        self.client = Client(port)
        self.leads = leads
        self.names = []
        self.trouble = None

    def run(self):
        began = time.monotonic()
        try:
            for number, lead in enumerate(self.leads):
                time.sleep(max(0, began + number * ARRIVAL / len(self.leads) - time.monotonic()))
                self.names.append(self.client.receive(lead, f"demo-{number}"))
        except Exception as error:  # noqa: BLE001
            self.trouble = error


def watch(client, mail, visitors, progress):
    """Shows the journeys until nobody works on a lead any more."""
    journeys, quiet_since, end = {}, None, time.monotonic() + SECONDS
    while time.monotonic() < end:
        are_all_in = not visitors.is_alive()
        if visitors.trouble:
            raise Trouble(f"a lead could not be given in: {visitors.trouble}")
        for name in list(visitors.names):
            known = journeys.get(name)
            if known and not open_work(known) and known["stage"] not in ("received", "engaged"):
                continue
            journeys[name] = client.call("get_journey", leadID=name)
        reached = Counter(step["stage"] for journey in journeys.values() for step in unique(journey))
        mails = mail.count()
        progress.show(reached, mails)
        is_over = are_all_in and all(not open_work(journey) for journey in journeys.values())
        if not is_over or quiet_since is None or quiet_since[1] != mails:
            quiet_since = (time.monotonic(), mails) if is_over else None
        elif time.monotonic() - quiet_since[0] > 1.5:
            return journeys
        time.sleep(0.2)
    raise Trouble(f"not every lead came through within {SECONDS} s")


def open_work(journey):
    """What the agents of the demo have to do; requests for support and for those who hire wait for others."""
    return [
        work for work in journey.get("work", [])
        if work["state"] in ("ready", "claimed") and work["role"] in ("triage", "engagement")]


def unique(journey):
    return {step["stage"]: step for step in journey["steps"]}.values()


def answers(client, mails, journeys):
    """People answer some of the mails, which is reported as a mail provider would, and two in five who do buy.

    What was tried, and what came of it, is remembered as an agent that looks after campaigns would.
    """
    chance = random.Random(4)
    reports, episodes, converted = [], [], 0
    for name, journey in journeys.items():
        if all(step["stage"] not in ("engaged", "monitored") for step in journey["steps"]):
            continue
        engagement = client.call("get_engagement", leadID=name)["engagement"]
        done = [step for step in engagement["steps"] if step["state"] == "delivered"]
        if not done:
            continue
        has_replied = done[0]["messageID"] in mails and chance.random() < 0.6
        if has_replied:
            reports.append({"id": f"reply-{name}", "messageID": done[0]["messageID"], "kind": "replied"})
            if chance.random() < 0.4:
                client.call("record_outcome", leadID=name, disposition="converted", conversionType="demo_booked")
                converted += 1
        if has_replied:
            episodes.append({"leadID": name, "fact": {"key": "preferred_channel", "value": "email"}})
        episodes.append({
            "leadID": name, "source": "campaigns", "episode": {
                "situation": "first_contact", "outcome": 1.0 if has_replied else 0.0,
                "actions": [f"{step['template']} by {step['channel']}" for step in done]}})
    if reports:
        client.call("record_delivery", reports=reports)
    if episodes:
        client.call("remember", memories=episodes)
    return len(reports), converted


def all_handoffs(client):
    cursor, found = {}, []
    while True:
        page = client.call("list_handoffs", limit=100, **cursor)
        found += page["handoffs"]
        if not page.get("nextCursor"):
            return found
        cursor = {"cursor": page["nextCursor"]}


def report(client, mail, calls, names, journeys):
    mails = {message_id(entry): entry for entry in mail.mails()}
    replies, converted = answers(client, mails, journeys)
    journeys = {name: client.call("get_journey", leadID=name) for name in names}
    reached = Counter(step["stage"] for journey in journeys.values() for step in unique(journey))
    print("\nFunnel: leads that reached a stage")
    print("\n".join(funnel(reached, len(names))))

    print("\nStage latencies")
    for before, after in zip(STAGES, STAGES[1:-1]):
        times = []
        for journey in journeys.values():
            at = {step["stage"]: moment(step["at"]) for step in reversed(journey["steps"])}
            if before in at and after in at:
                times.append((at[after] - at[before]) * 1000)
        if times:
            print(f"  {before + ' → ' + after:<26}p50 {percentile(times, 0.5):7.0f} ms   "
                  f"p95 {percentile(times, 0.95):7.0f} ms   ({len(times)} leads)")

    handoffs = all_handoffs(client)
    states = Counter(handoff["state"] for handoff in handoffs)
    print(f"\nHandoff quality: {len(handoffs)} handoffs, " + ", ".join(f"{n} {s}" for s, n in states.most_common()))
    bins = Counter(min(19, int(handoff["quality"] * 20 + 1e-9)) for handoff in handoffs)
    for place in range(min(bins, default=0), 20):
        print(f"  {place / 20:.2f} to {place / 20 + 0.05:.2f}  {bar(bins[place], max(bins.values())):<{WIDTH}} {bins[place]}")

    categories = Counter(
        client.call("get_lead", leadID=name)["lead"].get("category", "none") for name in names)
    print("\nCategories: " + ", ".join(f"{count} {category}" for category, count in categories.most_common()))
    print(f"E-mails arrived: {len(mails)}, {replies} of them answered and {converted} leads converted, as if by people. "
          f"Calls asked for: {calls.calls}.\n  Only what is due at once goes out: invitations and what nurtures are due in "
          "minutes to weeks, calls in a\n  lead's own daytime.")
    dead = client.call("list_dead_letters", limit=100)["deadLetters"]
    for reason, count in Counter(letter["lastError"] for letter in dead).most_common(3):
        print(f"  {count} leads wait for a person: {reason}")
    learned = client.call("consolidate_memory")
    facts = client.call("list_memories", kinds=["long_term"], limit=200)["memories"]
    print(f"\nMemory learned: {len(facts)} facts, {learned['patterns']} of them patterns of what works "
          f"({learned['examined']} records looked through)")
    # What is about no lead stands for all of them.
    for fact in sorted(facts, key=lambda fact: "leadID" in fact)[:4]:
        print(f"  {fact['text']}" + (f"   ({fact['leadID']})" if "leadID" in fact else ""))


def record_campaigns(client):
    """Four weeks of three campaigns, reported day by day: in the last week each goes wrong in its own way."""
    today = datetime.now(timezone.utc).date()
    rows = []
    for campaign, (cost, clicks) in CAMPAIGNS.items():
        channel = campaign.split("-")[1]
        for ago in range(28, 0, -1):
            is_late = ago <= 7
            rows.append({
                "campaignID": campaign, "day": str(today - timedelta(days=ago)), "channel": channel,
                "impressions": 10000, "clicks": clicks if is_late else 300, "leads": 200, "conversions": 30,
                "spend": 200 * (cost if is_late else 25), "revenue": 40000, "currency": "USD"})
    client.call("record_campaign_metrics", metrics=rows)


def decided(client):
    """What became of the campaigns; None while the agent is at work."""
    found = {}
    escalations = client.call("list_escalations", state="open", owner="campaign-manager", limit=100)["escalations"]
    for campaign in CAMPAIGNS:
        controls = client.call("analyze_campaign", campaignID=campaign)["controls"]
        asked = [one for one in escalations if campaign in (one["subject"], one["context"].get("campaignID"))]
        if controls["revision"] == 0 and not asked:
            return None
        found[campaign] = (controls, asked)
    return found


def optimize(client):
    print("\nCampaigns: three go wrong in their last week, and the optimizer-agent is called for each")
    record_campaigns(client)
    end = time.monotonic() + SECONDS
    found = None
    while found is None:
        if time.monotonic() > end:
            raise Trouble(f"the optimizer-agent did not look after all campaigns within {SECONDS} s")
        time.sleep(0.3)
        found = decided(client)
    for campaign, (controls, asked) in found.items():
        words = [
            f"set {name} to {' '.join(str(part) for part in value.values())} {'times' if 'multiplier' in value else ''}".strip()
            for name, value in controls["values"].items()] if controls["revision"] else []
        words += [f"asked {one['owner']}: {one['reason']}" for one in asked]
        print(f"  {campaign:<16}" + "; ".join(words))


def message_id(mail):
    return dict(mail["headers"])["Message-ID"].strip("<>").split("@")[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bin", type=Path)
    parser.add_argument("--leads", type=int, default=200)
    options = parser.parse_args()
    binaries = options.bin.resolve()
    folder = tempfile.mkdtemp(prefix="leadrelay-demo-")
    running = []
    try:
        mail = MailServer(folder)
        running.append(mail)
        calls = CallCentre(folder)
        running.append(calls)
        relay = Relay(binaries / "leadrelay", folder, mail.port, {**SETTINGS, **calls.settings}).start()
        running.insert(0, relay)
        for kind, number in (("triage", 1), ("engagement", 1), ("engagement", 2), ("optimizer", 1)):
            name = f"{kind}-{number}"
            command = [binaries / f"{kind}-agent", "--url", relay.url, "--worker", name]
            running.insert(0, Process(command, folder, name).start())
        print(f"A server at {relay.url}, a triage-agent, two engagement-agents, an optimizer-agent, an SMTP server "
              "and a webhook for calls run.")
        client = Client(relay.port)
        leads = sample_leads(binaries / "leadrelay", folder, options.leads)
        visitors = Visitors(relay.port, leads)
        print(f"{len(leads)} leads come in within {ARRIVAL} s by POST /api/v1/leads, each answered 202.\n")
        visitors.start()
        journeys = watch(client, mail, visitors, Progress(len(leads)))
        report(client, mail, calls, visitors.names, journeys)
        optimize(client)
    except Trouble as trouble:
        print(f"FAIL {trouble}")
        return 1
    finally:
        for process in running:
            process.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
