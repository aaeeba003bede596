#!/usr/bin/env bash
# Builds the Go peers into interop/bin, each only when its sources are newer than its program.
# Exit code 3 says that a tool is missing, in one line on stderr.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

needed_go=1.26
peers=(gopeer opnodepeer)

missing() {
    echo "interop: $1" >&2
    exit 3
}

check_tools() {
    command -v go >/dev/null || missing "go is missing: install Go $needed_go or newer and put it into PATH"
    local version
    version=$(GOTOOLCHAIN=local go env GOVERSION)
    version=${version#go}
    [[ $(printf '%s\n' "$needed_go" "$version" | sort -V | head -n 1) == "$needed_go" ]] ||
        missing "go is version $version: install $needed_go or newer"
    # Without cgo, op-node's signature check is three times slower: no peer to measure against.
    export CGO_ENABLED=1
    if [[ -z ${CC:-} ]] && ! command -v gcc >/dev/null; then
        CC=$(command -v clang-19 || command -v clang) || missing "a C compiler is missing: install gcc"
        export CC
    fi
}

up_to_date() {
    [[ -x bin/$1 && -z $(find "$1" -newer "bin/$1" ! -name '*_test.go' -print -quit) ]]
}

build_peer() {
    local start=$SECONDS
    echo "interop: building $1 (the first time about two minutes on two cores, and its modules are downloaded)" >&2
    (cd "$1" && nice go build -buildvcs=false -o "../bin/$1" .)
    touch "bin/$1"
    echo "interop: $1 built in $((SECONDS - start)) s" >&2
}

mkdir -p bin
for peer in "${peers[@]}"; do
    if ! up_to_date "$peer"; then
        check_tools
        build_peer "$peer"
    fi
done
