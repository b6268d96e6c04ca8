// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cctype>

#include "broker/groups/group_manager_impl.h"

/// ListGroups, DescribeGroups, DeleteGroups, and the window's picture.
namespace weir::groups {
namespace {

bool equalInAnyCase(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b,
                              [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool passes(const std::vector<std::string>& filter, std::string_view value) {
    return filter.empty() ||
           std::ranges::any_of(filter, [value](const auto& wanted) { return equalInAnyCase(wanted, value); });
}

}  // namespace

GroupManager::GroupList GroupManager::Impl::listGroups(const ListGroupsFilter& filter) {
    GroupList list;
    list.error = unavailable();
    if (list.error != GroupErrc::kNone) {
        return list;
    }
    for (const auto& cell : m_registry.all()) {
        cell->reading([&](const GroupCell& c) {
            const auto* group = c.group();
            if (group && passes(filter.states, stateName(group->state())) &&
                passes(filter.types, typeName(group->type()))) {
                list.groups.push_back({c.groupId(), group->type(), group->state(), group->protocolType()});
            }
        });
    }
    return list;
}

DescribedGroup GroupManager::Impl::describeGroup(const std::string& groupId) {
    DescribedGroup unknown;
    unknown.groupId = groupId;
    unknown.error = unavailable();
    const auto cell = unknown.error == GroupErrc::kNone ? m_registry.find(groupId) : nullptr;
    if (unknown.error == GroupErrc::kNone) {
        unknown.error = GroupErrc::kGroupIdNotFound;
        unknown.errorMessage = fmt::format("Group {} not found.", groupId);
    }
    if (!cell) {
        return unknown;
    }
    return cell->reading([&](const GroupCell& c) { return c.group() ? c.group()->describe() : unknown; });
}

void GroupManager::Impl::deleteGroup(std::string groupId, Completion<GroupErrc> done) {
    auto error = unavailable();
    // A group without a name is one too: simple consumers commit to it, and it can go.
    if (error == GroupErrc::kNone) {
        error = m_registry.with(
            groupId, IfMissing::kNothing,
            [&](GroupCell& cell) {
                if (!cell.group()) {
                    return GroupErrc::kGroupIdNotFound;
                }
                if (cell.group()->state() != GroupState::kEmpty) {
                    return GroupErrc::kNonEmptyGroup;
                }
                cell.removeGroup([done = std::move(done)](bool durable) mutable {
                    done(durable ? GroupErrc::kNone : GroupErrc::kCoordinatorNotAvailable);
                });
                return GroupErrc::kNone;
            },
            [&] { return missing(GroupErrc::kGroupIdNotFound); });
    }
    if (error != GroupErrc::kNone) {
        done(error);
    }
}

std::vector<std::shared_ptr<const GroupSnapshot>> GroupManager::Impl::snapshot() {
    std::vector<std::shared_ptr<const GroupSnapshot>> groups;
    for (const auto& cell : m_registry.all()) {
        if (auto seen = cell->reading([](const GroupCell& c) { return c.snapshot(); })) {
            groups.push_back(std::move(seen));
        }
    }
    return groups;
}

}  // namespace weir::groups
