// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <set>

#include "app/cluster/remote/wire.h"

/// Groups of a remote cluster, of every type that it knows. Blocking; any thread.
namespace weir::app {

/// Every group with its members and commits, by id. Brokers that cannot be asked are left out, with a sentence in
/// `problems`; those that are known to be silent are not asked at all.
ClusterResult<std::vector<std::shared_ptr<const GroupSnapshot>>> sampleGroups(Wire& wire,
                                                                              const std::set<BrokerId>& silent,
                                                                              std::vector<std::string>& problems);

ClusterResult<void> alterRemoteOffsets(Wire& wire, const std::string& group, const std::vector<OffsetChange>& changes);
ClusterResult<void> deleteRemoteGroup(Wire& wire, const std::string& group);
ClusterResult<void> removeRemoteMember(Wire& wire, const std::string& group, const std::string& memberId);

/// What a classic member's assignment and subscription say (ConsumerProtocolAssignment and -Subscription); empty for
/// what cannot be read, as with Kafka Connect's workers.
std::vector<TopicPartition> readAssignment(ByteView bytes);
std::vector<std::string> readSubscription(ByteView bytes);

}  // namespace weir::app
