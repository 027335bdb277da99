#!/bin/sh
# Makes the virtual environments of the interoperability checks: the official client of the legacy era and
# the one of both eras cannot share one. Does nothing when all are there and up to date.
# With the argument "models" it makes the one that scoring models are compared in instead, with "embeddings"
# that of the service that recall is measured with, with "mail" the server that takes mails alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
home="$root/.build-python"
python=${PYTHON:-python3}

if ! command -v "$python" >/dev/null 2>&1 || ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
  echo "Installing the Debian package python3-venv" >&2
  if [ "$(id -u)" = 0 ]; then
    apt-get install -y python3-venv >&2
  else
    sudo apt-get install -y python3-venv >&2
  fi
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
  echo "The clients need Python 3.10 or newer; $python is $("$python" --version 2>&1)" >&2
  exit 1
fi

make_environment() {
  name=$1
  requirements=$2
  folder="$home/$name"
  stamp="$folder/.installed"
  wanted=$({ "$python" --version; cat "$requirements"; } | sha256sum | cut -d' ' -f1)
  if [ -x "$folder/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
    return
  fi
  echo "Installing $(tr '\n' ' ' <"$requirements")into ${folder#"$root"/}" >&2
  rm -rf "$folder"
  mkdir -p "$home"
  "$python" -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements"
  printf '%s' "$wanted" >"$stamp"
}

if [ "${1:-}" = models ]; then
  make_environment .venv-models "$root/Benchmarks/requirements.txt"
  exit
fi
if [ "${1:-}" = embeddings ]; then
  make_environment .venv-embeddings "$here/requirements-embeddings.txt"
  exit
fi
make_environment .venv-mail "$here/requirements-mail.txt"
[ "${1:-}" != mail ] || exit 0
make_environment .venv-mcp1 "$here/requirements-1x.txt"
make_environment .venv-mcp2 "$here/requirements-2x.txt"
make_environment .venv-fastmcp "$here/requirements-fastmcp.txt"
make_environment .venv-rest "$here/requirements-rest.txt"
