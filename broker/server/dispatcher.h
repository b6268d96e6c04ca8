// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "broker/server/disk_thread.h"
#include "broker/server/net/frame_handler.h"
#include "broker/server/services.h"

namespace weir::server {

/// From frames to handlers: reads the header, finds the handler of the key and version, and closes the connection for
/// what is not served, as Kafka does; ApiVersions of an unknown version alone gets an answer (rule of KIP-511).
/// Thread safe.
class Dispatcher final : public FrameHandler {
public:
    explicit Dispatcher(Threads threads = Threads::kOwn)
        : m_disk([this](const Handler& handler, Call call,
                        Responder responder) { serve(handler, std::move(call), std::move(responder)); },
                 threads) {}

    /// `services` may be set later than the dispatcher is made, but before the first frame.
    void serve(Services& services) { m_services = &services; }

    void onOpened(const std::shared_ptr<Peer>& peer,
                  const std::shared_ptr<const security::ListenerSecurity>& listener) override;
    void onFrame(const std::shared_ptr<Peer>& peer, ByteView frame, Responder responder) override;
    void onClosed(const Peer& peer) override;
    /// Runs the rest of a call where it may wait for the disk. Dropped, which hangs up on who asked, after `stop`.
    void onDisk(std::function<void()> rest);
    /// Without threads: one call that waits for the disk; false: there is none.
    bool serveOneOfDisk() { return m_disk.runOne(); }
    /// From now on no call waits for the disk any more; those under way are over when this returns.
    void stop() { m_disk.stop(); }

private:
    void serve(const Handler& handler, Call call, Responder responder);

    Services* m_services = nullptr;
    DiskThread m_disk;
};

}  // namespace weir::server
