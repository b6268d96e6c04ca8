// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/classic/classic_group.h"
#include "broker/groups/consumer_protocol.h"

/// What can be seen of a classic group, and what is kept of it.
namespace weir::groups {

DescribedGroup ClassicGroup::describe() const {
    DescribedGroup group;
    group.groupId = context().groupId();
    group.state = m_state;
    group.protocolType = protocolType();
    const bool stable = m_state == GroupState::kStable;
    if (stable) {
        group.protocolName = m_protocol.value_or("");
    }
    for (const auto& [id, member] : m_members) {
        DescribedGroup::Member described;
        described.memberId = id;
        described.instanceId = member.instanceId;
        described.clientId = member.client.clientId;
        described.clientHost = member.client.clientHost;
        described.assignment = member.assignment;
        if (const auto* metadata = stable && m_protocol ? member.metadataFor(*m_protocol) : nullptr) {
            described.metadata = *metadata;
        }
        group.members.push_back(std::move(described));
    }
    return group;
}

void ClassicGroup::fill(GroupSnapshot& snapshot) const {
    snapshot.state = m_state;
    snapshot.protocolType = protocolType();
    snapshot.protocolName = m_protocol.value_or("");
    snapshot.generation = m_generation;
    snapshot.leaderId = m_leader.value_or("");
    snapshot.rebalances = m_rebalances.events();
    for (const auto& [id, member] : m_members) {
        GroupMemberSnapshot seen;
        seen.memberId = id;
        seen.instanceId = member.instanceId.value_or("");
        seen.clientId = member.client.clientId;
        seen.host = member.client.clientHost;
        if (m_protocolType == kConsumerProtocolType) {
            const auto* metadata = m_protocol ? member.metadataFor(*m_protocol) : nullptr;
            if (metadata == nullptr && !member.protocols.empty()) {
                metadata = &member.protocols.front().metadata;
            }
            if (auto subscription = metadata ? parseSubscription(*metadata) : std::nullopt) {
                seen.subscribed = std::move(subscription->topics);
            }
            if (auto assignment = parseAssignment(member.assignment)) {
                seen.assigned = std::move(assignment->partitions);
            }
        }
        snapshot.members.push_back(std::move(seen));
    }
}

ClassicRecord ClassicGroup::record() const {
    ClassicRecord record;
    record.generation = m_generation;
    record.rebalancing = m_state == GroupState::kPreparingRebalance || m_state == GroupState::kCompletingRebalance;
    record.stateSince = m_stateSince;
    record.protocolType = protocolType();
    record.protocol = m_protocol;
    record.leader = m_leader;
    for (const auto& [id, member] : m_members) {
        record.members.push_back({id, member.instanceId, member.client, member.sessionTimeout, member.rebalanceTimeout,
                                  member.protocols, member.assignment});
    }
    return record;
}

}  // namespace weir::groups
