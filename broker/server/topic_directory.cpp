// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/topic_directory.h"

namespace weir::server {

namespace {

groups::TopicFacts factsOf(const topics::Topic& topic) {
    return {topic.name, topic.id, static_cast<std::int32_t>(topic.partitions.size())};
}

std::optional<groups::TopicFacts> factsOf(const topics::TopicPtr& topic) {
    return topic ? std::optional(factsOf(*topic)) : std::nullopt;
}

}  // namespace

std::optional<groups::TopicFacts> TopicDirectory::byName(std::string_view name) const {
    return factsOf(m_registry.snapshot()->byName(name));
}

std::optional<groups::TopicFacts> TopicDirectory::byId(const TopicId& id) const {
    return factsOf(m_registry.snapshot()->byId(id));
}

std::vector<groups::TopicFacts> TopicDirectory::all() const {
    std::vector<groups::TopicFacts> facts;
    const auto snapshot = m_registry.snapshot();
    facts.reserve(snapshot->topics().size());
    for (const auto& topic : snapshot->topics()) {
        facts.push_back(factsOf(*topic));
    }
    return facts;
}

}  // namespace weir::server
