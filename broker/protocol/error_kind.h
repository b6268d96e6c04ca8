// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/model/admin.h"
#include "broker/protocol/error_code.h"

namespace weir::protocol {

/// What an error code means to a person who asked for something, wherever it was answered. Codes that say "not now"
/// mean something else beside the broker than far from it: callers look at those first.
[[nodiscard]] ClusterErrc errorKind(ErrorCode code);

}  // namespace weir::protocol
