// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct bio_st;

namespace weir::app {

/// A socket as OpenSSL reads and writes it, but for one thing: writing to a connection that the other side has closed
/// is an error and no signal (OpenSSL's own raises SIGPIPE, which ends a process that does not ignore it). The socket
/// stays its owner's.
[[nodiscard]] bio_st* makeQuietBio(int socket);

}  // namespace weir::app
