// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace weir::groups {

/// A regular expression over topic names in RE2's syntax, as Kafka's server-side subscriptions have it (RE2J): linear
/// in time whatever the pattern. A name matches as a whole or not at all.
class TopicPattern {
public:
    explicit TopicPattern(const std::string& pattern);
    ~TopicPattern();
    TopicPattern(TopicPattern&&) noexcept;
    TopicPattern& operator=(TopicPattern&&) noexcept;

    /// Empty when the pattern is one, else what is wrong with it.
    [[nodiscard]] std::string error() const;
    [[nodiscard]] bool matches(std::string_view topic) const;

private:
    struct Compiled;
    std::unique_ptr<Compiled> m_compiled;
};

}  // namespace weir::groups
