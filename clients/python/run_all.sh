#!/bin/sh
# Every interoperability check against a built server: one line per check, then the counts.
#   run_all.sh [BINARY]
set -u
here=$(cd "$(dirname "$0")" && pwd)
binary=${1:-${LEADRELAY_BIN:-}}
environments="$here/../../.build-python"
one="${MCP1_VENV:-$environments/.venv-mcp1}/bin/python"
two="${MCP2_VENV:-$environments/.venv-mcp2}/bin/python"
fast="${FASTMCP_VENV:-$environments/.venv-fastmcp}/bin/python"
schemathesis="${REST_VENV:-$environments/.venv-rest}/bin/schemathesis"
if [ -z "${MCP1_VENV:-}" ] || [ -z "${MCP2_VENV:-}" ] || [ -z "${FASTMCP_VENV:-}" ] || [ -z "${REST_VENV:-}" ]; then
  "$here/setup.sh" || exit 1
fi
out=$(mktemp "${TMPDIR:-/tmp}/leadrelay-checks-XXXXXX")
trap 'rm -f "$out" "$out.status"' EXIT INT TERM
export PYTHONDONTWRITEBYTECODE=1

# A script that dies without a word about a check is a failure too.
run() {
  before=$(grep -c '^FAIL ' "$out")
  { "$@" 2>&1; echo $? >"$out.status"; } | tee -a "$out"
  status=$(cat "$out.status")
  if [ "$status" != 0 ] && [ "$(grep -c '^FAIL ' "$out")" = "$before" ]; then
    echo "FAIL $(basename "$2") ended with status $status" | tee -a "$out"
  fi
}

for over in stdio http ws; do
  run "$one" "$here/check_mcp1.py" --over "$over" "$binary"
  for mode in legacy auto 2026-07-28; do
    run "$two" "$here/check_mcp2.py" --over "$over" --mode "$mode" "$binary"
  done
done
for mode in legacy auto 2026-07-28; do
  run "$fast" "$here/check_fastmcp.py" --mode "$mode" "$binary"
done
run python3 "$here/rest.py" "$schemathesis" "$binary"
run python3 "$here/kill_test.py" "$binary"
MCP2_VENV=$(dirname "$(dirname "$two")")
export MCP2_VENV
run sh "$here/probe.sh" "$binary"

passed=$(grep -c '^pass ' "$out")
failed=$(grep -c '^FAIL ' "$out")
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
