#!/usr/bin/env bash
# Imports leads and triages twenty of them through the server, over stdio. Then leads go through the whole flow, by
# agents over WebSocket, until their mails arrive at an SMTP server.
# usage: demo.sh BIN_FOLDER DATA_FOLDER
set -euo pipefail

bin=$1
data=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -f "$data/leads.csv" ]; then
  echo "Importing $data"
else
  data=$work/sample
  echo "Generating a sample data set"
  "$bin/leadrelay" generate "$data" --leads 2000 --seed 1
fi
status=0
"$bin/leadrelay" import "$data" --database "sqlite:$work/demo.sqlite" || status=$?
# 2 says that rows are in quarantine; everything else was imported.
[ "$status" -eq 0 ] || [ "$status" -eq 2 ] || exit "$status"
echo
"$bin/mcp-client" demo --limit 20 --database "sqlite:$work/demo.sqlite"

echo
here=$(cd "$(dirname "$0")" && pwd)
"$here/../clients/python/setup.sh" mail
PYTHONDONTWRITEBYTECODE=1 python3 "$here/../clients/python/workflow_demo.py" "$bin"
