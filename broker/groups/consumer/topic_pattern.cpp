// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/consumer/topic_pattern.h"

#include <re2/re2.h>

namespace weir::groups {

struct TopicPattern::Compiled {
    RE2 expression;
};

namespace {

RE2::Options quietOptions() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);  // a pattern that needs more is refused
    return options;
}

}  // namespace

TopicPattern::TopicPattern(const std::string& pattern) : m_compiled(new Compiled{RE2(pattern, quietOptions())}) {}
TopicPattern::~TopicPattern() = default;
TopicPattern::TopicPattern(TopicPattern&&) noexcept = default;
TopicPattern& TopicPattern::operator=(TopicPattern&&) noexcept = default;

std::string TopicPattern::error() const {
    return m_compiled->expression.ok() ? "" : m_compiled->expression.error();
}

bool TopicPattern::matches(std::string_view topic) const {
    return m_compiled->expression.ok() &&
           RE2::FullMatch(re2::StringPiece(topic.data(), topic.size()), m_compiled->expression);
}

}  // namespace weir::groups
