// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/checkpoint_text.h"

#include <charconv>

namespace weir::storage {

namespace {

template <class Int>
std::optional<Int> parse(std::string_view text) {
    Int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                                     : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

/// The entry lines of a version 0 checkpoint with as many of them as it says.
std::optional<std::vector<std::string_view>> entryLines(std::string_view text) {
    auto lines = split(text, '\n');
    if (lines.size() < 2 || lines[0] != "0" || parse<std::size_t>(lines[1]) != lines.size() - 2) {
        return std::nullopt;
    }
    lines.erase(lines.begin(), lines.begin() + 2);
    return lines;
}

std::string header(std::size_t count) {
    return "0\n" + std::to_string(count) + "\n";
}

}  // namespace

std::string writeOffsets(const std::map<TopicPartition, Offset>& offsets) {
    std::string text = header(offsets.size());
    for (const auto& [partition, offset] : offsets) {
        text += partition.topic + " " + std::to_string(partition.partition.value) + " " + std::to_string(offset.value) +
                "\n";
    }
    return text;
}

std::optional<std::map<TopicPartition, Offset>> readOffsets(std::string_view text) {
    const auto lines = entryLines(text);
    if (!lines) {
        return std::nullopt;
    }
    std::map<TopicPartition, Offset> offsets;
    for (const std::string_view line : *lines) {
        const auto parts = split(line, ' ');
        if (parts.size() != 3) {
            return std::nullopt;
        }
        const auto partition = parse<std::int32_t>(parts[1]);
        const auto offset = parse<std::int64_t>(parts[2]);
        if (!partition || !offset) {
            return std::nullopt;
        }
        offsets[{std::string(parts[0]), PartitionId(*partition)}] = Offset(*offset);
    }
    return offsets;
}

std::string writeEpochs(const std::vector<EpochLine>& epochs) {
    std::string text = header(epochs.size());
    for (const EpochLine& line : epochs) {
        text += std::to_string(line.epoch.value) + " " + std::to_string(line.start.value) + "\n";
    }
    return text;
}

std::optional<std::vector<EpochLine>> readEpochs(std::string_view text) {
    const auto lines = entryLines(text);
    if (!lines) {
        return std::nullopt;
    }
    std::vector<EpochLine> epochs;
    for (const std::string_view line : *lines) {
        const auto parts = split(line, ' ');
        const auto epoch = parts.size() == 2 ? parse<std::int32_t>(parts[0]) : std::nullopt;
        const auto start = parts.size() == 2 ? parse<std::int64_t>(parts[1]) : std::nullopt;
        if (!epoch || !start || *epoch < 0 || *start < 0 ||
            (!epochs.empty() && (epochs.back().epoch.value >= *epoch || epochs.back().start.value >= *start))) {
            return std::nullopt;
        }
        epochs.push_back({LeaderEpoch(*epoch), Offset(*start)});
    }
    return epochs;
}

std::string writePartitionMetadata(const TopicId& topicId) {
    return "version: 0\ntopic_id: " + topicId.toString();
}

std::optional<TopicId> readPartitionMetadata(std::string_view text) {
    constexpr std::string_view kStart = "version: 0\ntopic_id: ";
    if (!text.starts_with(kStart)) {
        return std::nullopt;
    }
    text.remove_prefix(kStart.size());
    while (text.ends_with('\n') || text.ends_with('\r')) {
        text.remove_suffix(1);
    }
    return Uuid::parse(text);
}

}  // namespace weir::storage
