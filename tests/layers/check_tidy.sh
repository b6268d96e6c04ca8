#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy over the folders that the whole engine stands on: check_tidy.sh <build folder with compile_commands.json>.
# Exit 77: no clang-tidy. The tidy preset takes in every file but needs a clang that sees asio's coroutines (15 or later).
set -euo pipefail
build=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tidy=$(command -v clang-tidy-14 || command -v clang-tidy || true)
if [ -z "$tidy" ]; then
    echo "SKIP: clang-tidy is not installed"
    exit 77
fi
find broker/{base,model,io,config,records,protocol} -name '*.cpp' -not -path '*/messages/*' | sort |
    xargs -P "$(nproc)" -n 4 "$tidy" --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option 2>/dev/null
