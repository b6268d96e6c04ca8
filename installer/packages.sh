#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian or Ubuntu packages that are missing. Sourced by run.sh and test.sh.
#   weir_install NAME…           stops with a plain sentence when a package cannot be installed
#   weir_install_optional NAME…  says what is missing and goes on

WEIR_BUILD_PACKAGES="g++ cmake ninja-build ccache mold pkg-config
    qt6-base-dev libqt6svg6-dev libgl1-mesa-dev qt6-qpa-plugins libqcustomplot-dev
    libsqlite3-dev libspdlog-dev libasio-dev zlib1g-dev liblz4-dev libzstd-dev libsnappy-dev libisal-dev
    libcli11-dev libre2-dev libssl-dev nlohmann-json3-dev
    libboost-dev libprotobuf-dev libprotoc-dev
    qtkeychain-qt6-dev libsecret-1-0"
WEIR_TEST_PACKAGES="librdkafka-dev kcat lsof strace valgrind xvfb xauth python3 python3-venv clang-format clang-tidy"

weir_missing() {
    local name
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q "install ok installed" || printf '%s ' "$name"
    done
}

weir_as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

weir_apt() {
    weir_as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0 -y --no-install-recommends -qq "$@"
}

weir_install() {
    local missing
    missing=$(weir_missing "$@")
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "Weir needs these packages, and only apt is known here: $missing" >&2
        return 1
    fi
    echo "Installing: $missing"
    weir_apt update >/dev/null || echo "The package lists could not be refreshed; going on with the old ones." >&2
    # shellcheck disable=SC2086
    weir_apt install $missing >/dev/null || { echo "Could not install: $missing" >&2; return 1; }
}

weir_install_optional() {
    local missing
    missing=$(weir_missing "$@")
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    weir_install $missing || echo "Going on without: $missing" >&2
}
