#!/usr/bin/env bash
# Measures the release build over stdio and WebSocket: tables here, the figures as JSON in the output folder.
# usage: bench.sh BIN_FOLDER OUTPUT_FOLDER
set -euo pipefail

bin=$1
output=$2
mkdir -p "$output"
work=$(mktemp -d "$output/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

echo "== stdio, 32 in flight"
"$bin/mcp-client" bench --json "$output/stdio.json" --database "sqlite:$work/stdio.sqlite"

# The limits are there to be run into by such a load.
listening() {
  local database=$1
  shift
  "$bin/mcp-client" bench "$@" -- "$bin/leadrelay" serve --database "sqlite:$work/$database.sqlite" \
    --set rates.perAddress=0 --set rates.perCredential=0 --set rates.perTool=0 --log-level warning
}

echo
echo "== WebSocket, one connection, 32 in flight (bar: ping at least 60,000 a second)"
listening one --connections 1 --in-flight 32 --json "$output/websocket.json"
echo
echo "== WebSocket, 1,000 connections, 50,000 calls (bars: no error, p99 under 50 ms, memory under 300 MB)"
listening many --connections 1000 --calls 25000 --rate 4000 --json "$output/connections.json"
echo
echo "== WebSocket, 1,000 connections, all of them asking all the time"
listening most --connections 1000 --calls 25000 --json "$output/saturated.json"
echo
echo "== HTTP, 16 connections"
listening http --over http --connections 16 --calls 10000 --json "$output/http.json"
# A model on data with signal of our own making answers instead of the scorecard.
echo
echo "== stdio, a trained model with reasons, 32 in flight (bar: triage_lead at least 2,500 a second)"
"$bin/leadrelay" generate "$work/data" --leads 4000 >"$work/generate.log"
"$bin/leadrelay" import "$work/data" --database "sqlite:$work/trained.sqlite" >"$work/import.log"
"$bin/leadrelay" train --role active --name bench --database "sqlite:$work/trained.sqlite" \
  >"$work/train.log"
"$bin/mcp-client" bench --calls 5000 --json "$output/trained.json" \
  --database "sqlite:$work/trained.sqlite"
echo
echo "== memory over stdio (bars: recall p95 under 5 ms at 6,000 and 20 ms at 100,000 records, 5,000 stored a second)"
python3 "$(dirname "$0")/memory.py" "$bin/leadrelay" "$output/memory.json" 6000 100000
echo
echo "== the workflow over stdio, messages to a dry run (bars: process_lead p95 under 10 ms, a handoff p95 under 3 ms)"
python3 "$(dirname "$0")/workflow.py" "$bin/leadrelay" "$output/workflow.json" 2000
echo
echo "== campaigns over stdio (bar: optimize_campaign over 90 days p95 under 3 ms)"
python3 "$(dirname "$0")/campaigns.py" "$bin/leadrelay" "$output/campaigns.json" 40 1000
echo
echo "== the rules of campaigns (bars: found within 5 days 95 %, healthy weeks flagged 1 %, 10,000 judged a second)"
"$bin/leadrelay" evaluate-campaigns --runs 2000
echo
echo "== the tests of experiments (bars: false positives 5.5 %, power 75 %, coverage 95 %, no alarm at 50/50 in 99.8 %)"
"$bin/leadrelay" evaluate-experiments --runs 3000
"$(dirname "$0")/models.sh" "$bin"

echo
echo "Figures as JSON: $output"
