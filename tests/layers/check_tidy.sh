#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy over the engine: check_tidy.sh <build folder with compile_commands.json>. Exit 77: no clang-tidy.
# The sockets' folders are left out, because clang 14 (Debian 12's) does not see asio's coroutines in them, and the
# messages, which are all of one form. The tidy preset takes in everything.
set -euo pipefail
build=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tidy=$(command -v clang-tidy-14 || command -v clang-tidy || true)
if [ -z "$tidy" ]; then
    echo "SKIP: clang-tidy is not installed"
    exit 77
fi
find broker -name '*.cpp' -not -path 'broker/server/*' -not -path 'broker/api/*' -not -path 'broker/protocol/messages/*' |
    sort |
    xargs -P "$(nproc)" -n 4 "$tidy" --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option 2>/dev/null
