// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/model/ids.h"

/// The names that Kafka gives to the files and folders of a log (LogFileUtils, UnifiedLog).
namespace weir::storage {

inline constexpr std::string_view kLogSuffix = ".log";
inline constexpr std::string_view kOffsetIndexSuffix = ".index";
inline constexpr std::string_view kTimeIndexSuffix = ".timeindex";
inline constexpr std::string_view kTxnIndexSuffix = ".txnindex";
inline constexpr std::string_view kSnapshotSuffix = ".snapshot";
/// Renamed by retention; to be removed once nobody can still be reading it.
inline constexpr std::string_view kDeletedSuffix = ".deleted";
/// Written by compaction: not finished, of no meaning to a start.
inline constexpr std::string_view kCleanedSuffix = ".cleaned";
/// Finished by compaction: takes the place of the segments it was made of, if need be at the next start.
inline constexpr std::string_view kSwapSuffix = ".swap";
/// Ours: the valid rest of a damaged segment while recovery copies it. Its origin is whole until it is renamed.
inline constexpr std::string_view kSplitSuffix = ".split";
/// End of a folder's name that waits for removal: "<topic>-<partition>.<32 hex>-delete".
inline constexpr std::string_view kDeleteFolderSuffix = "-delete";

/// The offset as 20 digits, then the suffix: "00000000000000000042.log".
[[nodiscard]] std::string offsetFileName(Offset offset, std::string_view suffix);
/// The offset of such a name, or nothing if it is not one with exactly this suffix.
[[nodiscard]] std::optional<Offset> offsetOfFileName(std::string_view name, std::string_view suffix);

/// "<topic>-<partition>".
[[nodiscard]] std::string logFolderName(const TopicPartition& partition);
/// Nothing if the name is not that of a live log.
[[nodiscard]] std::optional<TopicPartition> partitionOfFolderName(std::string_view name);
[[nodiscard]] bool isFolderToDelete(std::string_view name);

}  // namespace weir::storage
