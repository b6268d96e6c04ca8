// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/model/topic_name.h"

#include <algorithm>

namespace weir {

std::optional<std::string> whyNotATopicName(std::string_view name) {
    if (name.empty()) {
        return "the topic name is empty";
    }
    if (name == "." || name == "..") {
        return "the topic name cannot be '.' or '..'";
    }
    if (name.size() > kMaxTopicNameLength) {
        return "the topic name is longer than 249 characters";
    }
    const auto legal = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    };
    if (!std::all_of(name.begin(), name.end(), legal)) {
        return "the topic name has a character other than ASCII letters, digits, '.', '_' and '-'";
    }
    return std::nullopt;
}

bool topicNamesCollide(std::string_view a, std::string_view b) {
    const auto same = [](char x, char y) { return (x == '.' ? '_' : x) == (y == '.' ? '_' : y); };
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), same);
}

}  // namespace weir
