// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/share/share_assignor.h"

#include <algorithm>
#include <set>
#include <vector>

#include "broker/base/assert.h"

namespace weir::groups {
namespace {

using Place = std::pair<TopicId, PartitionId>;

/// The members of one subscription and its partitions.
class ShareRun {
public:
    ShareRun(const std::set<TopicId>& topics, const TopicSizes& sizes) {
        for (const auto& topic : topics) {
            if (const auto size = sizes.find(topic); size != sizes.end()) {
                for (std::int32_t p = 0; p < size->second; ++p) {
                    m_sharers[{topic, PartitionId(p)}] = 0;
                }
            }
        }
    }
    void add(const std::string& id, const AssignorMember& member) { m_members.push_back({&id, &member, {}}); }

    void run(TargetAssignment& target) {
        if (!m_sharers.empty()) {
            m_sharing = (m_members.size() + m_sharers.size() - 1) / m_sharers.size();
            const auto total = m_sharing * m_sharers.size();
            m_most = (total + m_members.size() - 1) / m_members.size();
            m_least = total / m_members.size();
            keep();
            fill();
            while (even()) {
            }
        }
        for (const auto& member : m_members) {
            auto& assignment = target[*member.id];
            for (const auto& [topic, partition] : member.places) {
                assignment[topic].insert(partition);
            }
        }
    }

private:
    struct Member {
        const std::string* id;
        const AssignorMember* facts;
        std::set<Place> places;
    };

    void give(Member& member, const Place& place) {
        member.places.insert(place);
        ++m_sharers.at(place);
    }
    void keep() {
        for (auto& member : m_members) {
            for (const auto& [topic, partitions] : member.facts->current) {
                for (const auto partition : partitions) {
                    const auto at = m_sharers.find({topic, partition});
                    if (at != m_sharers.end() && at->second < m_sharing && member.places.size() < m_most) {
                        give(member, at->first);
                    }
                }
            }
        }
    }
    void fill() {
        for (const auto& [place, sharers] : m_sharers) {
            while (sharers < m_sharing) {
                // There is somebody without it: no place has more sharers than there are members.
                give(*std::ranges::min_element(m_members, {},
                                               [&place](const Member& member) {
                                                   return std::pair(member.places.contains(place),
                                                                    member.places.size());
                                               }),
                     place);
            }
        }
    }
    /// Moves one partition from the fullest member to the emptiest; false when no move would help. Together they have
    /// at least m_least each, so where one has fewer another has two more than he.
    bool even() {
        const auto bySize = [](const Member& a, const Member& b) { return a.places.size() < b.places.size(); };
        auto& emptiest = *std::ranges::min_element(m_members, bySize);
        auto& fullest = *std::ranges::max_element(m_members, bySize);
        if (emptiest.places.size() >= m_least) {
            return false;
        }
        const auto moved = std::ranges::find_if(
            fullest.places, [&emptiest](const Place& place) { return !emptiest.places.contains(place); });
        WEIR_ASSERT(moved != fullest.places.end());
        emptiest.places.insert(fullest.places.extract(moved));
        return true;
    }

    std::vector<Member> m_members;
    std::map<Place, std::size_t> m_sharers;
    std::size_t m_sharing = 1;
    std::size_t m_most = 0;
    std::size_t m_least = 0;
};

}  // namespace

TargetAssignment assignShares(const AssignorMembers& members, const TopicSizes& topics) {
    std::map<std::set<TopicId>, ShareRun> runs;
    for (const auto& [id, member] : members) {
        runs.try_emplace(member.topics, member.topics, topics).first->second.add(id, member);
    }
    TargetAssignment target;
    for (auto& [subscription, run] : runs) {
        run.run(target);
    }
    return target;
}

}  // namespace weir::groups
