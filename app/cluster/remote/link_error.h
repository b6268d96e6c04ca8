// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/base/result.h"

namespace weir::app {

/// How far a connection came before it failed: what a person needs to know first.
enum class LinkStage { kResolve, kConnect, kTls, kProtocol, kLogin, kRequest, kStopped };
struct LinkError {
    LinkStage stage = LinkStage::kRequest;
    /// A sentence: what happened, to what, and what it most likely means.
    std::string message;
    bool isTimeout = false;
};
template <class T>
using LinkResult = Result<T, LinkError>;

}  // namespace weir::app
