#!/usr/bin/env python3
"""Measures campaigns over stdio: reports recorded, and optimize_campaign over 90 days, one call at a time.

usage: campaigns.py LEADRELAY OUTPUT.json CAMPAIGNS CALLS

Half of the campaigns have leads that cost too much of late, so that changes are proposed and stored. Times are the
client's: from a question written to its answer read.
"""

import json
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone

from memory import Server
from workflow import percentiles

BARS = {"optimize_campaign": 3}
DAYS = 90


def rows(campaign, is_poor, today):
    """What is reported of a campaign, by day and channel."""
    found = []
    for ago in range(DAYS, 0, -1):
        for place, channel in enumerate(("search", "social")):
            dear = is_poor and ago <= 7
            found.append({
                "campaignID": campaign, "day": str(today - timedelta(days=ago)), "channel": channel,
                "impressions": 9000 + 37 * (ago * 7 % 29) + place * 500, "clicks": 290 + ago % 5,
                "leads": 190 + ago * 3 % 17, "conversions": 28 + ago % 7,
                "spend": (15000 if dear else 4800) + 10 * (ago % 11), "revenue": 42000 + 100 * (ago % 13),
                "currency": "USD"})
    return found


def main(program, output, campaigns, calls):
    """Measures and tells."""
    today = datetime.now(timezone.utc).date()
    times = {"analyze_campaign": [], "forecast_campaign": [], "optimize_campaign": []}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(program, folder)
        began = time.perf_counter()
        stored = 0
        for number in range(campaigns):
            metrics = rows(f"CMP{number:04d}", number % 2 == 0, today)
            stored += server.call("record_campaign_metrics", metrics=metrics)["added"]
        rate = stored / (time.perf_counter() - began)
        proposals = 0
        for number in range(calls):
            for tool in times:
                start = time.perf_counter()
                answer = server.call(tool, campaignID=f"CMP{number % campaigns:04d}")
                times[tool].append(time.perf_counter() - start)
                proposals += len(answer.get("proposals", []))
        server.close()
    found = {tool: percentiles(all_times) for tool, all_times in times.items()}
    print(f"{stored} reports recorded, {rate:,.0f} a second, 180 a call; {proposals} proposals in {calls} calls")
    for tool, figures in found.items():
        bar = BARS.get(tool)
        said = "" if bar is None else f"   bar {bar} ms: {'met' if figures['p95'] < bar else 'missed'}"
        print(f"  {tool:<20}p50 {figures['p50']:6.2f} ms   p95 {figures['p95']:6.2f} ms   p99 {figures['p99']:6.2f} ms{said}")
    with open(output, "w", encoding="utf-8") as file:
        json.dump({"reportsPerSecond": rate, "milliseconds": found, "proposals": proposals}, file, indent=2)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
