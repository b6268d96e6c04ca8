// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/topics/compactor.h"

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
