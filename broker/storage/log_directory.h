// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/log.h"
#include "broker/base/uuid.h"
#include "broker/io/file_system.h"
#include "broker/model/ids.h"
#include "broker/storage/errors.h"

namespace weir::storage {

/// The folder that holds all logs of a broker, in the layout of Kafka's log.dirs:
///
///     .lock                               held while a broker uses the folder
///     .kafka_cleanshutdown                there only between a clean stop and the next start
///     recovery-point-offset-checkpoint    below these offsets everything is on stable storage
///     cleaner-offset-checkpoint           up to where the logs are compacted
///     log-start-offset-checkpoint         where the logs start after records were deleted
///     <topic>-<partition>/                one log
///     <topic>-<partition>.<hex>-delete/   a deleted log that housekeeping will remove
///     .quarantine/                        what recovery could not read; never deleted by Weir
///
/// Owned by the broker; outlives every log in it. Thread safe.
class LogDirectory {
public:
    /// A log found on disk.
    struct Found {
        TopicPartition partition;
        /// Zero if the folder has no partition.metadata.
        TopicId topicId;
    };
    enum class LastStop : std::uint8_t {
        kFresh,    ///< The folder was empty.
        kClean,    ///< Nothing needs to be scanned.
        kUnclean,  ///< Logs are scanned from their recovery points on.
    };

    /// Makes the folder if absent, takes its lock (kLocked if another broker has it, and then nothing was changed),
    /// reads the checkpoints and takes the clean-stop marker away.
    [[nodiscard]] static StorageResult<std::unique_ptr<LogDirectory>> open(io::FileSystem& fileSystem, io::Path root,
                                                                           Logger logger);
    /// Says nothing about how the stop went: call `markClean` for that after every log was closed.
    ~LogDirectory();
    LogDirectory(const LogDirectory&) = delete;
    LogDirectory& operator=(const LogDirectory&) = delete;

    [[nodiscard]] io::FileSystem& fileSystem() const { return m_fileSystem; }
    [[nodiscard]] const io::Path& root() const { return m_root; }
    [[nodiscard]] const Logger& logger() const { return m_logger; }
    [[nodiscard]] LastStop lastStop() const { return m_lastStop; }
    [[nodiscard]] StorageResult<io::DiskSpace> space() const;

    /// Every folder that is a log; in no order.
    [[nodiscard]] StorageResult<std::vector<Found>> list() const;
    [[nodiscard]] io::Path pathOf(const TopicPartition& partition) const;
    [[nodiscard]] io::Path quarantineOf(const TopicPartition& partition) const;

    /// Makes the folder of a log with its partition.metadata, on stable storage when it returns. A folder that is there
    /// with the same topic id is kept; one with another topic id is an old incarnation and is set aside for removal.
    StorageResult<void> prepare(const TopicPartition& partition, const TopicId& topicId);
    /// Renames the folder of a closed log for removal; from then on no start will see it. The checkpoints forget it.
    StorageResult<void> retire(const TopicPartition& partition);
    /// Housekeeping: removes what `retire` and `prepare` set aside. Returns how many folders went.
    StorageResult<std::size_t> removeRetired();

    /// A log is open from now on, and a start that finds it so has to scan it; until `noteClosed`.
    void noteOpened(const TopicPartition& partition);
    void noteClosed(const TopicPartition& partition);
    [[nodiscard]] bool needsScan(const TopicPartition& partition) const;

    /// What the checkpoint says; nothing if it does not know the log.
    [[nodiscard]] std::optional<Offset> recoveryPoint(const TopicPartition& partition) const;
    [[nodiscard]] std::optional<Offset> cleanedUpTo(const TopicPartition& partition) const;
    [[nodiscard]] std::optional<Offset> logStart(const TopicPartition& partition) const;
    /// On stable storage when it returns; of a log that is not open nothing is noted.
    StorageResult<void> setCleanedUpTo(const TopicPartition& partition, Offset offset);
    /// Remembered in memory, on disk at the next `writeCheckpoints`.
    void setRecoveryPoint(const TopicPartition& partition, Offset offset);
    /// On stable storage when it returns: deleted records must not come back.
    StorageResult<void> setLogStart(const TopicPartition& partition, Offset offset);
    StorageResult<void> writeCheckpoints();
    /// Housekeeping: writes them if a recovery point has moved and the last time is a minute ago. An old recovery point
    /// only makes the scan after a crash longer.
    void writeCheckpointsIfDue(Timestamp now);

    /// The last act of a clean stop: writes the checkpoints and the marker. Every log must be closed.
    StorageResult<void> markClean();

private:
    using Offsets = std::map<TopicPartition, Offset>;

    LogDirectory(io::FileSystem& fileSystem, io::Path root, Logger logger);
    StorageResult<void> start();
    StorageResult<void> readCheckpoint(const char* name, Offsets& into);
    StorageResult<void> setAside(const io::Path& folder);
    StorageResult<void> forget(const TopicPartition& partition);

    io::FileSystem& m_fileSystem;
    io::Path m_root;
    Logger m_logger;
    std::unique_ptr<io::FileLock> m_lock;
    LastStop m_lastStop = LastStop::kFresh;
    mutable std::mutex m_mutex;
    Offsets m_recoveryPoints;
    Offsets m_logStarts;
    Offsets m_cleaned;
    /// Of the files of these three: one could not be written when a partition was forgotten, and may tell of it still.
    std::array<bool, 3> m_tellsTooMuch{};
    bool m_recoveryPointsMoved = false;
    Timestamp m_checkpointed{0};
    /// Logs opened since start: true while open.
    std::map<TopicPartition, bool> m_openedHere;
};

}  // namespace weir::storage
