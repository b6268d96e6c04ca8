#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy over the engine and the Qt-free services: check_tidy.sh <build folder with compile_commands.json>.
# The sockets' folders are left out: clang 14 (Debian 12's) does not see asio's coroutines in them. Exit 77: no clang-tidy.
set -euo pipefail
build=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tidy=$(command -v clang-tidy-14 || command -v clang-tidy || true)
if [ -z "$tidy" ]; then
    echo "SKIP: clang-tidy is not installed"
    exit 77
fi
find broker app/*/ -name '*.cpp' -not -path 'broker/server/*' -not -path 'broker/api/*' \
    -not -path 'app/bridge/*' -not -path 'app/settings/*' | sort |
    xargs -P "$(nproc)" -n 4 "$tidy" --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option 2>/dev/null
