// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/groups/group_cell.h"

namespace weir::groups {

/// All cells by group id. Its lock guards the map alone and is never held while a cell is entered, except to drop an
/// idle cell; nobody takes it with a cell's lock in hand.
class GroupRegistry {
public:
    explicit GroupRegistry(std::shared_ptr<const CellEnvironment> environment)
        : m_environment(std::move(environment)) {}

    enum class IfMissing { kNothing, kCreateCell };

    [[nodiscard]] std::shared_ptr<GroupCell> find(const std::string& groupId) const;
    /// nullptr once closed.
    [[nodiscard]] std::shared_ptr<GroupCell> findOrCreate(const std::string& groupId);
    [[nodiscard]] std::vector<std::shared_ptr<GroupCell>> all() const;
    /// Stops every cell and makes no new one.
    void close();
    void dropIfIdle(const std::string& groupId);

    /// Runs `action(cell)` under the lock of the group's cell, or `otherwise()` where there is none or it has stopped.
    /// Both return the same type.
    template <class F, class G>
    auto with(const std::string& groupId, IfMissing ifMissing, F&& action, G&& otherwise) {
        std::optional<decltype(otherwise())> answer;
        const auto run = [&](GroupCell& cell) { answer.emplace(action(cell)); };
        return enter(groupId, ifMissing, std::ref(run)) ? *std::move(answer) : otherwise();
    }

private:
    /// Whether there was a cell in which `action` has run.
    [[nodiscard]] bool enter(const std::string& groupId, IfMissing ifMissing,
                             const std::function<void(GroupCell&)>& action);

    const std::shared_ptr<const CellEnvironment> m_environment;
    mutable std::shared_mutex m_mutex;
    bool m_closed = false;
    std::unordered_map<std::string, std::shared_ptr<GroupCell>> m_cells;
};

}  // namespace weir::groups
