// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <vector>

#include "broker/groups/consumer/assignor.h"

namespace weir::groups {
namespace {

/// One run: keep what is still right, give the rest to whoever has least, then move from the fullest to the emptiest
/// until no move makes it more even. Members whose subscriptions differ need the last step; for equal ones it ends
/// with loads that differ by one at most, after as few moves as that takes.
class UniformRun {
public:
    UniformRun(const AssignorMembers& members, const TopicSizes& topics) : m_topics(topics) {
        for (const auto& [id, member] : members) {
            const auto index = m_members.size();
            m_members.push_back({&id, &member, {}});
            for (const auto& topic : member.topics) {
                if (topics.contains(topic)) {
                    m_subscribers[topic].push_back(index);
                }
            }
        }
    }

    TargetAssignment run() {
        keep();
        fill();
        while (even()) {
        }
        TargetAssignment target;
        for (const auto& member : m_members) {
            auto& assignment = target[*member.id];
            for (const auto& [topic, partition] : member.owned) {
                assignment[topic].insert(partition);
            }
        }
        return target;
    }

private:
    struct Member {
        const std::string* id;
        const AssignorMember* facts;
        std::vector<std::pair<TopicId, PartitionId>> owned;
    };

    void keep() {
        for (auto& member : m_members) {
            for (const auto& [topic, partitions] : member.facts->current) {
                const auto size = m_topics.find(topic);
                if (size == m_topics.end() || !member.facts->topics.contains(topic)) {
                    continue;
                }
                for (const auto partition : partitions) {
                    if (partition.value < size->second && m_taken[topic].insert(partition).second) {
                        member.owned.emplace_back(topic, partition);
                    }
                }
            }
        }
    }
    void fill() {
        // Topics that few may read come first, while those few still have room.
        std::vector<TopicId> order;
        for (const auto& entry : m_subscribers) {
            order.push_back(entry.first);
        }
        std::ranges::stable_sort(order, {}, [&](const TopicId& topic) { return m_subscribers.at(topic).size(); });
        for (const auto& topic : order) {
            const auto& taken = m_taken[topic];
            for (std::int32_t p = 0; p < m_topics.at(topic); ++p) {
                if (!taken.contains(PartitionId(p))) {
                    leastLoaded(topic).owned.emplace_back(topic, PartitionId(p));
                }
            }
        }
    }
    /// One pass over the members, the fullest first; whether anything moved.
    bool even() {
        std::vector<Member*> fullestFirst;
        for (auto& member : m_members) {
            fullestFirst.push_back(&member);
        }
        std::ranges::stable_sort(fullestFirst, std::greater<>(), [](const Member* m) { return m->owned.size(); });
        bool moved = false;
        for (auto* member : fullestFirst) {
            moved = giveOneAway(*member) || moved;
        }
        return moved;
    }
    bool giveOneAway(Member& from) {
        const TopicId* tried = nullptr;
        for (std::size_t i = from.owned.size(); i-- > 0;) {
            const auto owned = from.owned[i];
            if (tried != nullptr && *tried == owned.first) {
                continue;  // what holds for one partition of a topic holds for the next
            }
            auto& taker = leastLoaded(owned.first);
            if (from.owned.size() > taker.owned.size() + 1) {
                from.owned.erase(from.owned.begin() + static_cast<std::ptrdiff_t>(i));
                taker.owned.push_back(owned);
                return true;
            }
            tried = &from.owned[i].first;
        }
        return false;
    }
    Member& leastLoaded(const TopicId& topic) {
        const auto& indexes = m_subscribers.at(topic);
        return m_members[*std::ranges::min_element(indexes, {},
                                                   [&](std::size_t i) { return m_members[i].owned.size(); })];
    }

    const TopicSizes& m_topics;
    std::vector<Member> m_members;
    std::map<TopicId, std::vector<std::size_t>> m_subscribers;
    std::map<TopicId, std::set<PartitionId>> m_taken;
};

}  // namespace

TargetAssignment assignUniformly(const AssignorMembers& members, const TopicSizes& topics) {
    return UniformRun(members, topics).run();
}

}  // namespace weir::groups
