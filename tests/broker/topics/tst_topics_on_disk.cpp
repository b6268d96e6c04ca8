// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QElapsedTimer>
#include <QtCore/QTemporaryDir>

#include "broker/catalog/catalog.h"
#include "broker/io/posix_file_system.h"
#include "broker/storage/commit_queue.h"
#include "broker/storage/read_buffer.h"
#include "broker/topics/topic_registry.h"
#include "tests/support/fast_folder.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/log_builder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_file_system.h"

using namespace weir;
using namespace weir::topics;
using namespace weir::testing;

namespace {

/// What a plan throws in place of the power going: nothing after it runs.
struct PowerLoss {};

/// Catalog, registry and real partitions over a disk of the test's choice.
class Broker {
public:
    Broker(io::FileSystem& disk, io::Path logs, config::ConfigMap fixed = {})
        : m_disk(disk), m_logs(std::move(logs)), m_fixed(std::move(fixed)) {
        start();
    }

    TopicRegistry& registry() { return *m_registry; }
    testing::ManualClock& clock() { return m_clock; }

    void stop() {
        WEIR_ASSERT(m_registry->close().ok());
        WEIR_ASSERT(m_catalog->close().ok());
        kill();
    }
    void kill() {
        m_registry.reset();
        m_partitions.reset();
        m_directory.reset();
        m_catalog.reset();
    }
    void start() {
        m_catalog = *catalog::Catalog::open({m_folder.path().toStdString()}, m_clock, m_random, Logger());
        m_directory = *storage::LogDirectory::open(m_disk, m_logs, Logger());
        m_partitions = std::make_unique<DiskPartitions>(PartitionContext{*m_directory, m_commits, m_clock, Logger()});
        m_registry =
            *TopicRegistry::open({*m_catalog, *m_directory, *m_partitions, m_clock, m_random, Logger()}, m_fixed);
    }
    void restart() {
        stop();
        start();
    }

    TopicPtr make(const std::string& name, std::int32_t partitions = 1) {
        auto result = m_registry->create({{name, partitions, -1, {}}}, Mode::kApply);
        WEIR_ASSERT(result.front().ok());
        return find(name);
    }
    TopicPtr find(const std::string& name) { return m_registry->snapshot()->byName(name); }
    std::shared_ptr<Partition> partition(const std::string& name, std::int32_t id = 0) {
        return m_registry->snapshot()->partition(name, PartitionId(id));
    }
    PartitionResult<Appended> append(const std::string& name, const BatchSpec& spec, std::int32_t id = 0) {
        records::ValidationRules rules;
        rules.now = Timestamp(m_clock.wallNowMs());
        ReadyBatch batch(spec, rules);
        return partition(name, id)->append(batch.bytes(), batch.validated(), AppendOrigin::kClient,
                                           Timestamp(m_clock.wallNowMs()));
    }
    /// Bytes of all stored batches from `from` on.
    std::size_t stored(const std::string& name, Offset from = Offset(0), std::int32_t id = 0) {
        storage::ReadBuffer buffer;
        FetchRequest request;
        request.from = from;
        request.maxBytes = 1 << 20;
        const auto fetched = partition(name, id)->fetch(request, buffer);
        return fetched ? fetched->bytes : 0;
    }

private:
    io::FileSystem& m_disk;
    io::Path m_logs;
    config::ConfigMap m_fixed;
    QTemporaryDir m_folder{testing::fastFolder()};
    testing::ManualClock m_clock;
    SeededRandom m_random{23};
    storage::CommitQueue m_commits{0};
    std::unique_ptr<catalog::Catalog> m_catalog;
    std::unique_ptr<storage::LogDirectory> m_directory;
    std::unique_ptr<DiskPartitions> m_partitions;
    std::unique_ptr<TopicRegistry> m_registry;
};

/// The power goes at the n-th call that could change the disk.
FaultyFileSystem::Plan losePowerAt(int n) {
    return [left = std::make_shared<int>(n)](DiskCall call, const io::Path&) -> std::optional<DiskFault> {
        const bool changes = call != DiskCall::kRead && call != DiskCall::kList;
        if (changes && --*left == 0) {
            throw PowerLoss{};
        }
        return std::nullopt;
    };
}

/// Does `act` again and again, with the power going one call later each time, until it gets through; after each cut
/// the broker starts and `judge` looks at it. Returns how many cuts there were.
template <class Prepare, class Act, class Judge>
int cutEverywhere(Prepare prepare, Act act, Judge judge) {
    for (int n = 1;; ++n) {
        MemoryFileSystem memory;
        FaultyFileSystem disk(memory);
        Broker broker(disk, "/logs");
        prepare(broker);
        disk.setPlan(losePowerAt(n));
        bool cut = false;
        try {
            act(broker);
        } catch (const PowerLoss&) {
            cut = true;
        }
        disk.heal();
        broker.kill();
        if (cut) {
            memory.powerCut();
        }
        broker.start();
        judge(broker, n);
        if (!cut) {
            return n - 1;
        }
    }
}

}  // namespace

class TstTopicsOnDisk : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recordsComeBackWithADeletedTopic() {
        for (const bool stopBetween : {false, true}) {
            MemoryFileSystem disk;
            Broker broker(disk, "/logs");
            broker.make("t", 2);
            QVERIFY(broker.append("t", {.records = 3}, 1).ok());
            const std::size_t bytes = broker.stored("t", Offset(0), 1);
            QVERIFY(bytes > 0);
            const auto old = broker.partition("t", 1);
            QVERIFY(broker.registry().remove("t").ok());
            QVERIFY(old->offlineReason().size() > 0);
            if (stopBetween) {
                broker.restart();
            }
            broker.registry().housekeep(Timestamp(broker.clock().wallNowMs()));
            QVERIFY(broker.registry().undelete("t").ok());
            QCOMPARE(broker.stored("t", Offset(0), 1), bytes);
            QCOMPARE(broker.append("t", {.records = 1}, 1)->baseOffset, Offset(3));
            broker.restart();
            QVERIFY(broker.stored("t", Offset(0), 1) > bytes);
        }
    }
    void aNamesakeStartsFromNothing() {
        MemoryFileSystem disk;
        Broker broker(disk, "/logs");
        broker.make("t");
        const BatchSpec first{
            .records = 5, .producerId = ProducerId(9), .producerEpoch = ProducerEpoch(3), .baseSequence = Sequence(0)};
        QCOMPARE(broker.append("t", first)->baseOffset, Offset(0));
        QVERIFY(broker.append("t", first)->duplicate);
        QVERIFY(broker.partition("t")->deleteRecordsBefore(Offset(4)).ok());
        QVERIFY(broker.registry().remove("t").ok());
        broker.make("t");
        QCOMPARE(broker.partition("t")->offsets().logStart, Offset(0));
        QCOMPARE(broker.partition("t")->offsets().logEnd, Offset(0));
        BatchSpec older = first;
        older.producerEpoch = ProducerEpoch(1);
        const auto appended = broker.append("t", older);
        QVERIFY(appended.ok());
        QVERIFY(!appended->duplicate);
        QCOMPARE(appended->baseOffset, Offset(0));
        broker.restart();
        QCOMPARE(broker.partition("t")->offsets().logStart, Offset(0));
        QCOMPARE(broker.partition("t")->offsets().logEnd, Offset(5));
    }
    void deletedRecordsStayDeletedWhenTheirTopicComesBack() {
        MemoryFileSystem disk;
        Broker broker(disk, "/logs");
        broker.make("t");
        QVERIFY(broker.append("t", {.records = 2}).ok());
        QVERIFY(broker.append("t", {.records = 2}).ok());
        QVERIFY(broker.partition("t")->deleteRecordsBefore(Offset(2)).ok());
        QVERIFY(broker.registry().remove("t").ok());
        broker.restart();
        QVERIFY(broker.registry().undelete("t").ok());
        QCOMPARE(broker.partition("t")->offsets().logStart, Offset(2));
        QCOMPARE(broker.partition("t")->offsets().logEnd, Offset(4));
        broker.kill();
        broker.start();
        QCOMPARE(broker.partition("t")->offsets().logStart, Offset(2));
    }
    void theLeaderEpochRisesAfterAKillAndNotAfterAStop() {
        MemoryFileSystem disk;
        Broker broker(disk, "/logs");
        broker.make("t");
        QVERIFY(broker.append("t", {}).ok());
        const LeaderEpoch before = broker.partition("t")->leaderEpoch();
        broker.restart();
        QCOMPARE(broker.partition("t")->leaderEpoch(), before);
        broker.kill();
        broker.start();
        QVERIFY(broker.partition("t")->leaderEpoch() > before);
    }
    void aPowerCutAtAnyPointOfACreationLeavesItWholeOrAbsent() {
        const int cuts = cutEverywhere(
            [](Broker& broker) { broker.make("other"); },
            [](Broker& broker) {
                (void)broker.registry().create({{"t", 2, -1, {}}}, Mode::kApply);
            },
            [](Broker& broker, int n) {
                const std::string place = "cut " + std::to_string(n);
                QVERIFY2(broker.partition("other") != nullptr, place.c_str());
                QVERIFY2(broker.registry().startReport().quarantined.empty(), place.c_str());
                QVERIFY2(broker.registry().startReport().offline.empty(), place.c_str());
                if (broker.find("t")) {
                    QVERIFY2(broker.append("t", {}, 0).ok() && broker.append("t", {}, 1).ok(), place.c_str());
                } else {
                    broker.make("t", 2);
                }
            });
        qInfo() << cuts << "cuts";
        QVERIFY(cuts > 5);
    }
    void aPowerCutAtAnyPointOfADeletionLeavesTheTopicOrItsWayBack() {
        const int cuts = cutEverywhere(
            [](Broker& broker) {
                broker.make("t", 2);
                QVERIFY(broker.append("t", {.records = 4}, 1).ok());
                QVERIFY(broker.partition("t", 1)->flush().ok());
            },
            [](Broker& broker) { (void)broker.registry().remove("t"); },
            [](Broker& broker, int n) {
                const std::string place = "cut " + std::to_string(n);
                QVERIFY2(broker.registry().startReport().quarantined.empty(), place.c_str());
                if (!broker.find("t")) {
                    QVERIFY2(broker.registry().undelete("t").ok(), place.c_str());
                }
                QVERIFY2(broker.partition("t", 1)->offsets().logEnd == Offset(4), place.c_str());
            });
        qInfo() << cuts << "cuts";
        QVERIFY(cuts > 5);
    }
    void aPowerCutAtAnyPointOfAnUndeletionCanBeRepeated() {
        const int cuts = cutEverywhere(
            [](Broker& broker) {
                broker.make("t", 2);
                QVERIFY(broker.append("t", {.records = 4}, 1).ok());
                QVERIFY(broker.partition("t", 1)->deleteRecordsBefore(Offset(1)).ok());
                QVERIFY(broker.registry().remove("t").ok());
            },
            [](Broker& broker) { (void)broker.registry().undelete("t"); },
            [](Broker& broker, int n) {
                const std::string place = "cut " + std::to_string(n);
                QVERIFY2(broker.registry().startReport().quarantined.empty(), place.c_str());
                if (!broker.find("t")) {
                    QVERIFY2(broker.registry().undelete("t").ok(), place.c_str());
                }
                QVERIFY2(broker.partition("t", 1)->offsets().logEnd == Offset(4), place.c_str());
                QVERIFY2(broker.partition("t", 1)->offsets().logStart == Offset(1), place.c_str());
            });
        qInfo() << cuts << "cuts";
        QVERIFY(cuts > 3);
    }
    void aFullDiskRefusesATopicAndLetsTheOthersServe() {
        MemoryFileSystem memory;
        FaultyFileSystem disk(memory);
        Broker broker(disk, "/logs");
        broker.make("t");
        disk.failAlways(DiskCall::kCreateDirectories, {io::IoErrc::kDiskFull, 0});
        const auto refused = broker.registry().create({{"u", 1, -1, {}}}, Mode::kApply);
        QVERIFY(refused.front().error().code == TopicErrc::kStorage);
        QVERIFY(broker.append("t", {}).ok());
        disk.heal();
        broker.make("u");
        broker.restart();
        QVERIFY(broker.partition("u") != nullptr);
    }
    void aStartOnAFullDiskServesWhatCanBeRead() {
        MemoryFileSystem memory;
        Broker broker(memory, "/logs");
        broker.make("t");
        for (int i = 0; i < 40; ++i) {
            QVERIFY(broker.append("t", {.records = 20}).ok());
        }
        const std::size_t before = broker.stored("t");
        broker.kill();
        memory.setCapacity(memory.usedBytes());
        broker.start();
        QVERIFY(broker.partition("t") != nullptr);
        QCOMPARE(broker.stored("t"), before);
        QVERIFY(broker.append("t", {}).error().code == PartitionErrc::kStorage);

        memory.setCapacity(1 << 30);
        QVERIFY(broker.append("t", {}).ok());
        const std::size_t after = broker.stored("t");
        QVERIFY(after > before);
        // What was not indexed on the disk is found again, after a crash and after a clean stop.
        broker.kill();
        broker.start();
        QCOMPARE(broker.stored("t"), after);
        broker.restart();
        QCOMPARE(broker.stored("t"), after);
        QVERIFY(broker.stored("t", Offset(700)) > 0);
    }
    void whatNeedsRoomToBeOpenedIsOpenedWhenThereIsSome() {
        MemoryFileSystem memory;
        Broker broker(memory, "/logs");
        broker.make("t", 2);
        QVERIFY(broker.append("t", {.records = 20}).ok());
        QVERIFY(broker.append("t", {.records = 20}, 1).ok());
        const std::size_t before = broker.stored("t");
        broker.kill();
        // A torn tail is kept aside, which takes room.
        const io::Path log = "/logs/t-0/00000000000000000000.log";
        Bytes bytes = memory.contents(log);
        bytes.resize(bytes.size() + 40'000, std::byte{7});
        memory.setContents(log, std::move(bytes));
        memory.setCapacity(memory.usedBytes());
        broker.start();
        const auto keepHouse = [&broker] {
            broker.clock().advance(std::chrono::seconds(6));
            broker.registry().housekeep(Timestamp(broker.clock().wallNowMs()));
        };
        keepHouse();
        QVERIFY(broker.partition("t") == nullptr);
        QVERIFY(broker.find("t")->partitions[0].waitsForRoom);
        QVERIFY(broker.partition("t", 1) != nullptr);

        memory.setCapacity(1 << 30);
        keepHouse();
        QVERIFY(broker.partition("t") != nullptr);
        QVERIFY(broker.find("t")->partitions[0].offlineReason.empty());
        QCOMPARE(broker.stored("t"), before);
        QVERIFY(broker.append("t", {}).ok());
        QVERIFY(broker.append("t", {}, 1).ok());
        broker.restart();
        QVERIFY(broker.stored("t") > before);
    }
    void aThousandTopicsOnARealDisk() {
        QTemporaryDir folder;
        io::PosixFileSystem disk;
        Broker broker(disk, folder.path().toStdString() + "/logs");
        std::vector<NewTopic> topics;
        for (int i = 0; i < 1000; ++i) {
            topics.push_back({"topic-" + std::to_string(i), 1, 1, {}});
        }
        QElapsedTimer timer;
        timer.start();
        for (const auto& result : broker.registry().create(topics, Mode::kApply)) {
            QVERIFY(result.ok());
        }
        const qint64 made = timer.restart();
        broker.stop();
        const qint64 stopped = timer.restart();
        broker.start();
        const qint64 started = timer.restart();
        broker.registry().housekeep(Timestamp(broker.clock().wallNowMs()));
        const qint64 kept = timer.elapsed();
        timer.restart();
        broker.make("wide", 100);
        const qint64 wide = timer.restart();
        QVERIFY(broker.registry().remove("wide").ok());
        qInfo() << "100 partitions made in" << wide << "ms and deleted in" << timer.elapsed() << "ms";
        QVERIFY(broker.registry().undelete("wide").ok());
        qInfo() << "1000 topics made in" << made << "ms, stopped in" << stopped << "ms, started in" << started
                << "ms, one round of housekeeping" << kept << "ms";
        QCOMPARE(broker.registry().startReport().partitions, std::size_t{1000});
        QVERIFY(broker.registry().startReport().offline.empty());
    }
};

QTEST_APPLESS_MAIN(TstTopicsOnDisk)
#include "tst_topics_on_disk.moc"
