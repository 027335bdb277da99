#!/usr/bin/env python3
"""Measures memory over stdio: records taken in a second, recall, and what the process takes in memory.

usage: memory.py [--dimension NUMBERS] LEADRELAY OUTPUT.json RECORDS...

With a dimension the records have vectors too, made of random ones for the words of the vocabulary.
Every number of records is measured in a database of its own, with text of 14 words from a vocabulary with
Zipf's frequencies, in conversations of 25 turns. Times are those of the client, so that they hold everything
between a question written and its answer read.
"""

import argparse
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

    def __init__(self, program, folder, vectors=None):
        self.number = 0
        settings = {"LEADRELAY_MEMORY_WORD_VECTORS": vectors} if vectors else {}
        self.process = subprocess.Popen(
            [program, "serve", "--database", f"sqlite:{folder}/memory.sqlite", "--log-level", "error"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | settings,
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

    def settle(self):
        """Waits until what it does in the background is done: it computes next to nothing."""
        began, quiet = time.monotonic(), 0
        while quiet < 2:
            before = self.computed()
            time.sleep(6)
            quiet = quiet + 1 if self.computed() - before < 0.3 else 0
        return time.monotonic() - began

    def computed(self):
        """The seconds that it has computed."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        """Ends it as a host does."""
        self.process.stdin.close()
        self.process.wait(timeout=60)


def write_vectors(path, words, dimension):
    """A file in GloVe's format with a random vector for every word."""
    chance = random.Random(2)
    with open(path, "w", encoding="ascii") as file:
        for word in words:
            numbers = (f"{chance.gauss(0, 1):.4f}" for _ in range(dimension))
            file.write(f"{word} {' '.join(numbers)}\n")


def measure(program, records, words, dimension):
    """The figures of one number of records."""
    chance = random.Random(1)
    weights = [1 / (rank + 3) for rank in range(len(words))]

    def choose(count):
        return " ".join(chance.choices(words, weights, k=count))

    with tempfile.TemporaryDirectory() as folder:
        vectors = f"{folder}/words.txt" if dimension else None
        if vectors:
            write_vectors(vectors, words, dimension)
        server = Server(program, folder, vectors)
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
        settled = server.settle() if dimension else 0
        times = []
        for _ in range(QUESTIONS):
            query = f"What did Ann say of {choose(7)}?"
            began = time.perf_counter()
            answer = server.call("recall", query=query)
            times.append(time.perf_counter() - began)
            if len(answer["memories"]) != 10:
                raise SystemExit(f"recall found {len(answer['memories'])} of 10 records")
            if dimension and answer.get("vectors") != "used":
                raise SystemExit("recall did not use the vectors")
        indexed = server.resident()
        server.close()
        size = os.path.getsize(f"{folder}/memory.sqlite")
    times.sort()
    return {
        "records": records,
        "dimension": dimension,
        "settledSeconds": settled,
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
    parser = argparse.ArgumentParser(description="measures memory over stdio")
    parser.add_argument("--dimension", type=int, default=0, help="numbers of a vector; 0 for none")
    parser.add_argument("program", help="the server")
    parser.add_argument("output", help="where the figures are written, as JSON")
    parser.add_argument("records", type=int, nargs="+", help="how many records")
    options = parser.parse_args()
    words = [d + a + b + c for d in PARTS[3] for c in PARTS[2] for b in PARTS[1] for a in PARTS[0]]
    figures = []
    for records in options.records:
        row = measure(options.program, records, words, options.dimension)
        figures.append(row)
        recall, memory = row["recallMilliseconds"], row["residentBytes"]
        kind = f" with vectors of {options.dimension} numbers" if options.dimension else ""
        print(
            f"{records:>9,} records{kind}: {row['recordsPerSecond']:,.0f} stored a second, "
            f"recall p50 {recall['p50']:.1f} ms, p95 {recall['p95']:.1f} ms, "
            f"first {row['firstRecallSeconds']:.2f} s; "
            f"{memory['start'] >> 20} MiB at the start, {memory['ingesting'] >> 20} while storing, "
            f"{memory['indexed'] >> 20} with the index ({row['indexBytesPerRecord']:.0f} bytes a record)",
            flush=True,
        )
    with open(options.output, "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
