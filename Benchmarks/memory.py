#!/usr/bin/env python3
"""Measures memory over stdio: records taken in a second, recall, and what the process takes in memory.

usage: memory.py LEADRELAY OUTPUT.json RECORDS...

Every number of records is measured in a database of its own, with text of 14 words from a vocabulary with
Zipf's frequencies, in conversations of 25 turns. Times are those of the client, so that they hold everything
between a question written and its answer read.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time

QUESTIONS, BATCH, TURNS = 400, 500, 25
PARTS = (
    "b c d f g k l m n p r s t v z".split(),
    "ala ero imu ono ute ari ole".split(),
    "ten mar sol ver dor lin gat pus".split(),
    "a el is on um".split(),
)


class Server:
    """A server over stdio with a database in a folder."""

    def __init__(self, program, folder):
        self.number = 0
        self.process = subprocess.Popen(
            [program, "serve", "--database", f"sqlite:{folder}/memory.sqlite", "--log-level", "error"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        client = {"name": "bench", "version": "1"}
        self.request(
            "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=client
        )
        self.process.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')

    def request(self, method, **params):
        """What a request brings."""
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            answer = json.loads(line)
            if answer.get("id") == self.number:
                return answer["result"]
        raise SystemExit("the server has ended")

    def call(self, tool, **arguments):
        """The structured result of a tool, which must succeed."""
        result = self.request("tools/call", name=tool, arguments=arguments)
        if result.get("isError"):
            raise SystemExit(f"{tool} failed: {result['content'][0]['text']}")
        return result["structuredContent"]

    def resident(self):
        """What the process has in memory, in bytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise SystemExit("the system does not say what the process takes")

    def close(self):
        """Ends it as a host does."""
        self.process.stdin.close()
        self.process.wait(timeout=60)


def measure(program, records, choose):
    """The figures of one number of records."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(program, folder)
        at_start = server.resident()
        texts = 0.0
        most = at_start
        for start in range(0, records, BATCH):
            memories = [
                {
                    "kind": "episodic",
                    "conversationID": f"C{number // TURNS}",
                    "speaker": ("Ann", "Bob")[number % 2],
                    "text": choose(14),
                }
                for number in range(start, min(records, start + BATCH))
            ]
            began = time.perf_counter()
            server.call("remember", memories=memories)
            texts += time.perf_counter() - began
            if start % (BATCH * 20) == 0:
                most = max(most, server.resident())
        ingested = max(most, server.resident())
        began = time.perf_counter()
        server.call("recall", query=choose(3))
        first = time.perf_counter() - began
        times = []
        for _ in range(QUESTIONS):
            query = f"What did Ann say of {choose(7)}?"
            began = time.perf_counter()
            found = server.call("recall", query=query)["memories"]
            times.append(time.perf_counter() - began)
            if len(found) != 10:
                raise SystemExit(f"recall found {len(found)} of 10 records")
        indexed = server.resident()
        server.close()
        size = os.path.getsize(f"{folder}/memory.sqlite")
    times.sort()
    return {
        "records": records,
        "recordsPerSecond": records / texts,
        "firstRecallSeconds": first,
        "recallMilliseconds": {
            "p50": times[len(times) // 2] * 1000,
            "p95": times[int(len(times) * 0.95)] * 1000,
            "max": times[-1] * 1000,
        },
        "residentBytes": {"start": at_start, "ingesting": ingested, "indexed": indexed},
        "indexBytesPerRecord": (indexed - ingested) / records,
        "databaseBytesPerRecord": size / records,
    }


def main():
    program, output, *counts = sys.argv[1:]
    words = [d + a + b + c for d in PARTS[3] for c in PARTS[2] for b in PARTS[1] for a in PARTS[0]]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    figures = []
    for records in map(int, counts):
        chance = random.Random(1)
        row = measure(
            program, records, lambda count: " ".join(chance.choices(words, weights, k=count))
        )
        figures.append(row)
        recall, memory = row["recallMilliseconds"], row["residentBytes"]
        print(
            f"{records:>9,} records: {row['recordsPerSecond']:,.0f} stored a second, "
            f"recall p50 {recall['p50']:.1f} ms, p95 {recall['p95']:.1f} ms, "
            f"first {row['firstRecallSeconds']:.2f} s; "
            f"{memory['start'] >> 20} MiB at the start, {memory['ingesting'] >> 20} while storing, "
            f"{memory['indexed'] >> 20} with the index ({row['indexBytesPerRecord']:.0f} bytes a record)",
            flush=True,
        )
    with open(output, "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
