// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/file_names.h"

#include <charconv>

#include "broker/model/topic_name.h"

namespace weir::storage {

namespace {

constexpr std::size_t kDigits = 20;

template <class Int>
std::optional<Int> parseDigits(std::string_view text) {
    Int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '-' || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

std::string offsetFileName(Offset offset, std::string_view suffix) {
    const std::string digits = std::to_string(offset.value);
    return std::string(kDigits - digits.size(), '0') + digits + std::string(suffix);
}

std::optional<Offset> offsetOfFileName(std::string_view name, std::string_view suffix) {
    if (name.size() != kDigits + suffix.size() || !name.ends_with(suffix)) {
        return std::nullopt;
    }
    const auto value = parseDigits<std::int64_t>(name.substr(0, kDigits));
    return value ? std::optional(Offset(*value)) : std::nullopt;
}

std::string logFolderName(const TopicPartition& partition) {
    return partition.topic + "-" + std::to_string(partition.partition.value);
}

std::optional<TopicPartition> partitionOfFolderName(std::string_view name) {
    const auto dash = name.rfind('-');
    if (dash == std::string_view::npos || dash + 1 == name.size()) {
        return std::nullopt;
    }
    const auto number = parseDigits<std::int32_t>(name.substr(dash + 1));
    const std::string_view topic = name.substr(0, dash);
    // "t-01" is not how we write 1, and two folders must not be one partition.
    if (!number || std::to_string(*number) != name.substr(dash + 1) || whyNotATopicName(topic)) {
        return std::nullopt;
    }
    return TopicPartition{std::string(topic), PartitionId(*number)};
}

bool isFolderToDelete(std::string_view name) {
    constexpr std::size_t kHexDigits = 32;
    if (!name.ends_with(kDeleteFolderSuffix) || name.size() <= kHexDigits + 1 + kDeleteFolderSuffix.size()) {
        return false;
    }
    const std::string_view tail = name.substr(name.size() - kDeleteFolderSuffix.size() - kHexDigits - 1);
    return tail.front() == '.' &&
           tail.substr(1, kHexDigits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace weir::storage
