// SPDX-License-Identifier: GPL-3.0-or-later
// What changes a group: its offsets, its members, its end.
#include <algorithm>

#include "app/cluster/remote/remote_groups.h"
#include "broker/protocol/messages/delete_groups.h"
#include "broker/protocol/messages/leave_group.h"
#include "broker/protocol/messages/offset_commit.h"
#include "broker/protocol/messages/offset_delete.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

constexpr std::int16_t kOffsetCommitCap = 9;

/// The same per-partition list in the shape of two messages.
template <class Topic, class Add>
void addByTopic(std::vector<Topic>& topics, const std::string& name, Add add) {
    auto found = std::find_if(topics.begin(), topics.end(), [&](const Topic& one) { return one.name == name; });
    if (found == topics.end()) {
        topics.push_back({});
        topics.back().name = name;
        found = topics.end() - 1;
    }
    add(*found);
}

template <class Response>
ClusterResult<void> firstPartitionError(const Response& response, const std::string& group) {
    for (const auto& topic : response.topics) {
        for (const auto& partition : topic.partitions) {
            if (partition.errorCode == ErrorCode::kUnknownMemberId ||
                partition.errorCode == ErrorCode::kGroupSubscribedToTopic ||
                partition.errorCode == ErrorCode::kNonEmptyGroup) {
                return fail(ClusterError{ClusterErrc::kRefused, static_cast<std::int16_t>(partition.errorCode),
                                         "Group " + group + " has members. Stop its consumers first."});
            }
            if (partition.errorCode != ErrorCode::kNone) {
                return fail(errorOf(partition.errorCode));
            }
        }
    }
    return {};
}

ClusterResult<void> alterOnce(Wire& wire, const std::string& group, const std::vector<OffsetChange>& changes) {
    const auto coordinator = wire.coordinatorOf(group);
    if (!coordinator) {
        return fail(ClusterError(coordinator.error()));
    }
    protocol::OffsetCommitRequest commit;
    protocol::OffsetDeleteRequest remove;
    commit.groupId = remove.groupId = group;
    for (const OffsetChange& change : changes) {
        if (change.offset) {
            addByTopic(commit.topics, change.partition.topic, [&](auto& topic) {
                topic.partitions.push_back({change.partition.partition, *change.offset, kNoLeaderEpoch, "", {}});
            });
        } else {
            addByTopic(remove.topics, change.partition.topic, [&](auto& topic) {
                topic.partitions.push_back({change.partition.partition, {}});
            });
        }
    }
    if (!commit.topics.empty()) {
        const auto answer = wire.call<protocol::OffsetCommitResponse>(*coordinator, commit, kOffsetCommitCap);
        if (!answer) {
            return fail(ClusterError(answer.error()));
        }
        if (auto done = firstPartitionError(answer->message, group); !done) {
            return done;
        }
    }
    if (!remove.topics.empty()) {
        const auto answer = wire.call<protocol::OffsetDeleteResponse>(*coordinator, remove);
        if (!answer) {
            return fail(ClusterError(answer.error()));
        }
        if (answer->message.errorCode != ErrorCode::kNone) {
            return fail(errorOf(answer->message.errorCode));
        }
        return firstPartitionError(answer->message, group);
    }
    return {};
}

ClusterResult<void> deleteOnce(Wire& wire, const std::string& group) {
    const auto coordinator = wire.coordinatorOf(group);
    if (!coordinator) {
        return fail(ClusterError(coordinator.error()));
    }
    const auto answer =
        wire.call<protocol::DeleteGroupsResponse>(*coordinator, protocol::DeleteGroupsRequest{{group}, {}});
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    for (const auto& result : answer->message.results) {
        if (result.errorCode == ErrorCode::kNonEmptyGroup) {
            return fail(ClusterError{ClusterErrc::kRefused, static_cast<std::int16_t>(result.errorCode),
                                     "Group " + group + " has members. Stop its consumers first."});
        }
        if (result.errorCode != ErrorCode::kNone) {
            return fail(errorOf(result.errorCode));
        }
    }
    return {};
}

ClusterResult<void> removeOnce(Wire& wire, const std::string& group, const std::string& memberId) {
    const auto coordinator = wire.coordinatorOf(group);
    if (!coordinator) {
        return fail(ClusterError(coordinator.error()));
    }
    protocol::LeaveGroupRequest request;
    request.groupId = group;
    request.members.push_back({memberId, std::nullopt, "removed by an administrator", {}});
    const auto answer = wire.call<protocol::LeaveGroupResponse>(*coordinator, request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        return fail(errorOf(answer->message.errorCode));
    }
    for (const auto& member : answer->message.members) {
        if (member.errorCode != ErrorCode::kNone) {
            return fail(errorOf(member.errorCode));
        }
    }
    return {};
}

}  // namespace

ClusterResult<void> alterRemoteOffsets(Wire& wire, const std::string& group, const std::vector<OffsetChange>& changes) {
    return wire.withCoordinator([&] { return alterOnce(wire, group, changes); });
}

ClusterResult<void> deleteRemoteGroup(Wire& wire, const std::string& group) {
    return wire.withCoordinator([&] { return deleteOnce(wire, group); });
}

ClusterResult<void> removeRemoteMember(Wire& wire, const std::string& group, const std::string& memberId) {
    return wire.withCoordinator([&] { return removeOnce(wire, group, memberId); });
}

}  // namespace weir::app
