// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "broker/base/bytes.h"
#include "broker/security/listener_security.h"
#include "broker/server/net/peer.h"
#include "broker/server/net/responder.h"

namespace weir::server {

/// Takes whole frames. `frame` (without its length field) stays valid until `responder` is answered, let go
/// or gone.
/// Called on the connection's net thread; must not block for longer than a disk write.
class FrameHandler {
public:
    virtual ~FrameHandler() = default;
    /// Before the first frame; `listener` is nullptr where anybody may come in.
    virtual void onOpened(const std::shared_ptr<Peer>& /*peer*/,
                          const std::shared_ptr<const security::ListenerSecurity>& /*listener*/) {}
    virtual void onFrame(const std::shared_ptr<Peer>& peer, ByteView frame, Responder responder) = 0;
    virtual void onClosed(const Peer& peer) = 0;
};

}  // namespace weir::server
