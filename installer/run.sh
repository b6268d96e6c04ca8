#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From a fresh Debian 12 or Ubuntu 24.04 to a window with a serving broker: installs what is missing, builds, starts.
# Arguments go to weir (or to weir-broker where there is no display).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=installer/packages.sh
. installer/packages.sh

# shellcheck disable=SC2086
weir_install $WEIR_BUILD_PACKAGES
cmake --preset release -DWEIR_TESTS=OFF >/dev/null
cmake --build --preset release

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec build-release/app/weir "$@"
fi
echo "No display here, so the broker starts without the window." >&2
exec build-release/app/weir-broker "$@"
