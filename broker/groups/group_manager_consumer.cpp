// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/ranges.h>

#include <algorithm>

#include "broker/groups/classic/classic_group.h"
#include "broker/groups/consumer/consumer_group.h"
#include "broker/groups/consumer/migration.h"
#include "broker/groups/consumer/topic_pattern.h"
#include "broker/groups/group_manager_impl.h"

/// ConsumerGroupHeartbeat and ConsumerGroupDescribe: what is wrong whatever the group is refused here.
namespace weir::groups {
namespace {

using Request = ConsumerGroupHeartbeatRequest;

struct Fault {
    GroupErrc error = GroupErrc::kNone;
    std::string message{};
};

Fault faultOfJoin(const Request& request) {
    if (!request.rebalanceTimeout) {
        return {GroupErrc::kInvalidRequest, "RebalanceTimeoutMs must be provided when joining."};
    }
    if (!request.owned || !request.owned->empty()) {
        return {GroupErrc::kInvalidRequest, "TopicPartitions must be empty when joining."};
    }
    if (!request.subscribedTopics && !request.subscribedRegex) {
        return {GroupErrc::kInvalidRequest, "Topic names or a regular expression must be provided when joining."};
    }
    return {};
}

Fault faultOf(const Request& request, const config::NewGroupsConfig& broker) {
    if (request.groupId.empty()) {
        return {GroupErrc::kInvalidRequest, "GroupId can't be empty."};
    }
    if ((request.instanceId && request.instanceId->empty()) || (request.rackId && request.rackId->empty())) {
        return {GroupErrc::kInvalidRequest, "InstanceId and RackId can't be empty."};
    }
    if (request.memberId.empty() && (request.apiVersion >= 1 || request.memberEpoch != kJoinEpoch)) {
        return {GroupErrc::kInvalidRequest, "MemberId can't be empty."};
    }
    if (request.memberEpoch < kStaticLeaveEpoch) {
        return {GroupErrc::kInvalidRequest, "MemberEpoch is out of range."};
    }
    if (request.memberEpoch == kStaticLeaveEpoch && !request.instanceId) {
        return {GroupErrc::kInvalidRequest, "Only a static member can leave for a while."};
    }
    if (request.serverAssignor &&
        (assignorNamed(*request.serverAssignor) == nullptr ||
         std::ranges::find(broker.consumerAssignors, *request.serverAssignor) == broker.consumerAssignors.end())) {
        return {GroupErrc::kUnsupportedAssignor,
                fmt::format("ServerAssignor {} is not supported. Supported assignors: {}.", *request.serverAssignor,
                            fmt::join(broker.consumerAssignors, ", "))};
    }
    return request.memberEpoch == kJoinEpoch ? faultOfJoin(request) : Fault{};
}

/// A classic group whose members can be understood becomes a consumer group with them in it.
void makeConsumerGroup(GroupCell& cell) {
    if (!cell.group()) {
        cell.adopt(std::make_unique<ConsumerGroup>(cell));
        return;
    }
    const auto policy = cell.options().broker.migration;
    const bool mayUpgrade =
        policy == config::MigrationPolicy::kUpgrade || policy == config::MigrationPolicy::kBidirectional;
    auto* classic = dynamic_cast<ClassicGroup*>(cell.group());
    if (classic && !mayUpgrade && !classic->isDeletable()) {
        return;
    }
    auto record = classic ? toConsumerRecord(classic->record(), cell.topics()) : std::nullopt;
    if (!record || record->members.size() >= cell.options().broker.consumerMaxSize) {
        return;
    }
    classic->abandon(GroupErrc::kRebalanceInProgress);
    cell.replaceBy(std::make_unique<ConsumerGroup>(cell, *record));
}

}  // namespace

void GroupManager::Impl::consumerGroupHeartbeat(Request request, Completion<ConsumerGroupHeartbeatResponse> done) {
    ConsumerGroupHeartbeatResponse refusal;
    const auto refuse = [&](GroupErrc error, std::string message) {
        refusal.error = error;
        refusal.errorMessage = std::move(message);
        done(std::move(refusal));
    };
    if (const auto error = unavailable(); error != GroupErrc::kNone) {
        return refuse(error, "The coordinator is not available.");
    }
    if (const auto fault = faultOf(request, m_environment->options.broker); fault.error != GroupErrc::kNone) {
        return refuse(fault.error, fault.message);
    }
    if (request.subscribedRegex && !request.subscribedRegex->empty()) {
        if (auto wrong = TopicPattern(*request.subscribedRegex).error(); !wrong.empty()) {
            return refuse(GroupErrc::kInvalidRegularExpression, std::move(wrong));
        }
    }
    const bool isJoin = request.memberEpoch == kJoinEpoch;
    if (request.memberId.empty()) {
        request.memberId = Uuid::random(m_environment->random).toString();
    }
    const bool found = beat<ConsumerGroup>(request, isJoin, done, makeConsumerGroup);
    if (!found) {
        refuse(missing(GroupErrc::kGroupIdNotFound), fmt::format("Consumer group {} not found.", request.groupId));
    }
}

DescribedConsumerGroup GroupManager::Impl::describeConsumerGroup(const std::string& groupId) {
    return describeAs<ConsumerGroup, &ConsumerGroup::describeConsumers>(groupId, "consumer");
}

void GroupManager::Impl::topicsChanged() {
    for (const auto& cell : m_registry.all()) {
        cell->locked([](GroupCell& c) {
            if (auto* group = c.group()) {
                group->onTopicsChanged();
            }
        });
    }
}

}  // namespace weir::groups
