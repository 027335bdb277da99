#!/usr/bin/env bash
# Installs the Debian packages that a build needs and that are missing.
set -euo pipefail

needed=(libcurl4-openssl-dev libhnswlib-dev libsqlite3-dev libssl-dev libstemmer-dev libxgboost-dev pkg-config python3-venv curl openssl)
missing=()
for package in "${needed[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
    missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "Installing missing Debian packages: ${missing[*]}"
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
"${sudo[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq "${missing[@]}"
