// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/remote_groups.h"

#include <algorithm>
#include <map>
#include <set>

#include "broker/protocol/messages/consumer_group_describe.h"
#include "broker/protocol/messages/describe_groups.h"
#include "broker/protocol/messages/describe_share_group_offsets.h"
#include "broker/protocol/messages/list_groups.h"
#include "broker/protocol/messages/offset_fetch.h"
#include "broker/protocol/messages/share_group_describe.h"
#include "broker/protocol/messages/streams_group_describe.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

/// Groups in one request: bounded answers from clusters with thousands.
constexpr std::size_t kBatch = 100;
/// From 8 on one request asks for many groups; 10 speaks of topics by id.
constexpr std::int16_t kOffsetFetchCap = 9;
constexpr std::int16_t kOffsetFetchOneGroup = 7;

/// Big-endian fields of the consumer protocol; `isOk` turns false where the bytes run out.
struct ProtocolCursor {
    ByteView left;
    bool isOk = true;

    template <class Int>
    Int number() {
        if (left.size() < sizeof(Int)) {
            isOk = false;
            return 0;
        }
        const Int value = loadBigEndian<Int>(left.data());
        left = left.subspan(sizeof(Int));
        return value;
    }
    std::string text() {
        const auto size = number<std::int16_t>();
        if (!isOk || size < 0 || static_cast<std::size_t>(size) > left.size()) {
            isOk = false;
            return {};
        }
        std::string value(asText(left.first(static_cast<std::size_t>(size))));
        left = left.subspan(static_cast<std::size_t>(size));
        return value;
    }
    std::int32_t count() {
        const auto value = number<std::int32_t>();
        isOk = isOk && value >= 0 && static_cast<std::size_t>(value) <= left.size();
        return isOk ? value : 0;
    }
};

GroupState stateOf(std::string_view name) {
    static const std::map<std::string_view, GroupState> kStates{
        {"Empty", GroupState::kEmpty},
        {"PreparingRebalance", GroupState::kPreparingRebalance},
        {"CompletingRebalance", GroupState::kCompletingRebalance},
        {"Stable", GroupState::kStable},
        {"Dead", GroupState::kDead},
        {"Assigning", GroupState::kAssigning},
        {"Reconciling", GroupState::kReconciling},
        {"NotReady", GroupState::kNotReady}};
    const auto found = kStates.find(name);
    return found == kStates.end() ? GroupState::kUnknown : found->second;
}

GroupType typeOf(std::string_view name) {
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower == "consumer"  ? GroupType::kConsumer
           : lower == "share"   ? GroupType::kShare
           : lower == "streams" ? GroupType::kStreams
                                : GroupType::kClassic;
}

using Groups = std::map<std::string, std::shared_ptr<GroupSnapshot>>;

/// The groups that one broker coordinates.
class BrokerGroups {
public:
    BrokerGroups(Wire& wire, BrokerId broker) : m_wire(wire), m_broker(broker) {}

    ClusterResult<Groups> sample() {
        auto listed = m_wire.call<protocol::ListGroupsResponse>(m_broker, protocol::ListGroupsRequest());
        if (!listed) {
            return fail(ClusterError(listed.error()));
        }
        if (listed->message.errorCode != ErrorCode::kNone) {
            return fail(errorOf(listed->message.errorCode));
        }
        std::map<GroupType, std::vector<std::string>> byType;
        for (const auto& one : listed->message.groups) {
            auto group = std::make_shared<GroupSnapshot>();
            group->id = one.groupId;
            group->type = typeOf(one.groupType);
            group->protocolType = one.protocolType;
            group->state = stateOf(one.groupState);
            byType[group->type].push_back(one.groupId);
            m_groups.emplace(one.groupId, std::move(group));
        }
        for (const auto& [type, ids] : byType) {
            for (std::size_t at = 0; at < ids.size(); at += kBatch) {
                const std::vector<std::string> some(
                    ids.begin() + static_cast<std::ptrdiff_t>(at),
                    ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + kBatch)));
                describe(type, some);
                type == GroupType::kShare ? addShareOffsets(some) : addOffsets(some);
            }
        }
        return std::move(m_groups);
    }

private:
    GroupSnapshot* find(const std::string& id, ErrorCode error) {
        const auto found = m_groups.find(id);
        return error != ErrorCode::kNone || found == m_groups.end() ? nullptr : found->second.get();
    }

    void describe(GroupType type, const std::vector<std::string>& ids) {
        if (type == GroupType::kClassic) {
            describeClassic(ids);
        } else if (type == GroupType::kConsumer) {
            describeNew<protocol::ConsumerGroupDescribeResponse>(
                protocol::ConsumerGroupDescribeRequest{ids, false, {}});
        } else if (type == GroupType::kShare) {
            describeNew<protocol::ShareGroupDescribeResponse>(protocol::ShareGroupDescribeRequest{ids, false, {}});
        } else {
            describeStreams(ids);
        }
    }

    void describeClassic(const std::vector<std::string>& ids) {
        protocol::DescribeGroupsRequest request;
        request.groups = ids;
        const auto answer = m_wire.call<protocol::DescribeGroupsResponse>(m_broker, request);
        if (!answer) {
            return;
        }
        for (const auto& from : answer->message.groups) {
            GroupSnapshot* const group = find(from.groupId, from.errorCode);
            if (group == nullptr) {
                continue;
            }
            group->state = stateOf(from.groupState);
            group->protocolType = from.protocolType;
            group->protocolName = from.protocolData;
            for (const auto& member : from.members) {
                group->members.push_back({member.memberId, member.groupInstanceId.value_or(""), member.clientId,
                                          member.clientHost, readAssignment(member.memberAssignment),
                                          readSubscription(member.memberMetadata)});
            }
        }
    }

    template <class Response, class Request>
    void describeNew(const Request& request) {
        const auto answer = m_wire.call<Response>(m_broker, request);
        if (!answer) {
            return;
        }
        for (const auto& from : answer->message.groups) {
            GroupSnapshot* const group = find(from.groupId, from.errorCode);
            if (group == nullptr) {
                continue;
            }
            group->state = stateOf(from.groupState);
            group->protocolName = from.assignorName;
            group->generation = GenerationId(from.groupEpoch);
            for (const auto& member : from.members) {
                GroupMemberSnapshot to;
                to.memberId = member.memberId;
                to.clientId = member.clientId;
                to.host = member.clientHost;
                to.subscribed = member.subscribedTopicNames;
                if constexpr (requires { member.instanceId; }) {
                    to.instanceId = member.instanceId.value_or("");
                }
                for (const auto& topic : member.assignment.topicPartitions) {
                    for (const PartitionId partition : topic.partitions) {
                        to.assigned.push_back({topic.topicName, partition});
                    }
                }
                group->members.push_back(std::move(to));
            }
        }
    }

    void describeStreams(const std::vector<std::string>& ids) {
        const auto answer = m_wire.call<protocol::StreamsGroupDescribeResponse>(
            m_broker, protocol::StreamsGroupDescribeRequest{ids, false, {}});
        if (!answer) {
            return;
        }
        for (const auto& from : answer->message.groups) {
            GroupSnapshot* const group = find(from.groupId, from.errorCode);
            if (group == nullptr) {
                continue;
            }
            group->state = stateOf(from.groupState);
            group->generation = GenerationId(from.groupEpoch);
            std::map<std::string, std::vector<std::string>> sources;
            if (from.topology && from.topology->subtopologies) {
                for (const auto& part : *from.topology->subtopologies) {
                    sources[part.subtopologyId] = part.sourceTopics;
                }
            }
            for (const auto& member : from.members) {
                GroupMemberSnapshot to;
                to.memberId = member.memberId;
                to.instanceId = member.instanceId.value_or("");
                to.clientId = member.clientId;
                to.host = member.clientHost;
                for (const auto& task : member.assignment.activeTasks) {
                    for (const std::string& topic : sources[task.subtopologyId]) {
                        for (const PartitionId partition : task.partitions) {
                            to.assigned.push_back({topic, partition});
                        }
                    }
                }
                group->members.push_back(std::move(to));
            }
        }
    }

    template <class Topics>
    static void addCommits(GroupSnapshot& group, const Topics& topics) {
        for (const auto& topic : topics) {
            for (const auto& partition : topic.partitions) {
                if (partition.errorCode == ErrorCode::kNone && partition.committedOffset >= Offset(0)) {
                    group.offsets.push_back({{topic.name, partition.partitionIndex},
                                             partition.committedOffset,
                                             partition.committedLeaderEpoch,
                                             partition.metadata.value_or(""),
                                             kNoTimestamp});
                }
            }
        }
    }

    void addOffsets(const std::vector<std::string>& ids) {
        protocol::OffsetFetchRequest request;
        request.topics = std::vector<protocol::OffsetFetchRequest::OffsetFetchRequestTopic>();
        for (const std::string& id : ids) {
            request.groups.push_back({id, std::nullopt, -1, std::nullopt, {}});
        }
        const auto versions = m_wire.versions();
        const auto theirs = versions.find(static_cast<std::int16_t>(protocol::ApiKey::kOffsetFetch));
        if (theirs != versions.end() && theirs->second.last > kOffsetFetchOneGroup) {
            const auto answer = m_wire.call<protocol::OffsetFetchResponse>(m_broker, request, kOffsetFetchCap);
            for (const auto& from : answer ? answer->message.groups : decltype(answer->message.groups)()) {
                if (GroupSnapshot* const group = find(from.groupId, from.errorCode)) {
                    addCommits(*group, from.topics);
                }
            }
            return;
        }
        for (const std::string& id : ids) {
            protocol::OffsetFetchRequest one;
            one.groupId = id;
            one.topics = std::nullopt;
            const auto answer = m_wire.call<protocol::OffsetFetchResponse>(m_broker, one, kOffsetFetchOneGroup);
            if (answer) {
                if (GroupSnapshot* const group = find(id, answer->message.errorCode)) {
                    addCommits(*group, answer->message.topics);
                }
            }
        }
    }

    // What a share group has not finished begins here: the nearest to a commit that it has.
    void addShareOffsets(const std::vector<std::string>& ids) {
        protocol::DescribeShareGroupOffsetsRequest request;
        for (const std::string& id : ids) {
            request.groups.push_back({id, std::nullopt, {}});
        }
        const auto answer = m_wire.call<protocol::DescribeShareGroupOffsetsResponse>(m_broker, request);
        for (const auto& from : answer ? answer->message.groups : decltype(answer->message.groups)()) {
            GroupSnapshot* const group = find(from.groupId, from.errorCode);
            if (group == nullptr) {
                continue;
            }
            for (const auto& topic : from.topics) {
                for (const auto& partition : topic.partitions) {
                    if (partition.errorCode == ErrorCode::kNone && partition.startOffset >= Offset(0)) {
                        group->offsets.push_back({{topic.topicName, partition.partitionIndex},
                                                  partition.startOffset,
                                                  partition.leaderEpoch,
                                                  {},
                                                  kNoTimestamp});
                    }
                }
            }
        }
    }

    Wire& m_wire;
    BrokerId m_broker;
    Groups m_groups;
};

}  // namespace

std::vector<TopicPartition> readAssignment(ByteView bytes) {
    ProtocolCursor cursor{bytes};
    cursor.number<std::int16_t>();
    std::vector<TopicPartition> assigned;
    for (std::int32_t topics = cursor.count(); topics > 0 && cursor.isOk; --topics) {
        const std::string topic = cursor.text();
        for (std::int32_t partitions = cursor.count(); partitions > 0 && cursor.isOk; --partitions) {
            assigned.push_back({topic, PartitionId(cursor.number<std::int32_t>())});
        }
    }
    return cursor.isOk ? assigned : std::vector<TopicPartition>();
}

std::vector<std::string> readSubscription(ByteView bytes) {
    ProtocolCursor cursor{bytes};
    cursor.number<std::int16_t>();
    std::vector<std::string> topics;
    for (std::int32_t count = cursor.count(); count > 0 && cursor.isOk; --count) {
        topics.push_back(cursor.text());
    }
    return cursor.isOk ? topics : std::vector<std::string>();
}

ClusterResult<std::vector<std::shared_ptr<const GroupSnapshot>>> sampleGroups(Wire& wire,
                                                                              const std::set<BrokerId>& silent,
                                                                              std::vector<std::string>& problems) {
    const auto map = wire.map();
    if (!map) {
        return fail(ClusterError(map.error()));
    }
    Groups all;
    for (const auto& [broker, address] : (*map)->brokers) {
        if (silent.contains(broker)) {
            problems.push_back("The groups of broker " + std::to_string(broker.value) +
                               " are not known: it does not answer.");
            continue;
        }
        auto groups = BrokerGroups(wire, broker).sample();
        if (!groups) {
            if (groups.error().code == ClusterErrc::kStopped) {
                return fail(ClusterError(groups.error()));
            }
            problems.push_back("The groups of broker " + std::to_string(broker.value) +
                               " are not known: " + groups.error().message);
            continue;
        }
        all.merge(*groups);
    }
    std::vector<std::shared_ptr<const GroupSnapshot>> sorted;
    for (auto& [id, group] : all) {
        sorted.push_back(std::move(group));
    }
    return sorted;
}

}  // namespace weir::app
