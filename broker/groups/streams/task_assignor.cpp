// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/streams/task_assignor.h"

#include <algorithm>
#include <vector>

namespace weir::groups {
namespace {

using Task = std::pair<std::string, PartitionId>;

bool has(const Tasks& tasks, const Task& task) {
    const auto it = tasks.find(task.first);
    return it != tasks.end() && it->second.contains(task.second);
}

class TaskRun {
public:
    TaskRun(const std::map<std::string, TaskMember>& members, const std::map<std::string, std::int32_t>& tasks) {
        for (const auto& [id, member] : members) {
            m_members.push_back({&id, &member, {}, {}});
        }
        for (const auto& [subtopology, count] : tasks) {
            for (std::int32_t p = 0; p < count; ++p) {
                m_tasks.emplace_back(subtopology, PartitionId(p));
            }
        }
    }

    TargetTasks run(const std::set<std::string>& stateful, std::int32_t standbys) {
        const auto most = (m_tasks.size() + m_members.size() - 1) / m_members.size();
        for (const auto& task : m_tasks) {
            Member* keeper = find(task, most, [](const TaskMember& m) -> const Tasks& { return m.current.active; });
            if (keeper == nullptr) {
                m_open.push_back(task);
            } else {
                keeper->active.insert(task);
            }
        }
        for (const auto& task : m_open) {
            Member* taker = find(task, most, [](const TaskMember& m) -> const Tasks& { return m.current.standby; });
            (taker != nullptr ? taker : &leastActive())->active.insert(task);
        }
        while (even()) {
        }
        for (const auto& task : m_tasks) {
            for (std::int32_t i = 0; i < standbys && stateful.contains(task.first); ++i) {
                addStandby(task);
            }
        }
        TargetTasks target;
        for (const auto& member : m_members) {
            auto& made = target[*member.id];
            for (const auto& [subtopology, partition] : member.active) {
                made.active[subtopology].insert(partition);
            }
            for (const auto& [subtopology, partition] : member.standby) {
                made.standby[subtopology].insert(partition);
            }
        }
        return target;
    }

private:
    struct Member {
        const std::string* id;
        const TaskMember* facts;
        std::set<Task> active;
        std::set<Task> standby;

        [[nodiscard]] std::size_t load() const { return active.size() + standby.size(); }
    };

    /// Who had the task and has room for it.
    template <class Had>
    Member* find(const Task& task, std::size_t most, const Had& had) {
        for (auto& member : m_members) {
            if (member.active.size() < most && has(had(*member.facts), task)) {
                return &member;
            }
        }
        return nullptr;
    }
    [[nodiscard]] std::size_t processLoad(const std::string& processId) const {
        std::size_t load = 0;
        for (const auto& member : m_members) {
            load += member.facts->processId == processId ? member.load() : 0;
        }
        return load;
    }
    Member& leastActive() {
        return *std::ranges::min_element(m_members, {}, [this](const Member& m) {
            return std::pair(m.active.size(), processLoad(m.facts->processId));
        });
    }
    bool even() {
        const auto count = [](const Member& m) { return m.active.size(); };
        auto& fullest = *std::ranges::max_element(m_members, {}, count);
        auto& emptiest = *std::ranges::min_element(m_members, {}, count);
        if (fullest.active.size() <= emptiest.active.size() + 1) {
            return false;
        }
        // What the emptiest has a standby of moves most cheaply.
        auto moved = std::ranges::find_if(fullest.active,
                                          [&](const Task& task) { return has(emptiest.facts->current.standby, task); });
        moved = moved == fullest.active.end() ? std::prev(fullest.active.end()) : moved;
        emptiest.active.insert(fullest.active.extract(moved));
        return true;
    }
    void addStandby(const Task& task) {
        std::set<std::string> taken;
        for (const auto& member : m_members) {
            if (member.active.contains(task) || member.standby.contains(task)) {
                taken.insert(member.facts->processId);
            }
        }
        Member* best = nullptr;
        for (auto& member : m_members) {
            if (taken.contains(member.facts->processId)) {
                continue;
            }
            const auto rank = [&](const Member& m) {
                const bool knows = has(m.facts->current.standby, task) || has(m.facts->current.active, task);
                return std::tuple(!knows, processLoad(m.facts->processId), m.load());
            };
            if (best == nullptr || rank(member) < rank(*best)) {
                best = &member;
            }
        }
        if (best != nullptr) {
            best->standby.insert(task);
        }
    }

    std::vector<Member> m_members;
    std::vector<Task> m_tasks;
    std::vector<Task> m_open;
};

}  // namespace

TargetTasks assignTasks(const std::map<std::string, TaskMember>& members,
                        const std::map<std::string, std::int32_t>& tasks,
                        const std::set<std::string>& statefulSubtopologies, std::int32_t standbys) {
    return members.empty() ? TargetTasks{} : TaskRun(members, tasks).run(statefulSubtopologies, standbys);
}

}  // namespace weir::groups
