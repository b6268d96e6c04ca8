// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/log_directory.h"

#include <cstdlib>

#include "broker/io/files.h"
#include "broker/storage/checkpoint_text.h"
#include "broker/storage/file_names.h"

namespace weir::storage {

namespace {

constexpr const char* kLockFile = ".lock";
constexpr const char* kCleanFile = ".kafka_cleanshutdown";
constexpr const char* kRecoveryPointFile = "recovery-point-offset-checkpoint";
constexpr const char* kLogStartFile = "log-start-offset-checkpoint";
constexpr const char* kCleanerFile = "cleaner-offset-checkpoint";
constexpr const char* kMetadataFile = "partition.metadata";
constexpr const char* kQuarantine = ".quarantine";
/// Kafka's log.flush.offset.checkpoint.interval.ms.
constexpr std::int64_t kCheckpointEveryMs = 60'000;
/// Kafka's CleanShutdownFileHandler, version 0; -1 is "no broker epoch".
constexpr std::string_view kCleanText = R"({"version":0,"brokerEpoch":-1})";

template <class T>
StorageResult<T> lift(io::IoResult<T> result) {
    if (!result) {
        return fail(fromIo(result.error()));
    }
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return std::move(result).value();
    }
}

/// 32 hexadecimal digits of the folder's own name and a counter: unique among what waits for removal.
std::string removalName(const io::Path& folder, std::size_t attempt) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::size_t state = std::hash<std::string>{}(folder.string()) + attempt * 0x9e3779b97f4a7c15ULL;
    std::string digits;
    for (int i = 0; i < 32; ++i) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        digits.push_back(kHex[state >> 60]);
    }
    return folder.filename().string() + "." + digits + std::string(kDeleteFolderSuffix);
}

}  // namespace

LogDirectory::LogDirectory(io::FileSystem& fileSystem, io::Path root, Logger logger)
    : m_fileSystem(fileSystem), m_root(std::move(root)), m_logger(std::move(logger)) {}

LogDirectory::~LogDirectory() = default;

StorageResult<std::unique_ptr<LogDirectory>> LogDirectory::open(io::FileSystem& fileSystem, io::Path root,
                                                                Logger logger) {
    std::unique_ptr<LogDirectory> directory(new LogDirectory(fileSystem, std::move(root), std::move(logger)));
    if (auto done = directory->start(); !done) {
        return fail(std::move(done).error());
    }
    return directory;
}

StorageResult<void> LogDirectory::start() {
    if (auto done = m_fileSystem.createDirectories(m_root); !done) {
        return fail(fromIo(done.error()));
    }
    auto lock = m_fileSystem.lock(m_root / kLockFile);
    if (!lock) {
        return fail(fromIo(lock.error()));
    }
    m_lock = std::move(*lock);

    for (const auto& [name, into] : {std::pair(kRecoveryPointFile, &m_recoveryPoints),
                                     {kLogStartFile, &m_logStarts},
                                     {kCleanerFile, &m_cleaned}}) {
        if (auto done = readCheckpoint(name, *into); !done) {
            return done;
        }
    }

    if (m_fileSystem.exists(m_root / kCleanFile)) {
        m_lastStop = LastStop::kClean;
        // From here on a crash is a crash.
        if (auto done = m_fileSystem.remove(m_root / kCleanFile); !done) {
            return fail(fromIo(done.error()));
        }
        return lift(m_fileSystem.syncDirectory(m_root));
    }
    auto logs = list();
    if (!logs) {
        return fail(std::move(logs).error());
    }
    m_lastStop = logs->empty() ? LastStop::kFresh : LastStop::kUnclean;
    return {};
}

StorageResult<void> LogDirectory::readCheckpoint(const char* name, Offsets& into) {
    const auto bytes = io::readWholeFile(m_fileSystem, m_root / name);
    if (!bytes && (bytes.error().code == io::IoErrc::kTooManyFiles || bytes.error().code == io::IoErrc::kPermission)) {
        // It is there, and would be written over without what it says.
        return fail(fromIo(bytes.error()));
    }
    if (!bytes && bytes.error().code == io::IoErrc::kNotFound) {
        return {};
    }
    auto offsets = bytes ? readOffsets(asText(*bytes)) : std::nullopt;
    if (!offsets) {
        m_logger.warn("{} is not readable and is made anew", name);
    }
    into = std::move(offsets).value_or(Offsets{});
    return {};
}

StorageResult<io::DiskSpace> LogDirectory::space() const {
    return lift(m_fileSystem.space(m_root));
}

StorageResult<std::vector<LogDirectory::Found>> LogDirectory::list() const {
    auto entries = m_fileSystem.list(m_root);
    if (!entries) {
        return fail(fromIo(entries.error()));
    }
    std::vector<Found> logs;
    for (const io::DirectoryEntry& entry : *entries) {
        const auto partition = partitionOfFolderName(entry.name);
        if (!entry.isDirectory || !partition) {
            continue;
        }
        Found found{.partition = *partition, .topicId = {}};
        if (const auto bytes = io::readWholeFile(m_fileSystem, m_root / entry.name / kMetadataFile)) {
            found.topicId = readPartitionMetadata(asText(*bytes)).value_or(TopicId{});
        }
        logs.push_back(std::move(found));
    }
    return logs;
}

io::Path LogDirectory::pathOf(const TopicPartition& partition) const {
    return m_root / logFolderName(partition);
}

io::Path LogDirectory::quarantineOf(const TopicPartition& partition) const {
    return m_root / kQuarantine / logFolderName(partition);
}

StorageResult<void> LogDirectory::prepare(const TopicPartition& partition, const TopicId& topicId) {
    const io::Path folder = pathOf(partition);
    const io::Path metadata = folder / kMetadataFile;
    if (m_fileSystem.exists(folder)) {
        const auto bytes = io::readWholeFile(m_fileSystem, metadata);
        const auto there = bytes ? readPartitionMetadata(asText(*bytes)) : std::nullopt;
        if (there == topicId) {
            return {};
        }
        if (!there) {
            // Nobody knows whose it is, so nobody may throw it away: it is taken over.
            if (auto done = io::replaceFile(m_fileSystem, metadata, asBytes(writePartitionMetadata(topicId))); !done) {
                return fail(fromIo(done.error()));
            }
            return {};
        }
        m_logger.warn("{} belongs to an earlier topic of that name and is set aside", folder.string());
        if (auto done = retire(partition); !done) {
            return done;
        }
    }
    // What a checkpoint still says of an earlier log of this name is not true of the new one.
    if (auto done = forget(partition); !done) {
        return done;
    }
    if (auto done = m_fileSystem.createDirectories(folder); !done) {
        return fail(fromIo(done.error()));
    }
    if (auto done = io::replaceFile(m_fileSystem, metadata, asBytes(writePartitionMetadata(topicId))); !done) {
        return fail(fromIo(done.error()));
    }
    return lift(m_fileSystem.syncDirectory(m_root));
}

StorageResult<void> LogDirectory::setAside(const io::Path& folder) {
    io::Path target;
    std::size_t attempt = 0;
    do {
        target = m_root / removalName(folder, attempt++);
    } while (m_fileSystem.exists(target));
    if (auto done = m_fileSystem.rename(folder, target); !done) {
        return fail(fromIo(done.error()));
    }
    return lift(m_fileSystem.syncDirectory(m_root));
}

StorageResult<void> LogDirectory::retire(const TopicPartition& partition) {
    if (m_fileSystem.exists(pathOf(partition))) {
        if (auto done = setAside(pathOf(partition)); !done) {
            return done;
        }
    }
    return forget(partition);
}

StorageResult<void> LogDirectory::forget(const TopicPartition& partition) {
    const std::lock_guard lock(m_mutex);
    m_openedHere.erase(partition);
    struct Checkpoint {
        const char* name;
        Offsets& offsets;
        bool& tellsTooMuch;
    };
    for (const Checkpoint& file : {Checkpoint{kRecoveryPointFile, m_recoveryPoints, m_tellsTooMuch[0]},
                                   {kLogStartFile, m_logStarts, m_tellsTooMuch[1]},
                                   {kCleanerFile, m_cleaned, m_tellsTooMuch[2]}}) {
        file.tellsTooMuch = file.offsets.erase(partition) > 0 || file.tellsTooMuch;
        if (!file.tellsTooMuch) {
            continue;
        }
        if (auto done = io::replaceFile(m_fileSystem, m_root / file.name, asBytes(writeOffsets(file.offsets))); !done) {
            return fail(fromIo(done.error()));
        }
        file.tellsTooMuch = false;
    }
    return {};
}

StorageResult<std::size_t> LogDirectory::removeRetired() {
    auto entries = m_fileSystem.list(m_root);
    if (!entries) {
        return fail(fromIo(entries.error()));
    }
    std::size_t count = 0;
    for (const io::DirectoryEntry& entry : *entries) {
        if (entry.isDirectory && isFolderToDelete(entry.name)) {
            if (auto done = io::removeTree(m_fileSystem, m_root / entry.name); !done) {
                return fail(fromIo(done.error()));
            }
            ++count;
        }
    }
    return count;
}

void LogDirectory::noteOpened(const TopicPartition& partition) {
    const std::lock_guard lock(m_mutex);
    m_openedHere[partition] = true;
}

void LogDirectory::noteClosed(const TopicPartition& partition) {
    const std::lock_guard lock(m_mutex);
    m_openedHere[partition] = false;
}

bool LogDirectory::needsScan(const TopicPartition& partition) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_openedHere.find(partition);
    return found != m_openedHere.end() ? found->second : m_lastStop == LastStop::kUnclean;
}

std::optional<Offset> LogDirectory::recoveryPoint(const TopicPartition& partition) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_recoveryPoints.find(partition);
    return found == m_recoveryPoints.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Offset> LogDirectory::logStart(const TopicPartition& partition) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_logStarts.find(partition);
    return found == m_logStarts.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Offset> LogDirectory::cleanedUpTo(const TopicPartition& partition) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_cleaned.find(partition);
    return found == m_cleaned.end() ? std::nullopt : std::optional(found->second);
}

StorageResult<void> LogDirectory::setCleanedUpTo(const TopicPartition& partition, Offset offset) {
    const std::lock_guard lock(m_mutex);
    if (const auto open = m_openedHere.find(partition); open == m_openedHere.end() || !open->second) {
        return {};
    }
    m_cleaned[partition] = offset;
    return lift(io::replaceFile(m_fileSystem, m_root / kCleanerFile, asBytes(writeOffsets(m_cleaned))));
}

void LogDirectory::setRecoveryPoint(const TopicPartition& partition, Offset offset) {
    const std::lock_guard lock(m_mutex);
    Offset& known = m_recoveryPoints[partition];
    m_recoveryPointsMoved = m_recoveryPointsMoved || known != offset;
    known = offset;
}

StorageResult<void> LogDirectory::setLogStart(const TopicPartition& partition, Offset offset) {
    const std::lock_guard lock(m_mutex);
    m_logStarts[partition] = offset;
    return lift(io::replaceFile(m_fileSystem, m_root / kLogStartFile, asBytes(writeOffsets(m_logStarts))));
}

StorageResult<void> LogDirectory::writeCheckpoints() {
    const std::lock_guard lock(m_mutex);
    if (auto done = io::replaceFile(m_fileSystem, m_root / kRecoveryPointFile, asBytes(writeOffsets(m_recoveryPoints)));
        !done) {
        return fail(fromIo(done.error()));
    }
    return lift(io::replaceFile(m_fileSystem, m_root / kLogStartFile, asBytes(writeOffsets(m_logStarts))));
}

void LogDirectory::writeCheckpointsIfDue(Timestamp now) {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_recoveryPointsMoved || std::abs(now - m_checkpointed) < kCheckpointEveryMs) {
            return;
        }
        m_recoveryPointsMoved = false;
        m_checkpointed = now;
    }
    if (auto done = writeCheckpoints(); !done) {
        m_logger.warn("the checkpoints could not be written: {}", done.error().message);
    }
}

StorageResult<void> LogDirectory::markClean() {
    if (auto done = writeCheckpoints(); !done) {
        return done;
    }
    return lift(io::replaceFile(m_fileSystem, m_root / kCleanFile, asBytes(kCleanText)));
}

}  // namespace weir::storage
