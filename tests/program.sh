#!/usr/bin/env bash
# The whole program, as a user runs it. OPWIRE names the binary; by default it is the release build's.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
export OPWIRE=${OPWIRE:-$PWD/build/release/cli/opwire}
[[ -x $OPWIRE ]] || { echo "no program at $OPWIRE: ./dev build release opwire" >&2 && exit 1; }
export PATH=$PATH:$PWD/build/debian/usr/bin
exec python3 -m unittest discover -s tests/program -p '*_test.py' "$@"
