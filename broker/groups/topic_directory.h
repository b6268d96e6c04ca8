// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/model/ids.h"

namespace weir::groups {

struct TopicFacts {
    std::string name;
    TopicId id;
    std::int32_t partitions = 0;
    bool operator==(const TopicFacts&) const = default;
};

/// What server-side assignment needs to know of the topics. Thread safe; called with a group's lock held, so it must
/// not call back into the coordinator.
class TopicDirectory {
public:
    virtual ~TopicDirectory() = default;
    [[nodiscard]] virtual std::optional<TopicFacts> byName(std::string_view name) const = 0;
    [[nodiscard]] virtual std::optional<TopicFacts> byId(const TopicId& id) const = 0;
    [[nodiscard]] virtual std::vector<TopicFacts> all() const = 0;
    /// Another number whenever an answer of the above may be another one. A directory that cannot tell stays at 0, and
    /// whoever changes it calls GroupManager::topicsChanged.
    [[nodiscard]] virtual std::uint64_t version() const { return 0; }
};

}  // namespace weir::groups
