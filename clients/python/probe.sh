#!/bin/sh
# amagi-mcp-probe calls every tool with the examples of its contract, on an empty database with one lead;
# warnings count as failures.
#   probe.sh [BINARY]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
binary=${1:-${LEADRELAY_BIN:-}}
bin="${MCP2_VENV:-$here/../../.build-python/.venv-mcp2}/bin"
if [ -z "$binary" ] || [ ! -x "$binary" ]; then
  echo "FAIL amagi-mcp-probe start: no program at '$binary'; build it or set LEADRELAY_BIN"
  exit 1
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/leadrelay-probe-XXXXXX")
trap 'rm -rf "$folder"' EXIT INT TERM
database="sqlite:$folder/leads.sqlite"

if ! "$bin/python" "$here/probe_arguments.py" "$binary" "$database" "$folder/arguments.json" >"$folder/out" 2>&1 ||
  ! "$bin/amagi-mcp-probe" --strict --allow-destructive --timeout 10 --startup-timeout 10 \
    --args "$folder/arguments.json" -- "$binary" serve --database "$database" >"$folder/out" 2>&1; then
  echo "FAIL amagi-mcp-probe --strict"
  sed 's/^/     /' "$folder/out"
  exit 1
fi
echo "pass amagi-mcp-probe --strict ($(tail -n 1 "$folder/out"))"
