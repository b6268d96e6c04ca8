// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

inline constexpr std::size_t kMaxTopicNameLength = 249;

/// Why `name` is no legal topic name, as a sentence; nothing if it is one.
/// Rule: 1 to 249 of [a-zA-Z0-9._-], not "." and not ".." (Kafka's Topic.validate).
std::optional<std::string> whyNotATopicName(std::string_view name);

/// Two names collide when they differ only by '.' against '_' (Kafka's Topic.hasCollision).
bool topicNamesCollide(std::string_view a, std::string_view b);

}  // namespace weir
