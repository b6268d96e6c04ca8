// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"
#include "broker/security/principal.h"

namespace weir::security {

/// What came of one message of a login.
struct SaslStep {
    enum class State { kContinue, kDone, kFailed };
    State state = State::kFailed;
    /// For the client, unless the login failed.
    Bytes reply;
    /// Who it is, once done.
    Principal principal;
    /// When what the client showed stops being good; none for a password.
    std::optional<Timestamp> goodUntil;
    /// Why it failed, for the client: tells nothing that it does not know already.
    std::string refusal;
};

inline SaslStep saslFailure(std::string refusal) {
    SaslStep step;
    step.refusal = std::move(refusal);
    return step;
}

/// The server's half of one login by one mechanism. Safe on any bytes; used by one thread, for one login.
class SaslServer {
public:
    virtual ~SaslServer() = default;
    virtual SaslStep next(ByteView message) = 0;
};

}  // namespace weir::security
