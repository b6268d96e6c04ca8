#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The same set-up as run.sh, then every test, ending with ctest's own summary. A test that fails is tried once more, and
# both are shown: what fails because the machine was busy for a moment passes then, what is wrong fails again.
# Arguments go to ctest, e.g. installer/test.sh -R storage
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=installer/packages.sh
. installer/packages.sh

# shellcheck disable=SC2086
weir_install $WEIR_BUILD_PACKAGES $WEIR_TEST_PACKAGES
# The client tests use these where they are; a test whose toolchain is missing is skipped and says so.
command -v node >/dev/null || weir_install_optional nodejs npm
command -v javac >/dev/null || weir_install_optional openjdk-17-jdk-headless
command -v mvn >/dev/null || weir_install_optional maven

cmake --preset release -DWEIR_TESTS=ON >/dev/null
cmake --build --preset release
exec ctest --preset release -j4 --repeat until-pass:2 "$@"
