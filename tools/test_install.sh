#!/usr/bin/env bash
# Installs the release build into build/install and uses it as somebody else's program would: with g++, by find_package and
# by pkg-config. Each step counts as one test.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PREFIX=$ROOT/build/install
WORK=$ROOT/build/install-test
passed=0
failed=0

check() {
  local name=$1 log=$WORK/$2.log
  shift 2
  if "$@" >"$log" 2>&1 </dev/null; then
    passed=$((passed + 1))
    printf 'ok: %s\n' "$name"
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$name"
    tail -n 40 "$log"
  fi
}

install_tree() { cmake --install "$ROOT/build/release" --prefix "$PREFIX"; }

# Users include any header first, and their compiler is stricter about nothing and weaker about coroutines.
every_header() {
  (cd "$PREFIX/include" && find opwire -name '*.hpp' | LC_ALL=C sort | sed 's/.*/#include "&"/') >"$WORK/headers.cpp" &&
    [[ -s $WORK/headers.cpp ]] &&
    g++ -std=c++20 -Wall -Wextra -Werror -fsyntax-only $(pkg-config --cflags opwire) "$WORK/headers.cpp"
}

no_test_headers() {
  ! find "$PREFIX/include" -type f ! -name '*.hpp' -o -name '*_for_test.hpp' -o -name '*_conformance.hpp' | grep .
}

by_find_package() {
  cmake -S "$ROOT/examples/ping" -B "$WORK/ping" -G Ninja -DCMAKE_CXX_COMPILER=g++ -DCMAKE_PREFIX_PATH="$PREFIX" &&
    ninja -C "$WORK/ping"
}

by_pkg_config() {
  g++ -std=c++20 -Wall -Wextra $(pkg-config --cflags opwire) "$ROOT/examples/ping/main.cpp" -o "$WORK/ping_pkg_config" \
    $(pkg-config --libs opwire)
}

# The example against another process: the program that was installed beside the library.
ping_the_program() {
  local address=
  "$PREFIX/bin/opwire" perf listen --listen /ip4/127.0.0.1/tcp/0 >"$WORK/listener.log" 2>&1 &
  local listener=$!
  for _ in {1..50}; do
    address=$(sed -n 's/^listening on //p' "$WORK/listener.log")
    [[ -n $address ]] && break
    sleep 0.1
  done
  "$WORK/ping/opwire_ping" "$address"
  local status=$?
  kill "$listener" && wait "$listener"
  return $status
}

rm -rf "$PREFIX" "$WORK"
mkdir -p "$WORK"
export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig
check 'cmake --install' install install_tree
check 'no test header is installed' headers no_test_headers
check 'g++ compiles every installed header' every_header every_header
check 'the example, by find_package' find_package by_find_package
check 'the example runs' run "$WORK/ping/opwire_ping"
check 'the example pings the installed program' ping_the_program ping_the_program
check 'the example, by pkg-config' pkg_config by_pkg_config
check 'it runs too' run_pkg_config "$WORK/ping_pkg_config"
printf '%d passed, %d failed, 0 skipped\n' "$passed" "$failed"
((failed == 0))
