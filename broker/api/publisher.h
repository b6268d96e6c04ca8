// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <vector>

#include "broker/model/admin.h"
#include "broker/server/services.h"

namespace weir::api {

/// Producing from inside the process: records become batches as a client would send them and go the way of the wire
/// from there (server::ProduceService). Thread safe.
class Publisher {
public:
    explicit Publisher(server::Services& services) : m_services(services) {}

    ClusterResult<std::vector<PublishedRecord>> publish(const std::string& topic,
                                                        const std::vector<OutgoingRecord>& records,
                                                        const ProduceOptions& options);

private:
    server::Services& m_services;
    /// Where keyless records go next.
    std::atomic<std::uint32_t> m_turn{0};
};

}  // namespace weir::api
