"""Prints how the Autobahn cases of a report went, by section; fails when one failed.

    table.py server|client index.json
"""
import collections
import json
import sys

SECTIONS = {
    "1": "framing", "2": "pings and pongs", "3": "reserved bits", "4": "opcodes",
    "5": "fragmentation", "6": "UTF-8", "7": "closing", "9": "limits and speed",
    "10": "automatic fragmentation",
}
GOOD = ["OK", "NON-STRICT", "INFORMATIONAL"]

role, path = sys.argv[1:]
with open(path) as file:
    (cases,) = json.load(file).values()

counts = collections.defaultdict(collections.Counter)
for number, case in cases.items():
    verdict = case["behavior"]
    if case["behaviorClose"] not in GOOD:
        verdict = case["behaviorClose"]
    counts[number.split(".")[0]][verdict if verdict in GOOD else "FAILED"] += 1
    if verdict != "OK":
        print(f"  {role} {number}: {verdict}")

columns = GOOD + ["FAILED"]
print(f"{role:<28}" + "".join(f"{column:>15}" for column in columns))
total = collections.Counter()
for section in sorted(counts, key=int):
    name = f"{section} {SECTIONS.get(section, '')}"
    print(f"{name:<28}" + "".join(f"{counts[section][column]:>15}" for column in columns))
    total += counts[section]
print(f"{'all':<28}" + "".join(f"{total[column]:>15}" for column in columns))
sys.exit(0 if cases and not total["FAILED"] else 1)
