// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "broker/server/net/connection.h"
#include "broker/server/services.h"

namespace weir::server {

/// From frames to handlers: reads the header, finds the handler of the key and version, and closes the connection for
/// what is not served, as Kafka does; ApiVersions of an unknown version alone gets an answer (rule of KIP-511).
/// Thread safe.
class Dispatcher final : public FrameHandler {
public:
    /// `services` may be set later than the dispatcher is made, but before the first frame.
    void serve(Services& services) { m_services = &services; }

    void onFrame(const std::shared_ptr<Peer>& peer, ByteView frame, Responder responder) override;
    void onClosed(const Peer& peer) override;

private:
    Services* m_services = nullptr;
};

}  // namespace weir::server
