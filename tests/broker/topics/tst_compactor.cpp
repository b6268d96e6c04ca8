// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/topics/compactor.h"

#include <algorithm>

#include "broker/base/random.h"
#include "broker/storage/segment.h"
#include "tests/broker/topics/partition_fixture.h"

using namespace weir;
using namespace weir::testing;
using namespace weir::topics;

namespace {

/// One compacted topic with one partition, and the compactor of its broker.
class Compacting : public PartitionFixture {
public:
    SeededRandom random{7};
    config::BrokerConfig broker;
    std::unique_ptr<Compactor> compactor;

    bool begin(bool compacts = true) {
        options.log.segmentBytes = 1000;
        options.log.compacts = compacts;
        options.log.deletes = !compacts;
        options.log.minDirtyRatio = 0.3;
        return start() && attach(compacts);
    }
    bool attach(bool compacts = true) {
        auto config = std::make_shared<config::TopicConfig>();
        config->cleanupCompact = compacts;
        auto topic = std::make_shared<Topic>();
        topic->name = kId.topic;
        topic->id = kTopicId;
        topic->config = std::move(config);
        topic->partitions.push_back({.partition = partition, .offlineReason = {}});
        const auto snapshot = std::make_shared<const TopicsSnapshot>(std::vector<TopicPtr>{topic});
        const auto settings = std::make_shared<const config::BrokerConfig>(broker);
        compactor = std::make_unique<Compactor>(Compactor::Environment{.topics = [snapshot] { return snapshot; },
                                                                       .config = [settings] { return settings; },
                                                                       .clock = clock,
                                                                       .random = random,
                                                                       .logger = Logger()});
        return true;
    }
    /// The same three keys again and again, so that nearly all of it is superseded.
    bool fill(int batches = 40) {
        for (int i = 0; i < batches; ++i) {
            if (!append({.records = 3, .timestamp = clock.wallNowMs()})) {
                return false;
            }
        }
        return partition->flush().ok();
    }
    /// A transaction of one batch with keys of its own, and its end.
    bool transaction(ProducerId id, records::MarkerType end) {
        auto& sequence = m_sequences[id];
        const bool sent = begin(id, sequence);
        sequence += 2;
        return sent && endTransaction(id, end);
    }
    bool begin(ProducerId id, std::int32_t sequence) {
        BatchSpec spec;
        spec.records = 2;
        spec.producerId = id;
        spec.producerEpoch = ProducerEpoch(0);
        spec.baseSequence = Sequence(sequence);
        spec.transactional = true;
        spec.timestamp = clock.wallNowMs();
        ReadyBatch batch(spec, {.now = now()});
        return partition->append(batch.bytes(), batch.validated(), AppendOrigin::kClient, now(), &m_gate).ok();
    }
    bool endTransaction(ProducerId id, records::MarkerType type) {
        TransactionMarker marker;
        marker.producerId = id;
        marker.producerEpoch = ProducerEpoch(0);
        marker.type = type;
        marker.coordinatorEpoch = 0;
        marker.write = TransactionMarker::Write::kAlways;
        return partition->endTransaction(marker, now()).ok();
    }
    /// Offsets of the records that a reader of committed data takes, by the rules of a client.
    std::vector<std::int64_t> committed() {
        std::vector<std::int64_t> offsets;
        storage::ReadBuffer buffer;
        for (Offset from(0); from < end();) {
            buffer.clear();
            const auto got = fetch(from, buffer, Isolation::kReadCommitted);
            if (!got || got->bytes == 0) {
                break;
            }
            records::BatchWalker walker(buffer.bytes());
            while (const auto batch = walker.next()) {
                const bool isAborted = batch->isTransactional() &&
                                       std::any_of(got->aborted.begin(), got->aborted.end(), [&](const auto& each) {
                                           return each.producerId == batch->producerId() &&
                                                  each.firstOffset <= batch->baseOffset() &&
                                                  batch->baseOffset() < each.lastOffset;
                                       });
                if (batch->isControl() || isAborted || batch->baseOffset() < from) {
                    continue;
                }
                for (std::int32_t i = 0; i < batch->recordCount(); ++i) {
                    offsets.push_back(batch->baseOffset().value + i);
                }
            }
            from = got->next;
        }
        return offsets;
    }
    /// Indexes of aborted transactions without the segment they are of.
    std::vector<std::string> strayIndexes() {
        const auto paths = memory.paths();
        std::vector<std::string> stray;
        for (const std::string& path : paths) {
            if (path.ends_with(".txnindex") &&
                std::find(paths.begin(), paths.end(), path.substr(0, path.size() - 8) + "log") == paths.end()) {
                stray.push_back(path);
            }
        }
        return stray;
    }
    std::size_t indexes() {
        const auto paths = memory.paths();
        return static_cast<std::size_t>(
            std::count_if(paths.begin(), paths.end(), [](const auto& path) { return path.ends_with(".txnindex"); }));
    }
    std::int64_t recordsStored() {
        std::int64_t count = 0;
        storage::ReadBuffer buffer;
        for (Offset from(0); from < end();) {
            buffer.clear();
            const auto got = fetch(from, buffer);
            if (!got || got->bytes == 0) {
                break;
            }
            records::BatchWalker walker(buffer.bytes());
            while (const auto batch = walker.next()) {
                count += batch->recordCount();
            }
            from = got->next;
        }
        return count;
    }

private:
    const OpenGate m_gate;
    std::map<ProducerId, std::int32_t> m_sequences;
};

}  // namespace

class TestCompactor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aDirtyPartitionIsCompactedOnceAndRemembersItOverAKill() {
        Compacting f;
        QVERIFY(f.begin());
        QVERIFY(!f.compactor->runOnce());
        QVERIFY(f.fill());
        const std::int64_t before = f.recordsStored();
        QVERIFY(f.compactor->runOnce());
        const std::int64_t after = f.recordsStored();
        QVERIFY(after < before / 3);
        QVERIFY(!f.compactor->runOnce());
        QCOMPARE(f.compactor->totals().rounds, std::int64_t{1});
        f.compactor.reset();
        f.kill();
        QVERIFY(f.start() && f.attach());
        QCOMPARE(f.recordsStored(), after);
        QVERIFY(!f.compactor->runOnce());
    }

    void aTopicThatDoesNotAskForItIsLeftAlone() {
        Compacting f;
        QVERIFY(f.begin(false));
        QVERIFY(f.fill());
        QVERIFY(!f.compactor->runOnce());
        QCOMPARE(f.recordsStored(), std::int64_t{120});
    }

    void aRetryIsRecognisedAlthoughItsRecordsAreGone() {
        Compacting f;
        QVERIFY(f.begin());
        QVERIFY(f.produce(ProducerId(5), 0, 0, 3).ok());
        const auto original = f.produce(ProducerId(5), 0, 3, 3);
        QVERIFY(original.ok());
        QVERIFY(f.fill());
        QVERIFY(f.compactor->runOnce());
        f.compactor.reset();
        f.kill();
        for (const std::string& path : f.memory.paths()) {
            if (path.ends_with(".snapshot")) {
                QVERIFY(f.memory.remove(path).ok());
            }
        }
        QVERIFY(f.start() && f.attach());
        const auto retry = f.produce(ProducerId(5), 0, 3, 3);
        QVERIFY(retry.ok());
        QVERIFY(retry->duplicate);
        QCOMPARE(retry->baseOffset, original->baseOffset);
        QVERIFY(f.produce(ProducerId(5), 0, 6).ok());
    }

    // What compaction merges has one index of aborted transactions, beside the segment that it is of; it knows them as
    // long as data of them may be there, for readers of today and after a restart.
    void abortedTransactionsStayKnownWhereSegmentsAreMerged() {
        Compacting f;
        QVERIFY(f.begin());
        for (int i = 0; i < 20; ++i) {
            QVERIFY(f.transaction(ProducerId(1), records::MarkerType::kAbort));
            QVERIFY(f.transaction(ProducerId(2), records::MarkerType::kCommit));
            QVERIFY(f.fill(2));
        }
        // Open while it is compacted, aborted afterwards: its data stays.
        const std::int64_t firstOpen = f.end().value;
        QVERIFY(f.begin(ProducerId(3), 0));
        QVERIFY(f.fill(12));
        const std::size_t before = f.indexes();
        QVERIFY(before > 5);
        // Segments that were full are small now, as they also are where time ends them.
        f.options.log.segmentBytes = 5000;
        f.partition->setOptions(f.options);
        QVERIFY(f.compactor->runOnce());
        QCOMPARE(f.strayIndexes(), std::vector<std::string>());
        QVERIFY(f.indexes() < before);
        QVERIFY(f.indexes() > 0);
        QVERIFY(f.endTransaction(ProducerId(3), records::MarkerType::kAbort));
        const auto seen = f.committed();
        QVERIFY(!seen.empty());
        QVERIFY(std::find(seen.begin(), seen.end(), firstOpen) == seen.end());
        QVERIFY(seen.back() > firstOpen);
        for (const bool isClean : {true, false}) {
            f.compactor.reset();
            if (isClean) {
                QVERIFY(f.stopCleanly());
            } else {
                f.kill();
            }
            QVERIFY(f.start() && f.attach());
            QCOMPARE(f.committed(), seen);
            QCOMPARE(f.strayIndexes(), std::vector<std::string>());
        }
        // Their data was gone when the next round began: nobody has to know them any more.
        QVERIFY(f.fill());
        QVERIFY(f.compactor->runOnce());
        QCOMPARE(f.strayIndexes(), std::vector<std::string>());
        const auto left = f.committed();
        QVERIFY(std::none_of(left.begin(), left.end(),
                             [&](std::int64_t offset) { return offset == firstOpen || offset == firstOpen + 1; }));
    }

    void whatTheDiskRefusesRestsForAnHour() {
        Compacting f;
        QVERIFY(f.begin());
        QVERIFY(f.fill());
        const std::int64_t before = f.recordsStored();
        f.disk.setPlan([](DiskCall call, const io::Path& path) {
            return call == DiskCall::kWrite && path.string().ends_with(".cleaned")
                       ? std::optional(DiskFault{.code = io::IoErrc::kDiskFull})
                       : std::nullopt;
        });
        QVERIFY(!f.compactor->runOnce());
        f.disk.heal();
        QCOMPARE(f.compactor->totals().failures, std::int64_t{1});
        QCOMPARE(f.recordsStored(), before);
        QVERIFY(!f.compactor->runOnce());
        f.clock.advance(std::chrono::hours(1));
        QVERIFY(f.compactor->runOnce());
    }

    void nothingIsCompactedAfterTheStop() {
        Compacting f;
        QVERIFY(f.begin());
        QVERIFY(f.fill());
        f.compactor->stop();
        QVERIFY(!f.compactor->runOnce());
        QCOMPARE(f.recordsStored(), std::int64_t{120});
    }
};

QTEST_APPLESS_MAIN(TestCompactor)
#include "tst_compactor.moc"
