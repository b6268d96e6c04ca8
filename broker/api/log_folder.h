// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/model/admin.h"
#include "broker/model/log_folder.h"
#include "broker/model/record_sieve.h"
#include "broker/model/snapshot.h"

namespace weir::api {

class Operations;

/// A folder of Kafka's log files that no broker serves, copied from Apache Kafka or from Weir, looked into read-only:
/// nothing in it is opened for writing, locked, renamed or made. It is taken for a copy, which does not change.
///
/// Made without touching the disk. The first call lists the folder; from then on a thread of its own reads every log
/// once, small ones first, and a log that is asked for before its turn is read at once. Thread safe; calls block for as
/// long as that takes. After stop() calls answer kStopped.
class LogFolder {
public:
    /// `folder`: one of a broker's log.dirs, a folder of several of them, or that of a single log. `clock` outlives it.
    static std::shared_ptr<LogFolder> make(std::string folder, const Clock& clock);
    virtual ~LogFolder() = default;
    LogFolder(const LogFolder&) = delete;
    LogFolder& operator=(const LogFolder&) = delete;

    virtual void stop() = 0;

    [[nodiscard]] virtual const std::string& path() const = 0;
    /// From meta.properties; empty before the first answer, or without that file.
    [[nodiscard]] virtual std::string clusterId() const = 0;

    /// What is known so far: of logs that are not read yet there is the size only, and a problem says how far it is.
    /// What is damaged stands among the problems. kNotFound: there is no log in the folder.
    virtual ClusterResult<SnapshotPtr> snapshot() = 0;
    /// What is damaged in the logs that were read so far, by partition.
    virtual ClusterResult<std::vector<FolderDamage>> damage() = 0;
    /// Once every log was read. For tests and reports; a window shows what is there meanwhile.
    virtual ClusterResult<void> waitUntilRead() = 0;

    /// As a broker would answer, past what is damaged. `sieve` may be nullptr.
    virtual ClusterResult<std::shared_ptr<const RecordChunk>> read(const ReadRequest& request,
                                                                   const RecordSieve* sieve) = 0;
    virtual ClusterResult<Offset> offsetFor(const TopicPartition& partition, const OffsetSpec& spec) = 0;
    virtual ClusterResult<std::vector<SegmentInfo>> segments(const TopicPartition& partition) = 0;

    /// What was set for a topic, as the controller's log or Weir's catalog wrote it down. kUnsupported: neither is in
    /// the folder.
    virtual ClusterResult<std::vector<ConfigEntry>> describeTopicConfig(const std::string& topic) = 0;

    /// Transactions and producers; the rest answers kUnsupported with the reason. Lives as long as the folder.
    [[nodiscard]] virtual Operations& operations() = 0;

    /// Why a folder cannot be changed, and what only a broker could tell, in a sentence.
    static const char* const kNoBroker;

protected:
    LogFolder() = default;
};

}  // namespace weir::api
