#!/usr/bin/env bash
# Builds the peers into interop/bin (or only those named), each when its sources are newer than its program.
# What cannot be built for want of a tool is named on stderr, one line each, and the exit code is 3.
# build.sh --tools says which tools are there and builds nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

peers=(gopeer gopeer-old opnodepeer opnodeclient rustpeer jspeer gethdisc sigpdisc jsdisc opgeth attacker)
declare -A tool=([gopeer]=go [gopeer-old]=go [opnodepeer]=go [opnodeclient]=go [rustpeer]=cargo [jspeer]=node
    [gethdisc]=go [sigpdisc]=cargo [jsdisc]=node [opgeth]=go [attacker]=go)
declare -A folder=([gopeer-old]=gopeer [opnodeclient]=opnodepeer)
declare -A needed=([go]=1.26 [cargo]=1.88 [node]=20)
declare -A version=(
    [go]='GOTOOLCHAIN=local go env GOVERSION'
    [cargo]='cargo --version'
    [node]='node --version'
)

# What keeps a tool from being used; nothing when it can be.
problem_with() {
    command -v "$1" >/dev/null || {
        echo "$1 is missing: install version ${needed[$1]} or newer and put it into PATH"
        return
    }
    local found
    found=$(eval "${version[$1]}" 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1)
    [[ $(printf '%s\n' "${needed[$1]}" "$found" | sort -V | head -n 1) == "${needed[$1]}" ]] ||
        echo "$1 is version $found: install ${needed[$1]} or newer"
    [[ $1 != node ]] || command -v npm >/dev/null || echo "npm is missing"
    [[ $1 != go ]] || find_c_compiler || echo "a C compiler is missing: install gcc"
}

# Without cgo, op-node's signature check is three times slower: no peer to measure against.
find_c_compiler() {
    export CGO_ENABLED=1
    if [[ -z ${CC:-} ]] && ! command -v gcc >/dev/null; then
        CC=$(command -v clang-19 || command -v clang) && export CC
    fi
}

up_to_date() {
    [[ -x bin/$1 && -z $(find -L "${folder[$1]:-$1}" -name node_modules -prune -o \
        -newer "bin/$1" ! -name '*_test.go' -print -quit) ]]
}

build_go() {
    (cd "${folder[$1]:-$1}" && nice go build -buildvcs=false -o "../bin/$1" "${@:2}")
}

build_gopeer() { build_go gopeer .; }
build_gopeer-old() { build_go gopeer-old -modfile=old.mod -ldflags='-X main.userAgent=opwire-gopeer-old' .; }
build_opnodepeer() { build_go opnodepeer .; }
build_opnodeclient() { build_go opnodeclient ./client; }
build_attacker() { build_go attacker .; }
build_gethdisc() { build_go gethdisc .; }
build_opgeth() { build_go opgeth github.com/ethereum/go-ethereum/cmd/geth; }

# What it is made of is kept for all clones of this tree, as go and ccache keep theirs: it takes minutes.
build_rust() {
    local target=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/opwire/$1}
    (cd "$1" && nice cargo build --quiet --release --locked --target-dir "$target")
    cp "$target/release/$1" "bin/$1"
}

build_rustpeer() { build_rust rustpeer; }
build_sigpdisc() { build_rust sigpdisc; }

build_node() {
    (cd "$1" && npm ci --silent --no-audit --no-fund --ignore-scripts)
    # shellcheck disable=SC2016 # for the script to expand
    printf '#!/bin/sh\nexec node "$(dirname "$0")/../%s/src/main.js" "$@"\n' "$1" >"bin/$1"
    chmod +x "bin/$1"
}

build_jspeer() { build_node jspeer; }
build_jsdisc() { build_node jsdisc; }

if [[ ${1:-} == --tools ]]; then
    for name in go cargo node; do
        problem=$(problem_with "$name")
        echo "interop: ${problem:-$name is there}"
    done
    exit
fi

mkdir -p bin
missing=0
for peer in "${@:-${peers[@]}}"; do
    up_to_date "$peer" && continue
    problem=$(problem_with "${tool[$peer]}")
    if [[ -n $problem ]]; then
        echo "interop: cannot build $peer: $problem" >&2
        missing=3
        continue
    fi
    start=$SECONDS
    echo "interop: building $peer (the first time takes minutes, and what it needs is downloaded)" >&2
    [[ ${tool[$peer]} != go ]] || find_c_compiler
    "build_$peer"
    touch "bin/$peer"
    echo "interop: $peer built in $((SECONDS - start)) s" >&2
done
exit $missing
