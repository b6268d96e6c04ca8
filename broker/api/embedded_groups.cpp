// SPDX-License-Identifier: GPL-3.0-or-later
// What share and streams groups do, and the settings of groups.
#include <algorithm>
#include <utility>

#include "broker/api/config_entries.h"
#include "broker/api/embedded_operations.h"

namespace weir::api {

namespace {

/// Ranges that are told one by one; the sums count all.
constexpr std::size_t kRangesTold = 200;

DeliveryKind toKind(groups::DeliveryState state) {
    switch (state) {
        case groups::DeliveryState::kAvailable:
            return DeliveryKind::kAvailable;
        case groups::DeliveryState::kAcquired:
            return DeliveryKind::kAcquired;
        case groups::DeliveryState::kAcknowledged:
            return DeliveryKind::kAcknowledged;
        case groups::DeliveryState::kArchived:
            break;
    }
    return DeliveryKind::kGivenUp;
}

ShareDelivery toDelivery(const groups::SharePartition::View& view) {
    ShareDelivery made;
    made.start = view.start;
    made.end = view.end;
    for (const auto& range : view.ranges) {
        const std::int64_t count = range.last - range.first + 1;
        const DeliveryKind kind = toKind(range.state);
        made.inFlight += kind == DeliveryKind::kAcquired ? count : 0;
        made.waiting += kind == DeliveryKind::kAvailable ? count : 0;
        made.doneAhead += kind == DeliveryKind::kAcknowledged ? count : 0;
        made.givenUp += kind == DeliveryKind::kGivenUp ? count : 0;
        made.mostDeliveries = std::max<std::int32_t>(made.mostDeliveries, range.deliveries);
        if (made.ranges.size() < kRangesTold) {
            made.ranges.push_back({range.first, range.last, kind, range.deliveries, range.member});
        }
    }
    return made;
}

std::vector<StreamsTask> toTasks(const groups::Tasks& tasks) {
    std::vector<StreamsTask> made;
    for (const auto& [subtopology, partitions] : tasks) {
        for (const PartitionId partition : partitions) {
            made.push_back({subtopology, partition});
        }
    }
    return made;
}

std::vector<std::string> namesOf(const std::vector<groups::StreamsTopology::InternalTopic>& topics) {
    std::vector<std::string> names;
    for (const auto& topic : topics) {
        names.push_back(topic.name);
    }
    return names;
}

StreamsInfo toInfo(const groups::DescribedStreamsGroup& from) {
    StreamsInfo info;
    info.groupEpoch = from.groupEpoch;
    if (from.topology) {
        info.topologyEpoch = from.topology->epoch;
        for (const auto& part : from.topology->subtopologies) {
            Subtopology& made = info.subtopologies.emplace_back();
            made.id = part.id;
            made.sources = part.sources;
            made.sources.insert(made.sources.end(), part.patterns.begin(), part.patterns.end());
            made.sinks = part.sinks;
            made.repartitions = namesOf(part.repartitions);
            made.changelogs = namesOf(part.changelogs);
        }
    }
    for (const auto& member : from.members) {
        StreamsMember& made = info.members.emplace_back();
        made.memberId = member.memberId;
        made.clientId = member.client.clientId;
        made.host = member.client.clientHost;
        made.processId = member.processId;
        made.epoch = member.memberEpoch;
        made.active = toTasks(member.assignment.active);
        made.standby = toTasks(member.assignment.standby);
        made.target = toTasks(member.target.active);
    }
    return info;
}

}  // namespace

ClusterResult<std::vector<ShareDelivery>> EmbeddedOperations::shareDeliveries(const std::string& group) {
    return running([&]() -> ClusterResult<std::vector<ShareDelivery>> {
        const auto described = services().groups.describeShareGroup(group);
        if (described.error != groups::GroupErrc::kNone) {
            return fail(clusterError(described.error, described.errorMessage));
        }
        const auto topics = services().topics.snapshot();
        std::vector<ShareDelivery> all;
        for (const auto& share : services().shares.ofGroup(group)) {
            const auto facts = services().topicFacts.byId(share->id().topicId);
            const auto partition = facts ? topics->partition(facts->name, share->id().partition) : nullptr;
            if (partition == nullptr) {
                continue;
            }
            ShareDelivery& made = all.emplace_back(toDelivery(share->view()));
            made.partition = partition->id();
            made.highWatermark = partition->offsets().highWatermark;
            for (const auto& member : described.members) {
                if (groups::contains(member.assignment, share->id().topicId, share->id().partition)) {
                    made.clients.push_back(member.clientId);
                }
                for (DeliveryRange& range : made.ranges) {
                    range.memberId = range.memberId == member.memberId ? member.clientId : range.memberId;
                }
            }
        }
        std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.partition < b.partition; });
        return all;
    });
}

ClusterResult<StreamsInfo> EmbeddedOperations::streams(const std::string& group) {
    return running([&]() -> ClusterResult<StreamsInfo> {
        const auto described = services().groups.describeStreamsGroup(group);
        if (described.error != groups::GroupErrc::kNone) {
            return fail(clusterError(described.error, described.errorMessage));
        }
        return toInfo(described);
    });
}

ClusterResult<std::vector<ConfigEntry>> EmbeddedOperations::describeGroupConfig(const std::string& group) {
    return running([&]() -> ClusterResult<std::vector<ConfigEntry>> {
        return toEntries(services().groupConfigs.describe(group));
    });
}

ClusterResult<void> EmbeddedOperations::alterGroupConfig(const std::string& group,
                                                         const std::vector<ConfigChange>& changes, bool validateOnly) {
    return running([&]() -> ClusterResult<void> {
        const auto mode = validateOnly ? topics::Mode::kValidateOnly : topics::Mode::kApply;
        if (const auto done = services().groupConfigs.alter(group, toAlterations(changes), mode); !done) {
            return fail(clusterError(done.error()));
        }
        return {};
    });
}

}  // namespace weir::api
