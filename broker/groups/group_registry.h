// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
    /// Both return the same type; a retired cell is one that the map no longer has, so it is looked up anew.
    template <class F, class G>
    auto with(const std::string& groupId, IfMissing ifMissing, F&& action, G&& otherwise) {
        for (;;) {
            const auto cell = ifMissing == IfMissing::kCreateCell ? findOrCreate(groupId) : find(groupId);
            if (!cell) {
                return otherwise();
            }
            using Answer = decltype(otherwise());
            auto entry = Entry::kRetired;
            std::optional<Answer> answer;
            cell->locked([&](GroupCell& c) {
                entry = c.isRetired() ? Entry::kRetired : c.isStopped() ? Entry::kStopped : Entry::kEntered;
                if (entry == Entry::kEntered) {
                    answer.emplace(action(c));
                }
            });
            if (entry == Entry::kEntered) {
                return *std::move(answer);
            }
            if (entry == Entry::kStopped) {
                return otherwise();
            }
        }
    }

private:
    enum class Entry { kRetired, kStopped, kEntered };

    const std::shared_ptr<const CellEnvironment> m_environment;
    mutable std::shared_mutex m_mutex;
    bool m_closed = false;
    std::unordered_map<std::string, std::shared_ptr<GroupCell>> m_cells;
};

}  // namespace weir::groups
