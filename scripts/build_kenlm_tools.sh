#!/bin/sh
# Builds KenLM's lmplz and build_binary from the same source as the Python package kenlm (it brings neither).
#
#     scripts/build_kenlm_tools.sh [FOLDER]        (default: build/kenlm-tools)
#
# Prints the folder of the programs. Two minutes on two cores; does nothing where both are there already.
# Needs a C++ compiler and cmake, and Boost's headers for lmplz: without those it builds build_binary alone.
set -eu

version=0.3.0
boost="libboost-program-options-dev libboost-system-dev libboost-thread-dev libboost-test-dev"
cd "$(dirname "$0")/.."
folder=${1:-build/kenlm-tools}
jobs=${JOBS:-2}
python=python3
[ -x .venv/bin/python ] && python=.venv/bin/python

if [ -x "$folder/bin/lmplz" ] && [ -x "$folder/bin/build_binary" ]; then
    echo "$folder/bin"
    exit 0
fi
for tool in cmake c++; do
    if ! command -v "$tool" >/dev/null; then
        echo "$tool is missing; install it with: sudo apt-get install --no-install-recommends cmake g++" >&2
        exit 1
    fi
done

mkdir -p "$folder/bin"
folder=$(cd "$folder" && pwd)
source="$folder/kenlm-$version"
if [ ! -d "$source" ]; then
    "$python" -m pip download --quiet --no-deps --no-binary kenlm "kenlm==$version" -d "$folder" >&2
    tar -xzf "$folder/kenlm-$version.tar.gz" -C "$folder"
fi

if cmake -S "$source" -B "$folder" -DCMAKE_BUILD_TYPE=Release >"$folder/build.log" 2>&1; then
    cmake --build "$folder" -j"$jobs" --target lmplz build_binary >>"$folder/build.log" 2>&1 || {
        tail -n 20 "$folder/build.log" >&2
        exit 1
    }
elif grep -qi boost "$folder/build.log"; then
    echo "Boost is missing, so lmplz is left out; sudo apt-get install --no-install-recommends $boost" >&2
    cd "$source"
    objects=
    for unit in util/*.cc util/double-conversion/*.cc lm/*.cc; do
        case $unit in
            *_test.cc | *_main.cc | *benchmark*) continue ;;
        esac
        objects="$objects ${unit%.cc}.o"
        c++ -I. -O3 -DNDEBUG -DKENLM_MAX_ORDER=6 -std=c++11 -c "$unit" -o "${unit%.cc}.o"
    done
    # shellcheck disable=SC2086  (a list of names without spaces)
    c++ -I. -O3 -DNDEBUG -DKENLM_MAX_ORDER=6 -std=c++11 lm/build_binary_main.cc $objects \
        -o "$folder/bin/build_binary" -lpthread
else
    tail -n 20 "$folder/build.log" >&2
    exit 1
fi
echo "$folder/bin"
