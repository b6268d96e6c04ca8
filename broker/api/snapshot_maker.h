// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <mutex>

#include "broker/model/snapshot.h"
#include "broker/server/engine.h"

namespace weir::api {

/// Turns the engine's counters into one immutable picture. A topic in which nothing moved is the same object as in the
/// last picture, so a thousand quiet topics cost a look at their counters. Thread safe; calls take turns.
class SnapshotMaker {
public:
    explicit SnapshotMaker(server::Engine& engine) : m_engine(engine) {}

    [[nodiscard]] SnapshotPtr make();
    /// Its counters stay in the totals, which only grow.
    void topicDeleted(const topics::Topic& topic);

private:
    struct Known {
        const topics::Topic* topic = nullptr;
        std::uint64_t fingerprint = 0;
        std::shared_ptr<const TopicSnapshot> snapshot;
    };

    std::shared_ptr<const TopicSnapshot> describe(const topics::TopicPtr& topic);
    void addProblems(Snapshot& into, const topics::TopicsSnapshot& topics);

    server::Engine& m_engine;
    std::mutex m_mutex;
    std::map<TopicId, Known> m_known;
    Totals m_gone;
    std::vector<Problem> m_damage;
    Clock::Steady m_damageLookedAt{};
};

}  // namespace weir::api
