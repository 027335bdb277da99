#!/bin/sh
# The Autobahn cases of everything that is offered, with our server and with our client at the other
# end; all but those of permessage-deflate (12 and 13), which is never agreed on. Prints a table by
# section and fails when a case does.
#   autobahn.sh ECHO-BINARY
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
binary=$1
python=${PYTHON:-python3}
home="$root/.build-python/.venv-autobahn"
kosoku="$home/bin/kosoku"

if ! [ -x "$kosoku" ] || [ "$(cat "$home/.installed" 2>/dev/null || true)" != 0.1.0 ]; then
  echo "Installing kosoku into ${home#"$root"/}" >&2
  rm -rf "$home"
  mkdir -p "$(dirname "$home")"
  "$python" -m venv "$home" || exit 1
  "$home/bin/python" -m pip install --quiet --disable-pip-version-check kosoku==0.1.0 || exit 1
  printf 0.1.0 >"$home/.installed"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/leadrelay-autobahn-XXXXXX") || exit 1
echo_pid=
fuzzer_pid=
finish() {
  [ -z "$echo_pid" ] || kill "$echo_pid" 2>/dev/null
  [ -z "$fuzzer_pid" ] || kill "$fuzzer_pid" 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# Waits until a file holds a line that the pattern fits.
await() {
  tries=0
  until grep -q "$2" "$1" 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
      echo "FAIL nothing listens" >&2
      exit 1
    fi
    sleep 0.1
  done
}

status=0

"$binary" >"$work/port" &
echo_pid=$!
await "$work/port" '^[0-9]'
"$kosoku" -m fuzzingclient -x '12.*' -x '13.*' -o "$work/server" \
  "127.0.0.1:$(cat "$work/port")" >"$work/server.log" 2>&1 || status=1
kill "$echo_pid" 2>/dev/null
echo_pid=
"$python" "$here/table.py" server "$work/server/index.json" || status=1

"$kosoku" -m fuzzingserver -x '12.*' -x '13.*' -o "$work/client" 127.0.0.1:0 \
  >"$work/client.log" 2>&1 &
fuzzer_pid=$!
await "$work/client.log" 'listening on ws://'
"$binary" "$(sed -n 's/.*listening on //p' "$work/client.log" | head -n 1)" || status=1
wait "$fuzzer_pid" || status=1
fuzzer_pid=
"$python" "$here/table.py" client "$work/client/index.json" || status=1

[ "$status" = 0 ] || cat "$work/server.log" "$work/client.log" >&2
exit "$status"
