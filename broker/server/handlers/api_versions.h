// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/protocol/headers.h"
#include "broker/server/net/responder.h"

namespace weir::server {

/// The answer to an ApiVersions request newer than ours: in version 0, with error 35 and the range we speak, so that
/// the client asks again lower (KIP-511).
void sendVersionFallback(const protocol::RequestPrefix& prefix, Responder responder);

}  // namespace weir::server
