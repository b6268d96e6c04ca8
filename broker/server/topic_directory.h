// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/groups/topic_directory.h"
#include "broker/topics/topic_registry.h"

namespace weir::server {

/// The coordinator's view of the topics. Thread safe, never waits.
class TopicDirectory final : public groups::TopicDirectory {
public:
    explicit TopicDirectory(const topics::TopicRegistry& registry) : m_registry(registry) {}

    [[nodiscard]] std::optional<groups::TopicFacts> byName(std::string_view name) const override;
    [[nodiscard]] std::optional<groups::TopicFacts> byId(const TopicId& id) const override;
    [[nodiscard]] std::vector<groups::TopicFacts> all() const override;
    [[nodiscard]] std::uint64_t version() const override { return m_registry.snapshotVersion(); }

private:
    const topics::TopicRegistry& m_registry;
};

}  // namespace weir::server
