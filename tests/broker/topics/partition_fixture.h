// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>
#include <optional>

#include "broker/storage/log_directory.h"
#include "broker/topics/partition.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/log_builder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_file_system.h"

namespace weir::testing {

/// Every producer is in its transaction.
class OpenGate final : public topics::TransactionGate {
public:
    topics::PartitionResult<void> admit(const TopicPartition&, ProducerId, ProducerEpoch) const override { return {}; }
    bool startsAtZero() const override { return false; }
};

/// One partition on a disk in memory; commits run when the test says so.
class PartitionFixture {
public:
    const TopicPartition kId{"orders", PartitionId(0)};
    const TopicId kTopicId{{std::byte{1}}};

    MemoryFileSystem memory;
    FaultyFileSystem disk{memory};
    ManualClock clock;
    std::unique_ptr<storage::CommitQueue> commits;
    topics::PartitionOptions options;
    std::unique_ptr<storage::LogDirectory> directory;
    std::shared_ptr<topics::Partition> partition;

    bool start() {
        // What the run before had still in the queue died with it.
        commits = std::make_unique<storage::CommitQueue>(0);
        auto opened = storage::LogDirectory::open(disk, "/data", Logger());
        if (!opened) {
            return false;
        }
        directory = std::move(*opened);
        return open();
    }
    bool open(std::optional<TopicId> topicId = std::nullopt) {
        auto made =
            topics::Partition::open({.directory = *directory, .commits = *commits, .clock = clock, .logger = Logger()},
                                    kId, topicId.value_or(kTopicId), options);
        if (!made) {
            qWarning("%s", made.error().message.c_str());
            return false;
        }
        partition = std::move(*made);
        return true;
    }
    bool stopCleanly() {
        const bool closed = partition->close().ok();
        partition.reset();
        const bool marked = closed && directory->markClean().ok();
        directory.reset();
        return marked;
    }
    void kill() {
        commits.reset();
        partition.reset();
        directory.reset();
    }

    [[nodiscard]] Timestamp now() const { return Timestamp(clock.wallNowMs()); }
    topics::PartitionResult<topics::Appended> append(const BatchSpec& spec,
                                                     TimestampType type = TimestampType::kCreateTime) {
        ReadyBatch batch(spec, {.timestampType = type, .now = now()});
        return partition->append(batch.bytes(), batch.validated(), topics::AppendOrigin::kClient, now());
    }
    /// A batch of `records` from sequence `first` on.
    topics::PartitionResult<topics::Appended> produce(ProducerId id, std::int16_t epoch, std::int32_t first,
                                                      std::int32_t records = 1) {
        return append({.records = records,
                       .producerId = id,
                       .producerEpoch = ProducerEpoch(epoch),
                       .baseSequence = Sequence(first)});
    }
    topics::PartitionResult<topics::Fetched> fetch(Offset from, storage::ReadBuffer& into,
                                                   Isolation isolation = Isolation::kReadUncommitted) {
        return partition->fetch({.from = from, .maxBytes = 1 << 20, .isolation = isolation}, into);
    }
    [[nodiscard]] Offset end() const { return partition->offsets().logEnd; }
};

}  // namespace weir::testing
