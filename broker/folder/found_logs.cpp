// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/folder/found_logs.h"

#include <algorithm>
#include <map>
#include <optional>

#include "broker/io/files.h"
#include "broker/storage/checkpoint_text.h"
#include "broker/storage/file_names.h"

namespace weir::folder {

namespace {

using storage::StorageErrc;
using storage::StorageResult;

std::optional<std::string> textOf(io::FileSystem& disk, const io::Path& file) {
    const auto bytes = io::readWholeFile(disk, file);
    return bytes ? std::optional(std::string(asText(*bytes))) : std::nullopt;
}

bool holdsSegments(const std::vector<io::DirectoryEntry>& entries) {
    return std::any_of(entries.begin(), entries.end(), [](const io::DirectoryEntry& each) {
        return !each.isDirectory && storage::offsetOfFileName(each.name, storage::kLogSuffix).has_value();
    });
}

/// One log.dirs entry at a time.
class Finder {
public:
    Finder(io::FileSystem& disk, FoundLogs& into) : m_disk(disk), m_found(into) {}

    void takeDirectory(const io::Path& root, const std::vector<io::DirectoryEntry>& entries) {
        const auto starts = checkpoint(root, "log-start-offset-checkpoint");
        const auto cleaned = checkpoint(root, "cleaner-offset-checkpoint");
        const auto safe = checkpoint(root, "recovery-point-offset-checkpoint");
        if (m_found.clusterId.empty()) {
            m_found.clusterId = clusterIdOf(root);
        }
        for (const io::DirectoryEntry& each : entries) {
            const auto partition = each.isDirectory ? storage::partitionOfFolderName(each.name) : std::nullopt;
            if (each.isDirectory && storage::isFolderToDelete(each.name)) {
                m_found.notes.push_back(each.name + " was deleted and waits for its removal: it is left out.");
            } else if (partition) {
                const auto start = starts.find(*partition);
                takeLog(root / each.name, *partition, start == starts.end() ? kNoOffset : start->second,
                        cleaned.contains(*partition));
                const auto point = safe.find(*partition);
                m_found.logs.back().recoveryPoint = point == safe.end() ? kNoOffset : point->second;
            }
        }
    }

    void takeLog(const io::Path& path, const TopicPartition& partition, Offset logStart, bool isCompacted) {
        PartitionFolder log{partition, path, {}, logStart, isCompacted, kNoOffset};
        const io::Path metadata = path / "partition.metadata";
        if (const auto text = textOf(m_disk, metadata)) {
            if (const auto id = storage::readPartitionMetadata(*text)) {
                log.topicId = *id;
            } else {
                m_found.notes.push_back(path.filename().string() + "/partition.metadata cannot be read.");
            }
        }
        m_found.logs.push_back(std::move(log));
    }

private:
    std::map<TopicPartition, Offset> checkpoint(const io::Path& root, const char* name) {
        const auto text = textOf(m_disk, root / name);
        if (!text) {
            return {};
        }
        auto offsets = storage::readOffsets(*text);
        if (!offsets) {
            m_found.notes.push_back(std::string(name) + " cannot be read and is left out.");
            return {};
        }
        return *std::move(offsets);
    }

    std::string clusterIdOf(const io::Path& root) {
        constexpr std::string_view kKey = "cluster.id=";
        const std::string text = '\n' + textOf(m_disk, root / "meta.properties").value_or("");
        const auto at = text.find('\n' + std::string(kKey));
        if (at == std::string::npos) {
            return {};
        }
        const std::string rest = text.substr(at + 1 + kKey.size());
        return rest.substr(0, rest.find_first_of("\r\n"));
    }

    io::FileSystem& m_disk;
    FoundLogs& m_found;
};

bool holdsLogs(const std::vector<io::DirectoryEntry>& entries) {
    return std::any_of(entries.begin(), entries.end(), [](const io::DirectoryEntry& each) {
        return each.isDirectory && storage::partitionOfFolderName(each.name).has_value();
    });
}

/// Of the same log in two folders (a move between disks that a copy has caught) the first counts.
void dropDoubles(FoundLogs& found) {
    std::stable_sort(found.logs.begin(), found.logs.end(),
                     [](const PartitionFolder& a, const PartitionFolder& b) { return a.partition < b.partition; });
    const auto isSame = [](const PartitionFolder& a, const PartitionFolder& b) { return a.partition == b.partition; };
    for (auto at = std::adjacent_find(found.logs.begin(), found.logs.end(), isSame); at != found.logs.end();
         at = std::adjacent_find(at, found.logs.end(), isSame)) {
        found.notes.push_back((at + 1)->path.string() + " is left out: the same log stands in " + at->path.string() +
                              '.');
        found.logs.erase(at + 1);
    }
}

}  // namespace

StorageResult<FoundLogs> findLogs(io::FileSystem& disk, const io::Path& folder) {
    const auto entries = disk.list(folder);
    if (!entries) {
        return fail(storage::fromIo(entries.error()));
    }
    FoundLogs found;
    Finder finder(disk, found);
    if (holdsSegments(*entries)) {
        const io::Path clean = folder.has_filename() ? folder : folder.parent_path();
        const auto named = storage::partitionOfFolderName(clean.filename().string());
        finder.takeLog(clean, named.value_or(TopicPartition{"log", PartitionId(0)}), kNoOffset, false);
        return found;
    }
    if (holdsLogs(*entries)) {
        finder.takeDirectory(folder, *entries);
    } else {
        for (const io::DirectoryEntry& each : *entries) {
            const auto inner = each.isDirectory
                                   ? disk.list(folder / each.name)
                                   : io::IoResult<std::vector<io::DirectoryEntry>>(std::vector<io::DirectoryEntry>());
            if (!inner) {
                found.notes.push_back(each.name + " cannot be looked into: " + inner.error().message + '.');
            } else if (holdsLogs(*inner)) {
                finder.takeDirectory(folder / each.name, *inner);
            }
        }
    }
    if (found.logs.empty()) {
        return fail(StorageErrc::kForeign,
                    folder.string() + " holds no logs of Kafka: no folder such as \"orders-0\" with segment files.");
    }
    dropDoubles(found);
    return found;
}

}  // namespace weir::folder
