// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/model/cluster_state.h"

#include <algorithm>

namespace weir {

std::int64_t QuorumInfo::lagOf(const QuorumReplica& replica) const {
    const auto leads =
        std::find_if(replicas.begin(), replicas.end(), [this](const auto& each) { return each.id == leader; });
    if (leads == replicas.end() || leads->logEnd == kNoOffset || replica.logEnd == kNoOffset) {
        return -1;
    }
    // The leader's own answer to a question asked at one instant: a replica is never ahead of it.
    return std::max<std::int64_t>(0, leads->logEnd - replica.logEnd);
}

std::int64_t LogDir::sizeBytes() const {
    std::int64_t sum = 0;
    for (const LogDirReplica& each : replicas) {
        sum += each.sizeBytes;
    }
    return sum;
}

}  // namespace weir
