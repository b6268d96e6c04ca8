// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/simulation/members.h"

#include <algorithm>

#include "broker/protocol/messages/consumer_group_heartbeat.h"
#include "broker/protocol/messages/heartbeat.h"
#include "broker/protocol/messages/join_group.h"
#include "broker/protocol/messages/leave_group.h"
#include "broker/protocol/messages/offset_commit.h"
#include "broker/protocol/messages/offset_fetch.h"
#include "broker/protocol/messages/sync_group.h"

namespace weir::simulation {

using checker::Deed;
using checker::Place;
using protocol::ErrorCode;

namespace {

constexpr std::int32_t kSessionMs = 2000;
constexpr std::int32_t kRebalanceMs = 2500;
constexpr std::int32_t kWaitMs = 150;
constexpr std::size_t kSeldom = 40;

void putShort(Bytes& out, std::int16_t value) {
    out.resize(out.size() + sizeof value);
    storeBigEndian(out.data() + out.size() - sizeof value, value);
}
void putInt(Bytes& out, std::int32_t value) {
    out.resize(out.size() + sizeof value);
    storeBigEndian(out.data() + out.size() - sizeof value, value);
}
void putText(Bytes& out, const std::string& text) {
    putShort(out, static_cast<std::int16_t>(text.size()));
    out.insert(out.end(), asBytes(text).begin(), asBytes(text).end());
}

/// ConsumerProtocolSubscription v0: version, topics, no user data.
Bytes subscriptionTo(const std::vector<Place>& places) {
    Bytes out;
    putShort(out, 0);
    std::vector<std::string> topics;
    for (const Place& place : places) {
        if (topics.empty() || topics.back() != place.topic) {
            topics.push_back(place.topic);
        }
    }
    putInt(out, static_cast<std::int32_t>(topics.size()));
    for (const std::string& topic : topics) {
        putText(out, topic);
    }
    putInt(out, -1);
    return out;
}

/// ConsumerProtocolAssignment v0: version, topics with partitions, no user data.
Bytes assignmentOf(const std::vector<Place>& places) {
    Bytes out;
    putShort(out, 0);
    putInt(out, static_cast<std::int32_t>(places.size()));
    for (const Place& place : places) {
        putText(out, place.topic);
        putInt(out, 1);
        putInt(out, place.partition);
    }
    putInt(out, -1);
    return out;
}

/// What `assignmentOf` wrote.
std::vector<Place> placesIn(const Bytes& bytes) {
    std::vector<Place> places;
    if (bytes.empty()) {
        return places;
    }
    const std::byte* at = bytes.data() + 2;
    const auto count = loadBigEndian<std::int32_t>(at);
    at += 4;
    for (std::int32_t i = 0; i < count; ++i) {
        const auto length = static_cast<std::size_t>(loadBigEndian<std::int16_t>(at));
        const std::string topic(asText(ByteView(at + 2, length)));
        at += 2 + length + 4;
        places.push_back({topic, loadBigEndian<std::int32_t>(at)});
        at += 4;
    }
    return places;
}

/// The commit was looked at, and turned down for who asked.
bool isRefusal(ErrorCode error) {
    return error == ErrorCode::kIllegalGeneration || error == ErrorCode::kUnknownMemberId ||
           error == ErrorCode::kRebalanceInProgress || error == ErrorCode::kFencedMemberEpoch ||
           error == ErrorCode::kStaleMemberEpoch;
}

}  // namespace

Script<bool> Member::takeOver(std::vector<Place> places) {
    unassign();
    becomeAnother();
    for (const Place& place : places) {
        const std::int64_t asked = m_world.historyTime();
        protocol::OffsetFetchRequest request;
        request.groupId = m_group;
        request.topics->push_back({place.topic, {PartitionId(place.partition)}, {}});
        request.requireStable = true;
        const auto response = co_await call<protocol::OffsetFetchResponse>(std::move(request), 7);
        if (!response || response->errorCode != ErrorCode::kNone) {
            co_return false;
        }
        const auto& said = response->topics.at(0).partitions.at(0);
        if (said.errorCode != ErrorCode::kNone) {
            co_return false;
        }
        const std::int64_t offset = said.committedOffset.value;
        note({.deed = Deed::kFetched, .place = place, .offset = offset, .group = m_group, .asked = asked});
        assign(place, std::max<std::int64_t>(offset, 0));
    }
    co_return true;
}

Script<std::optional<ErrorCode>> Member::commit() {
    protocol::OffsetCommitRequest request;
    request.groupId = m_group;
    request.generationIdOrMemberEpoch = GenerationId(m_generation);
    request.memberId = m_memberId;
    std::vector<checker::Event> commits;
    for (const auto& [place, position] : positions()) {
        auto& topic = request.topics.emplace_back();
        topic.name = place.topic;
        topic.partitions.push_back({PartitionId(place.partition), Offset(position.next), kNoLeaderEpoch, "", {}});
        commits.push_back({.deed = Deed::kCommit, .place = place, .offset = position.next, .group = m_group});
        note(commits.back());
    }
    if (commits.empty()) {
        co_return std::nullopt;
    }
    const auto response = co_await call<protocol::OffsetCommitResponse>(std::move(request), commitVersion());
    if (!response) {
        co_return std::nullopt;
    }
    ErrorCode first = ErrorCode::kNone;
    for (std::size_t i = 0; i < response->topics.size() && i < commits.size(); ++i) {
        const ErrorCode error = response->topics[i].partitions.at(0).errorCode;
        first = first == ErrorCode::kNone ? error : first;
        if (error == ErrorCode::kNone) {
            commits[i].deed = Deed::kCommitted;
            note(commits[i]);
            m_world.count(&Outcome::commits);
        } else if (isRefusal(error)) {
            commits[i].deed = Deed::kUncommit;
            note(commits[i]);
        }
    }
    co_return first;
}

Script<bool> ClassicMember::join() {
    protocol::JoinGroupRequest request;
    request.groupId = m_group;
    request.sessionTimeoutMs = kSessionMs;
    request.rebalanceTimeoutMs = kRebalanceMs;
    request.memberId = m_memberId;
    request.protocolType = "consumer";
    request.protocols.push_back({protocolName(), subscriptionTo(m_world.places()), {}});
    const auto joined = co_await call<protocol::JoinGroupResponse>(std::move(request), 5);
    if (!joined) {
        co_return false;
    }
    if (joined->errorCode != ErrorCode::kNone) {
        m_memberId = joined->errorCode == ErrorCode::kMemberIdRequired ? joined->memberId : std::string();
        co_return false;
    }
    m_memberId = joined->memberId;
    m_generation = joined->generationId.value;
    protocol::SyncGroupRequest sync;
    sync.groupId = m_group;
    sync.generationId = joined->generationId;
    sync.memberId = m_memberId;
    for (std::size_t i = 0; i < joined->members.size(); ++i) {
        std::vector<Place> share;
        for (std::size_t p = i; p < m_world.places().size(); p += joined->members.size()) {
            share.push_back(m_world.places()[p]);
        }
        sync.assignments.push_back({joined->members[i].memberId, assignmentOf(share), {}});
    }
    const auto synced = co_await call<protocol::SyncGroupResponse>(std::move(sync), 3);
    if (!synced || synced->errorCode != ErrorCode::kNone) {
        co_return false;
    }
    co_return co_await takeOver(placesIn(synced->assignment));
}

Script<> ClassicMember::run() {
    while (!m_world.isClosing()) {
        if (co_await join()) {
            co_await live();
        } else {
            co_await sleepAbout(80);
        }
    }
    protocol::LeaveGroupRequest leave;
    leave.groupId = m_group;
    leave.members.push_back({m_memberId, std::nullopt, std::nullopt, {}});
    (void)co_await call<protocol::LeaveGroupResponse>(std::move(leave), 4);
}

/// Until the group wants something else.
Script<> ClassicMember::live() {
    while (!m_world.isClosing()) {
        const protocol::HeartbeatRequest beat{m_group, GenerationId(m_generation), m_memberId, std::nullopt, {}};
        const auto said = co_await call<protocol::HeartbeatResponse>(beat, 3);
        if (said && said->errorCode != ErrorCode::kNone) {
            if (said->errorCode == ErrorCode::kUnknownMemberId) {
                m_memberId.clear();
            }
            co_return;
        }
        if (positions().empty()) {
            co_await sleepAbout(kWaitMs);
        } else if (!co_await poll(kWaitMs)) {
            co_await sleepAbout(50);
        }
        if (dice().oneIn(3)) {
            (void)co_await commit();
        }
        if (dice().oneIn(kSeldom)) {
            // Dies; the others learn it when its session is over.
            hangUp();
            m_memberId.clear();
            co_await sleepAbout(kSessionMs);
            co_return;
        }
    }
}

std::vector<Place> ModernMember::wanted() const {
    std::vector<Place> places;
    for (const auto& [topic, partitions] : m_assigned) {
        for (const PartitionId partition : partitions) {
            places.push_back({m_world.topicNamed(topic), partition.value});
        }
    }
    std::sort(places.begin(), places.end());
    return places;
}

Script<bool> ModernMember::beat() {
    protocol::ConsumerGroupHeartbeatRequest request;
    request.groupId = m_group;
    request.memberId = m_memberId;
    request.memberEpoch = m_generation;
    request.rebalanceTimeoutMs = kRebalanceMs;
    request.subscribedTopicNames.emplace();
    for (const Place& place : m_world.places()) {
        auto& names = *request.subscribedTopicNames;
        if (names.empty() || names.back() != place.topic) {
            names.push_back(place.topic);
        }
    }
    request.topicPartitions.emplace();
    for (const auto& [topic, partitions] : m_assigned) {
        request.topicPartitions->push_back({topic, partitions, {}});
    }
    const auto said = co_await call<protocol::ConsumerGroupHeartbeatResponse>(std::move(request), 1);
    if (!said) {
        co_return false;
    }
    if (said->errorCode == ErrorCode::kFencedMemberEpoch || said->errorCode == ErrorCode::kUnknownMemberId) {
        m_generation = 0;
        m_assigned.clear();
        m_isChanged = true;
        co_return false;
    }
    if (said->errorCode != ErrorCode::kNone) {
        co_return false;
    }
    m_generation = said->memberEpoch;
    if (said->assignment) {
        m_assigned.clear();
        for (const auto& each : said->assignment->topicPartitions) {
            m_assigned.emplace_back(each.topicId, each.partitions);
        }
        m_isChanged = true;
    }
    co_return true;
}

Script<> ModernMember::run() {
    while (!m_world.isClosing()) {
        if (m_memberId.empty()) {
            m_memberId = name() + "-" + std::to_string(m_incarnation++);
            m_generation = 0;
            m_assigned.clear();
            m_isChanged = true;
        }
        if (!co_await beat()) {
            co_await sleepAbout(100);
            continue;
        }
        if (m_isChanged) {
            // In two steps: gcc 12 makes nothing that runs of one.
            const bool isTaken = co_await takeOver(wanted());
            m_isChanged = !isTaken;
            if (m_isChanged) {
                co_await sleepAbout(80);
            }
            continue;
        }
        if (positions().empty()) {
            co_await sleepAbout(kWaitMs);
        } else if (!co_await poll(kWaitMs)) {
            co_await sleepAbout(50);
        }
        if (dice().oneIn(3)) {
            (void)co_await commit();
        }
        if (dice().oneIn(kSeldom)) {
            hangUp();
            m_memberId.clear();
            unassign();
        }
    }
}

}  // namespace weir::simulation
