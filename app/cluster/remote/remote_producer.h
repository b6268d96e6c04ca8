// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "app/cluster/remote/wire.h"
#include "broker/base/clock.h"

namespace weir::app {

/// Publishing. Where all replicas confirm it is idempotent (KIP-98): what is sent again after a broken connection or a
/// moved leader is written once. A call takes a producer id for itself and gives it back, so calls do not wait for each
/// other, unless it brings one (ProduceOptions::numbers). Thread safe; calls block until every record is acknowledged
/// or the first one failed for good.
///
/// Not librdkafka: the versions that Debian 12 and Ubuntu 24.04 carry (2.0 and 2.3) cannot log in with SCRAM to Kafka 4
/// (edenhill/kcat#462).
class RemoteProducer {
public:
    RemoteProducer(Wire& wire, const Clock& clock);
    ~RemoteProducer();

    /// Every record has its partition.
    ClusterResult<std::vector<PublishedRecord>> produce(const std::string& topic,
                                                        const std::vector<OutgoingRecord>& records,
                                                        const ProduceOptions& options);

private:
    class Sending;
    using SessionPtr = std::unique_ptr<ProducerNumbers>;

    /// Numbers of its own for a call that brings none.
    ClusterResult<SessionPtr> take();
    void give(SessionPtr session);
    ClusterResult<void> name(ProducerNumbers& numbers);

    Wire& m_wire;
    const Clock& m_clock;
    std::mutex m_mutex;
    std::vector<SessionPtr> m_idle;
};

}  // namespace weir::app
