// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/groups/consumer_protocol.h"
#include "broker/groups/group_manager.h"
#include "tests/broker/groups/memory_group_store.h"
#include "tests/support/manual_clock.h"
#include "tests/support/manual_timers.h"

namespace weir::groups::testing {

using namespace std::chrono_literals;
using weir::testing::ManualClock;
using weir::testing::ManualTimers;

/// What a completion brought. A second answer to one request asserts inside Completion.
template <class T>
class Answer {
public:
    Answer() : m_value(std::make_shared<std::optional<T>>()) {}
    [[nodiscard]] bool here() const { return m_value->has_value(); }
    [[nodiscard]] const T& operator*() const {
        WEIR_ASSERT(here());
        return **m_value;
    }
    [[nodiscard]] const T* operator->() const { return &**this; }
    [[nodiscard]] Completion<T> expect() const {
        return [value = m_value](T given) {
            WEIR_ASSERT(!value->has_value());
            *value = std::move(given);
        };
    }

private:
    std::shared_ptr<std::optional<T>> m_value;
};

class FakeTopics final : public TopicDirectory {
public:
    void put(const std::string& name, std::int32_t partitions);
    void remove(const std::string& name) { m_topics.erase(name); }
    [[nodiscard]] std::optional<TopicFacts> byName(std::string_view name) const override;
    [[nodiscard]] std::optional<TopicFacts> byId(const TopicId& id) const override;
    [[nodiscard]] std::vector<TopicFacts> all() const override;
    [[nodiscard]] std::uint64_t version() const override { return versionNow; }

    std::uint64_t versionNow = 0;  // a directory that cannot tell, unless a test moves it

private:
    std::map<std::string, TopicFacts, std::less<>> m_topics;
    std::uint8_t m_nextId = 1;
};

/// A coordinator on manual time over a store in memory, with a member's verbs.
class World {
public:
    World();
    ~World();

    void start();
    /// Stops the coordinator and starts another from what the store has.
    void restart();
    void advance(std::chrono::milliseconds by) { timers.advance(by); }

    Answer<JoinGroupResponse> join(JoinGroupRequest request);
    Answer<SyncGroupResponse> sync(SyncGroupRequest request);
    Answer<OffsetCommitResponse> commit(OffsetCommitRequest request);
    Answer<GroupErrc> deleteGroup(const std::string& groupId);
    Answer<GroupErrc> setOffsets(SetOffsetsRequest request);
    Answer<OffsetDeleteResponse> deleteOffsets(OffsetDeleteRequest request);

    /// What is committed for a partition; nothing for offset -1.
    [[nodiscard]] std::optional<OffsetFetchResponse::Partition> fetched(const std::string& groupId,
                                                                        const TopicPartition& partition) const;
    [[nodiscard]] GroupState state(const std::string& groupId) const { return manager->describeGroup(groupId).state; }
    [[nodiscard]] std::shared_ptr<const GroupSnapshot> view(const std::string& groupId) const;

    ManualClock clock;
    ManualTimers timers{clock};
    SeededRandom random{42};
    MemoryGroupStore store;
    FakeTopics topics;
    GroupOptions options;
    const GroupSettings* settings = nullptr;  // for the next start
    std::unique_ptr<GroupManager> manager;
};

/// One consumer as a client library would drive it: it knows its id and its generation, and does what it is told.
class Consumer {
public:
    Consumer(World& world, std::string groupId, std::string name);

    // How it introduces itself.
    std::int16_t apiVersion = 9;
    std::optional<std::string> instanceId;
    std::vector<std::string> topics{"orders"};
    std::vector<std::string> assignors{"range"};
    /// What a cooperative member says it holds.
    std::optional<std::vector<TopicPartition>> owned;
    std::chrono::milliseconds sessionTimeout{10s};
    std::chrono::milliseconds rebalanceTimeout{30s};

    /// Sends JoinGroup, and again with the id if one is demanded.
    void join();
    /// Takes the answer to JoinGroup that has come in. False: none, or an error.
    bool joined();
    /// Sends SyncGroup; a leader sends `assignments`.
    void sync(std::map<std::string, std::string> assignments = {});
    [[nodiscard]] GroupErrc beat();
    [[nodiscard]] GroupErrc leave();
    Answer<OffsetCommitResponse> commit(const TopicPartition& partition, std::int64_t offset);

    [[nodiscard]] JoinGroupRequest joinRequest() const;
    [[nodiscard]] SyncGroupRequest syncRequest() const;
    [[nodiscard]] bool isLeader() const { return joinAnswer.here() && joinAnswer->leader == id; }
    [[nodiscard]] std::string assignment() const { return std::string(asText(syncAnswer->assignment)); }

    std::string groupId;
    std::string name;
    std::string id;
    GenerationId generation = kNoGeneration;
    Answer<JoinGroupResponse> joinAnswer;
    Answer<SyncGroupResponse> syncAnswer;

private:
    World& m_world;
};

/// Two consumers of a group "g" that have joined it and do not know their assignments yet.
struct JoinedPair {
    explicit JoinedPair(World& world);

    [[nodiscard]] Consumer& leader() { return a.isLeader() ? a : b; }
    [[nodiscard]] Consumer& follower() { return a.isLeader() ? b : a; }

    Consumer a;
    Consumer b;
};

/// Lets all of them join, waits out the initial delay where there is one, and syncs: each is assigned its own name.
void settle(World& world, std::vector<Consumer*> consumers);

GroupErrc onlyError(const OffsetCommitResponse& response);

}  // namespace weir::groups::testing
