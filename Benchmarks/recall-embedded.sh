#!/usr/bin/env bash
# Measures recall with the vectors of sentences, from a service that is started for it and stopped afterwards.
# usage: recall-embedded.sh LEADRELAY FILE [OPTION...]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
leadrelay=$1
file=$2
shift 2

if [ ! -f "$file" ]; then
  echo "skipped: the public conversations are not at $file"
  exit 0
fi
"$root/clients/python/setup.sh" embeddings

# Its first line is the URL, and is there when it listens.
exec {service}< <(exec "$root/.build-python/.venv-embeddings/bin/python" "$root/clients/python/embedding_server.py" 0)
pid=$!
trap 'kill "$pid" 2>/dev/null || true' EXIT
if ! read -r url <&"$service"; then
  echo "the service for embeddings did not start" >&2
  exit 1
fi
"$leadrelay" evaluate-recall "$file" --embedder "$url" --embedding-model all-MiniLM-L6-v2 "$@"
