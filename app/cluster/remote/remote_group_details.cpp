// SPDX-License-Identifier: GPL-3.0-or-later
// What a group of a remote cluster is made of, beyond its members and offsets: settings, tasks.
#include "app/cluster/remote/remote_admin.h"
#include "app/cluster/remote/remote_operations.h"
#include "broker/protocol/messages/streams_group_describe.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

using Described = protocol::StreamsGroupDescribeResponse;

std::vector<StreamsTask> tasksOf(const std::vector<Described::TaskIds>& from) {
    std::vector<StreamsTask> tasks;
    for (const Described::TaskIds& one : from) {
        for (const PartitionId partition : one.partitions) {
            tasks.push_back({one.subtopologyId, partition});
        }
    }
    return tasks;
}

std::vector<std::string> namesOf(const std::vector<Described::TopicInfo>& topics) {
    std::vector<std::string> names;
    for (const Described::TopicInfo& one : topics) {
        names.push_back(one.name);
    }
    return names;
}

StreamsInfo streamsOf(const Described::DescribedGroup& from) {
    StreamsInfo info;
    info.groupEpoch = from.groupEpoch;
    if (from.topology) {
        info.topologyEpoch = from.topology->epoch;
        for (const auto& part : from.topology->subtopologies.value_or(std::vector<Described::Subtopology>())) {
            info.subtopologies.push_back({part.subtopologyId, part.sourceTopics, part.repartitionSinkTopics,
                                          namesOf(part.repartitionSourceTopics), namesOf(part.stateChangelogTopics)});
        }
    }
    for (const auto& member : from.members) {
        StreamsMember& to = info.members.emplace_back();
        to.memberId = member.memberId;
        to.clientId = member.clientId;
        to.host = member.clientHost;
        to.processId = member.processId;
        to.epoch = member.memberEpoch;
        to.active = tasksOf(member.assignment.activeTasks);
        to.standby = tasksOf(member.assignment.standbyTasks);
        to.target = tasksOf(member.targetAssignment.activeTasks);
    }
    return info;
}

}  // namespace

// A share group's offsets are in the snapshot; what is in flight is its coordinator's own.
ClusterResult<std::vector<ShareDelivery>> RemoteOperations::shareDeliveries(const std::string&) {
    return fail(ClusterError{ClusterErrc::kUnsupported, 0,
                             "Only the broker inside Weir tells what a share group has in flight: Kafka's protocol "
                             "has no question for it."});
}

ClusterResult<StreamsInfo> RemoteOperations::streams(const std::string& group) {
    const auto coordinator = m_wire.coordinatorOf(group);
    if (!coordinator) {
        return fail(ClusterError(coordinator.error()));
    }
    const auto answer = m_wire.call<Described>(*coordinator, protocol::StreamsGroupDescribeRequest{{group}, false, {}});
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.groups.empty()) {
        return fail(errorOf(ErrorCode::kGroupIdNotFound));
    }
    const Described::DescribedGroup& found = answer->message.groups.front();
    return found.errorCode == ErrorCode::kNone ? ClusterResult<StreamsInfo>(streamsOf(found))
                                               : fail(errorOf(found.errorCode, found.errorMessage));
}

ClusterResult<std::vector<ConfigEntry>> RemoteOperations::describeGroupConfig(const std::string& group) {
    return describeRemoteConfig(m_wire, ConfigResource::kGroup, group);
}

ClusterResult<void> RemoteOperations::alterGroupConfig(const std::string& group,
                                                       const std::vector<ConfigChange>& changes, bool validateOnly) {
    return alterRemoteConfig(m_wire, ConfigResource::kGroup, group, changes, validateOnly);
}

}  // namespace weir::app
