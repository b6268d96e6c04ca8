// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/uuid.h"
#include "broker/model/ids.h"

/// The small text files beside the logs, as Kafka writes them (CheckpointFile, PartitionMetadataFile): a version line
/// "0", a line with the count, one line per entry; and "version: 0\ntopic_id: <base64>". Reading is strict: whatever is
/// not exactly that is nothing.
namespace weir::storage {

[[nodiscard]] std::string writeOffsets(const std::map<TopicPartition, Offset>& offsets);
[[nodiscard]] std::optional<std::map<TopicPartition, Offset>> readOffsets(std::string_view text);

struct EpochLine {
    LeaderEpoch epoch;
    Offset start;
};
[[nodiscard]] std::string writeEpochs(const std::vector<EpochLine>& epochs);
/// Nothing also if epochs or offsets do not rise.
[[nodiscard]] std::optional<std::vector<EpochLine>> readEpochs(std::string_view text);

[[nodiscard]] std::string writePartitionMetadata(const TopicId& topicId);
[[nodiscard]] std::optional<TopicId> readPartitionMetadata(std::string_view text);

}  // namespace weir::storage
