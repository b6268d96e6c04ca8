// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "broker/api/folder_operations.h"
#include "broker/api/folder_settings.h"
#include "broker/api/log_folder.h"
#include "broker/base/random.h"
#include "broker/folder/partition_scan.h"
#include "broker/io/posix_file_system.h"

namespace weir::api {

/// The contract over the disk of this computer.
class OpenedFolder final : public LogFolder, private FolderOperations::Source {
public:
    OpenedFolder(std::string folder, const Clock& clock);
    ~OpenedFolder() override;

    void stop() override;
    [[nodiscard]] const std::string& path() const override { return m_path; }
    [[nodiscard]] std::string clusterId() const override;
    ClusterResult<SnapshotPtr> snapshot() override;
    ClusterResult<std::vector<FolderDamage>> damage() override;
    ClusterResult<void> waitUntilRead() override;
    ClusterResult<std::shared_ptr<const RecordChunk>> read(const ReadRequest& request,
                                                           const RecordSieve* sieve) override;
    ClusterResult<Offset> offsetFor(const TopicPartition& partition, const OffsetSpec& spec) override;
    ClusterResult<std::vector<SegmentInfo>> segments(const TopicPartition& partition) override;
    ClusterResult<std::vector<ConfigEntry>> describeTopicConfig(const std::string& topic) override;
    [[nodiscard]] Operations& operations() override { return m_operations; }

private:
    using Contents = std::shared_ptr<const folder::PartitionContents>;
    struct Log {
        folder::PartitionFolder folder;
        std::int64_t size = 0;
        /// Held by whoever reads it for the first time.
        std::mutex reading;
        /// Both guarded by the folder's mutex; one of them is set once it was read.
        Contents contents;
        std::optional<ClusterError> failure;
    };

    ClusterResult<void> list();
    void readAll();
    void readMetadata();
    /// With the mutex held.
    void keep(std::shared_ptr<const FolderSettings> settings);
    void readGroups();
    void readCatalog(std::map<std::string, GroupSnapshot>& groups);
    ClusterResult<Log*> find(const TopicPartition& partition);
    ClusterResult<Contents> contentsOf(Log& log);
    [[nodiscard]] Contents known(const Log& log) const;
    [[nodiscard]] std::optional<ClusterError> whyFailed(const Log& log) const;
    /// Records outside of transactions, and of committed ones.
    void forEachCommitted(const folder::PartitionContents& contents, const TopicPartition& partition,
                          const std::function<void(const RecordView&)>& take);

    ClusterResult<std::vector<ProducerInfo>> producersOf(const TopicPartition& partition) override;
    ClusterResult<std::vector<TransactionInfo>> coordinated() override;
    std::vector<FolderOperations::Open> open() override;

    std::shared_ptr<const TopicSnapshot> describe(const std::vector<Log*>& logs) const;
    [[nodiscard]] std::vector<Problem> problems() const;
    [[nodiscard]] std::string progress() const;

    const std::string m_path;
    const Clock& m_clock;
    SystemRandom m_random;
    io::PosixFileSystem m_disk;
    /// As m_path, without links.
    io::Path m_real;
    FolderOperations m_operations;
    std::atomic<bool> m_stop{false};
    std::atomic<std::int64_t> m_read{0};

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_isListed = false;
    bool m_isRead = false;
    std::optional<ClusterError> m_unusable;
    folder::FoundLogs m_found;
    /// By partition; neither is changed once the folder is listed.
    std::map<TopicPartition, std::unique_ptr<Log>> m_logs;
    std::map<std::string, std::vector<Log*>> m_topics;
    std::int64_t m_bytes = 0;
    std::vector<std::shared_ptr<const GroupSnapshot>> m_groups;
    std::int64_t m_unknownOffsets = 0;
    /// Once they were looked for; nullptr where nothing tells of them.
    bool m_hasLookedForSettings = false;
    std::shared_ptr<const FolderSettings> m_settings;
    std::string m_missing;
    /// Counts up with every log that was read.
    std::uint64_t m_version = 1;
    std::uint64_t m_shownVersion = 0;
    std::vector<std::shared_ptr<const TopicSnapshot>> m_shown;
    std::thread m_reader;
};

}  // namespace weir::api
