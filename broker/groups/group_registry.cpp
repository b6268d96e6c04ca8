// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/group_registry.h"

#include <algorithm>
#include <mutex>

namespace weir::groups {

std::shared_ptr<GroupCell> GroupRegistry::find(const std::string& groupId) const {
    const std::shared_lock lock(m_mutex);
    const auto it = m_cells.find(groupId);
    return it == m_cells.end() ? nullptr : it->second;
}

std::shared_ptr<GroupCell> GroupRegistry::findOrCreate(const std::string& groupId) {
    if (auto cell = find(groupId)) {
        return cell;
    }
    const std::unique_lock lock(m_mutex);
    if (m_closed) {
        return nullptr;
    }
    if (const auto known = m_cells.find(groupId); known != m_cells.end()) {
        return known->second;
    }
    // Made first: no group is known before it is there, even where memory ends.
    return m_cells.emplace(groupId, std::make_shared<GroupCell>(groupId, m_environment)).first->second;
}

bool GroupRegistry::enter(const std::string& groupId, IfMissing ifMissing,
                          const std::function<void(GroupCell&)>& action) {
    // A retired cell is one that the map no longer has, so it is looked up anew.
    while (const auto cell = ifMissing == IfMissing::kCreateCell ? findOrCreate(groupId) : find(groupId)) {
        bool entered = false;
        bool retired = false;
        cell->locked([&](GroupCell& c) {
            retired = c.isRetired();
            entered = !retired && !c.isStopped();
            if (entered) {
                action(c);
            }
        });
        if (!retired) {
            return entered;
        }
    }
    return false;
}

void GroupRegistry::close() {
    {
        const std::unique_lock lock(m_mutex);
        m_closed = true;
    }
    for (const auto& cell : all()) {
        cell->locked([](GroupCell& c) { c.stop(); });
    }
}

std::vector<std::shared_ptr<GroupCell>> GroupRegistry::all() const {
    std::vector<std::shared_ptr<GroupCell>> cells;
    {
        const std::shared_lock lock(m_mutex);
        cells.reserve(m_cells.size());
        for (const auto& entry : m_cells) {
            cells.push_back(entry.second);
        }
    }
    std::ranges::sort(cells, {}, [](const auto& cell) { return cell->groupId(); });
    return cells;
}

void GroupRegistry::dropIfIdle(const std::string& groupId) {
    std::shared_ptr<GroupCell> dropped;
    const std::unique_lock lock(m_mutex);
    const auto it = m_cells.find(groupId);
    if (it == m_cells.end()) {
        return;
    }
    if (it->second->retireIfIdle()) {
        dropped = std::move(it->second);
        m_cells.erase(it);
    }
}

}  // namespace weir::groups
