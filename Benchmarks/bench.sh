#!/usr/bin/env bash
# Measures the release build over stdio: a table here, the figures as JSON in the output folder.
# usage: bench.sh BIN_FOLDER OUTPUT_FOLDER
set -euo pipefail

bin=$1
output=$2
mkdir -p "$output"
work=$(mktemp -d "$output/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

"$bin/mcp-client" bench --json "$output/stdio.json" --database "sqlite:$work/bench.sqlite"
echo "Figures as JSON: $output/stdio.json"
