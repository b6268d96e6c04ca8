// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>

#include "broker/storage/checkpoint_text.h"
#include "broker/storage/file_names.h"
#include "tests/broker/storage/log_fixture.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::DiskCall;
using weir::testing::DiskFault;
using weir::testing::FaultyFileSystem;
using weir::testing::LogFixture;
using weir::testing::MemoryFileSystem;

namespace {

const TopicPartition kOrders{"orders", PartitionId(3)};
const TopicPartition kBills{"bills", PartitionId(0)};
const TopicId kFirst{{std::byte{1}, std::byte{2}}};
const TopicId kSecond{{std::byte{9}, std::byte{2}}};

std::unique_ptr<LogDirectory> openAt(io::FileSystem& disk) {
    auto opened = LogDirectory::open(disk, "/data", Logger());
    return opened ? std::move(*opened) : nullptr;
}

/// What a folder was told to do, with the answers.
struct Told {
    bool isPrepared = false;
    bool isReplaced = false;
    bool hasStart = false;
    bool isCleaned = false;
    bool isRetired = false;
    bool isMarked = false;
};

Told lead(LogDirectory& directory, bool retires) {
    Told told;
    told.isPrepared = directory.prepare(kOrders, kFirst).ok();
    static_cast<void>(directory.prepare(kBills, kFirst));
    directory.noteOpened(kOrders);
    directory.setRecoveryPoint(kOrders, Offset(42));
    told.hasStart = directory.setLogStart(kOrders, Offset(7)).ok();
    told.isCleaned = directory.setCleanedUpTo(kOrders, Offset(40)).ok();
    directory.writeCheckpointsIfDue(Timestamp(LogFixture::kNow));
    told.isReplaced = directory.prepare(kBills, kSecond).ok();
    directory.noteClosed(kOrders);
    if (retires) {
        told.isRetired = directory.retire(kOrders).ok();
        static_cast<void>(directory.removeRetired());
    }
    told.isMarked = directory.markClean().ok();
    return told;
}

}  // namespace

class TestLogDirectory : public QObject {
    Q_OBJECT

private slots:
    /// Each call of such a life fails once: what was said to be done is done at the next start, and the folder opens.
    void whatWasSaidToBeDoneIsDone_data() {
        QTest::addColumn<io::IoErrc>("code");
        QTest::addColumn<bool>("retires");
        for (const bool retires : {false, true}) {
            QTest::addRow("the device fails%s", retires ? ", a log goes" : "") << io::IoErrc::kIo << retires;
            QTest::addRow("the disk is full%s", retires ? ", a log goes" : "") << io::IoErrc::kDiskFull << retires;
            QTest::addRow("no descriptors%s", retires ? ", a log goes" : "") << io::IoErrc::kTooManyFiles << retires;
        }
    }
    void whatWasSaidToBeDoneIsDone() {
        QFETCH(io::IoErrc, code);
        QFETCH(bool, retires);
        int faults = 0;
        for (const DiskCall call :
             {DiskCall::kOpen, DiskCall::kRead, DiskCall::kWrite, DiskCall::kSync, DiskCall::kRename, DiskCall::kRemove,
              DiskCall::kList, DiskCall::kCreateDirectories, DiskCall::kSyncDirectory}) {
            for (int nth = 1;; ++nth) {
                MemoryFileSystem memory;
                FaultyFileSystem disk(memory);
                Told told;
                int seen = 0;
                {
                    const auto directory = openAt(disk);
                    QVERIFY(directory != nullptr);
                    disk.setPlan([&](DiskCall each, const io::Path&) {
                        return each == call && ++seen == nth ? std::optional(DiskFault{.code = code, .bytesThrough = 3})
                                                             : std::nullopt;
                    });
                    told = lead(*directory, retires);
                    disk.heal();
                }
                const QByteArray where = QString("call %1, the %2th").arg(int(call)).arg(nth).toUtf8();
                const auto directory = openAt(disk);
                QVERIFY2(directory != nullptr, where);
                const auto logs = directory->list();
                QVERIFY2(logs.ok(), where);
                const auto idOf = [&](const TopicPartition& partition) -> std::optional<TopicId> {
                    const auto found = std::ranges::find(*logs, partition, &LogDirectory::Found::partition);
                    return found == logs->end() ? std::nullopt : std::optional(found->topicId);
                };
                QVERIFY2(!told.isMarked || directory->lastStop() == LogDirectory::LastStop::kClean, where);
                QVERIFY2(!told.isReplaced || idOf(kBills) == kSecond, where);
                QVERIFY2(!told.isRetired || !idOf(kOrders), where);
                if (!retires) {
                    QVERIFY2(!told.isPrepared || idOf(kOrders) == kFirst, where);
                    QVERIFY2(!told.hasStart || directory->logStart(kOrders) == Offset(7), where);
                    QVERIFY2(!told.isCleaned || directory->cleanedUpTo(kOrders) == Offset(40), where);
                    QVERIFY2(!told.isMarked || directory->recoveryPoint(kOrders) == Offset(42), where);
                }
                // Whatever was left half done, the same again is done.
                const Told again = lead(*directory, retires);
                QVERIFY2(again.isPrepared && again.isReplaced && again.hasStart && again.isCleaned && again.isMarked,
                         where);
                QVERIFY2(again.isRetired == retires, where);
                if (seen < nth) {
                    QVERIFY(told.isPrepared && told.isMarked);
                    break;
                }
                ++faults;
            }
        }
        qInfo("%d failed calls", faults);
        QVERIFY(faults > 30);
    }
    void secondBrokerIsRefusedAndChangesNothing() {
        MemoryFileSystem disk;
        const auto first = openAt(disk);
        QVERIFY(first != nullptr);
        QVERIFY(first->prepare(kOrders, kFirst).ok());
        const auto before = disk.paths();
        QCOMPARE(LogDirectory::open(disk, "/data", Logger()).error().code, StorageErrc::kLocked);
        QCOMPARE(disk.paths(), before);
    }
    void stopIsCleanOnlyAfterTheMarkAndOnlyOnce() {
        MemoryFileSystem disk;
        QCOMPARE(openAt(disk)->lastStop(), LogDirectory::LastStop::kFresh);
        {
            const auto directory = openAt(disk);
            QVERIFY(directory->prepare(kOrders, kFirst).ok());
        }
        QCOMPARE(openAt(disk)->lastStop(), LogDirectory::LastStop::kUnclean);
        QVERIFY(openAt(disk)->markClean().ok());
        QCOMPARE(openAt(disk)->lastStop(), LogDirectory::LastStop::kClean);
        QCOMPARE(openAt(disk)->lastStop(), LogDirectory::LastStop::kUnclean);
    }
    void checkpointsComeBack() {
        MemoryFileSystem disk;
        {
            const auto directory = openAt(disk);
            directory->setRecoveryPoint(kOrders, Offset(42));
            QVERIFY(directory->setLogStart(kOrders, Offset(7)).ok());
            QVERIFY(directory->writeCheckpoints().ok());
        }
        QVERIFY(asText(disk.contents("/data/recovery-point-offset-checkpoint")) == "0\n1\norders 3 42\n");
        const auto directory = openAt(disk);
        QCOMPARE(directory->recoveryPoint(kOrders), std::optional(Offset(42)));
        QCOMPARE(directory->logStart(kOrders), std::optional(Offset(7)));
    }
    void checkpointsAreWrittenOnceAMinute() {
        MemoryFileSystem disk;
        const auto directory = openAt(disk);
        const auto written = [&disk] {
            return std::string(asText(disk.contents("/data/recovery-point-offset-checkpoint")));
        };
        directory->setRecoveryPoint(kOrders, Offset(1));
        directory->writeCheckpointsIfDue(Timestamp(LogFixture::kNow));
        QCOMPARE(written(), std::string("0\n1\norders 3 1\n"));
        directory->setRecoveryPoint(kOrders, Offset(2));
        directory->writeCheckpointsIfDue(Timestamp(LogFixture::kNow + 59'999));
        QCOMPARE(written(), std::string("0\n1\norders 3 1\n"));
        directory->writeCheckpointsIfDue(Timestamp(LogFixture::kNow + 60'000));
        QCOMPARE(written(), std::string("0\n1\norders 3 2\n"));
        // Nothing moved: nothing is written, however late it is.
        disk.setContents("/data/recovery-point-offset-checkpoint", toBytes("as it is"));
        directory->writeCheckpointsIfDue(Timestamp(LogFixture::kNow + 600'000));
        QCOMPARE(written(), std::string("as it is"));
    }
    void ofALogThatIsNotOpenNothingIsNoted() {
        MemoryFileSystem disk;
        const auto directory = openAt(disk);
        QVERIFY(directory->prepare(kOrders, kFirst).ok());
        QVERIFY(directory->setCleanedUpTo(kOrders, Offset(5)).ok());
        QVERIFY(!directory->cleanedUpTo(kOrders));
        directory->noteOpened(kOrders);
        QVERIFY(directory->setCleanedUpTo(kOrders, Offset(5)).ok());
        QCOMPARE(directory->cleanedUpTo(kOrders), std::optional(Offset(5)));
        directory->noteClosed(kOrders);
        QVERIFY(directory->setCleanedUpTo(kOrders, Offset(6)).ok());
        QCOMPARE(directory->cleanedUpTo(kOrders), std::optional(Offset(5)));
        QVERIFY(!directory->needsScan(kOrders));
        QVERIFY(!directory->needsScan(kBills));
    }
    void ruinedCheckpointMeansAScanNotAFailure() {
        for (const char* text : {"", "0", "0\n2\norders 3 42\n", "1\n1\norders 3 42\n", "0\n1\norders 3\n",
                                 "0\n1\norders x 42\n", "0\n1\norders 3 x\n", "0\n1\norders 3 99999999999999999999\n",
                                 "0\n1\norders  42\n", "0\n1\norders 3 42x\n", "\xff\xfe\x01"}) {
            MemoryFileSystem disk;
            QVERIFY(disk.createDirectories("/data").ok());
            disk.setContents("/data/recovery-point-offset-checkpoint", toBytes(text));
            const auto directory = openAt(disk);
            QVERIFY(directory != nullptr);
            QVERIFY(!directory->recoveryPoint(kOrders));
        }
    }
    void recreatedTopicSeesNothingOfTheOldOne() {
        MemoryFileSystem disk;
        {
            const auto directory = openAt(disk);
            QVERIFY(directory->prepare(kOrders, kFirst).ok());
            disk.setContents("/data/orders-3/00000000000000000000.log", toBytes("old records"));
            directory->setRecoveryPoint(kOrders, Offset(42));
            QVERIFY(directory->setLogStart(kOrders, Offset(7)).ok());
            QVERIFY(directory->retire(kOrders).ok());
            QVERIFY(!disk.exists("/data/orders-3"));
            QVERIFY(directory->list()->empty());
            QVERIFY(directory->prepare(kOrders, kSecond).ok());
            QVERIFY(!disk.exists("/data/orders-3/00000000000000000000.log"));
            QVERIFY(!directory->logStart(kOrders));
            QVERIFY(!directory->recoveryPoint(kOrders));
            QCOMPARE(*directory->removeRetired(), std::size_t{1});
        }
        for (const std::string& path : disk.paths()) {
            QVERIFY(path.find("-delete") == std::string::npos);
        }
        const auto directory = openAt(disk);
        QCOMPARE(directory->list()->size(), std::size_t{1});
        QCOMPARE(directory->list()->front().topicId, kSecond);
        QVERIFY(!directory->logStart(kOrders));
    }
    void folderOfAnEarlierTopicIsSetAsideWhenTheDeletionWasInterrupted() {
        MemoryFileSystem disk;
        const auto directory = openAt(disk);
        QVERIFY(directory->prepare(kOrders, kFirst).ok());
        disk.setContents("/data/orders-3/00000000000000000000.log", toBytes("old records"));
        QVERIFY(directory->prepare(kOrders, kSecond).ok());
        QVERIFY(!disk.exists("/data/orders-3/00000000000000000000.log"));
        QVERIFY(asText(disk.contents("/data/orders-3/partition.metadata")) ==
                "version: 0\ntopic_id: " + kSecond.toString());
    }
    void folderOfUnknownOriginIsTakenOverNotThrownAway() {
        MemoryFileSystem disk;
        const auto directory = openAt(disk);
        QVERIFY(disk.createDirectories("/data/orders-3").ok());
        disk.setContents("/data/orders-3/00000000000000000000.log", toBytes("records"));
        QVERIFY(directory->prepare(kOrders, kFirst).ok());
        QVERIFY(asText(disk.contents("/data/orders-3/00000000000000000000.log")) == "records");
        QCOMPARE(directory->list()->front().topicId, kFirst);
    }
    void newTopicSurvivesAPowerCut() {
        MemoryFileSystem disk;
        {
            const auto directory = openAt(disk);
            QVERIFY(disk.syncDirectory("/").ok());
            QVERIFY(directory->prepare(kOrders, kFirst).ok());
        }
        disk.powerCut();
        const auto directory = openAt(disk);
        QCOMPARE(directory->list()->size(), std::size_t{1});
        QCOMPARE(directory->list()->front().topicId, kFirst);
    }
    void whatCouldNotBePreparedIsTheNextTime_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("a folder of unknown origin") << QByteArray("orders-3/some.file");
        QTest::newRow("a checkpoint of an earlier log") << QByteArray("recovery-point-offset-checkpoint");
        QTest::newRow("where one began") << QByteArray("log-start-offset-checkpoint");
        QTest::newRow("a cleaner's checkpoint of one") << QByteArray("cleaner-offset-checkpoint");
    }
    void whatCouldNotBePreparedIsTheNextTime() {
        QFETCH(QByteArray, file);
        MemoryFileSystem memory;
        FaultyFileSystem disk(memory);
        QVERIFY(memory.createDirectories("/data").ok());
        if (file.contains('/')) {
            QVERIFY(memory.createDirectories("/data/orders-3").ok());
        }
        memory.setContents("/data/" + file.toStdString(), toBytes("0\n1\norders 3 42\n"));
        auto directory = LogDirectory::open(disk, "/data", Logger());
        QVERIFY(directory.ok());
        disk.failNth(DiskCall::kWrite, 1, {.code = io::IoErrc::kDiskFull});
        const auto refused = (*directory)->prepare(kOrders, kFirst);
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, StorageErrc::kDiskFull);
        QVERIFY((*directory)->prepare(kOrders, kFirst).ok());
        // Nor does the next start hear of an earlier log.
        (*directory).reset();
        directory = LogDirectory::open(disk, "/data", Logger());
        QVERIFY(directory.ok());
        QVERIFY(!(*directory)->recoveryPoint(kOrders));
        QVERIFY(!(*directory)->logStart(kOrders));
        QVERIFY(!(*directory)->cleanedUpTo(kOrders));
        const auto found = (*directory)->list();
        QVERIFY(found.ok() && found->size() == 1);
        QCOMPARE(found->front().topicId, kFirst);
    }
    /// They are there, and a start that went on without them would write over what they say.
    void checkpointsThatNobodyMayReadStopTheStart() {
        for (const io::IoErrc code : {io::IoErrc::kPermission, io::IoErrc::kTooManyFiles}) {
            MemoryFileSystem memory;
            FaultyFileSystem disk(memory);
            QVERIFY(memory.createDirectories("/data").ok());
            memory.setContents("/data/recovery-point-offset-checkpoint", toBytes("0\n1\norders 3 42\n"));
            disk.failNth(DiskCall::kOpen, 1, {.code = code});
            QVERIFY(!LogDirectory::open(disk, "/data", Logger()).ok());
            const auto directory = LogDirectory::open(disk, "/data", Logger());
            QVERIFY(directory.ok());
            QCOMPARE((*directory)->recoveryPoint(kOrders), std::optional(Offset(42)));
        }
    }
    void foreignFoldersAreNotLogs() {
        MemoryFileSystem disk;
        const auto directory = openAt(disk);
        for (const char* name : {"photos", "orders-", "-3", "orders-01", "orders--1", "a b-1", "..-1",
                                 "orders-3.00000000000000000000000000000000-delete", "orders-99999999999"}) {
            QVERIFY(disk.createDirectories(io::Path("/data") / name).ok());
        }
        disk.setContents("/data/file-1", toBytes("x"));
        QVERIFY(directory->list()->empty() ||
                (directory->list()->size() == 1 && directory->list()->front().partition.topic == "orders-"));
    }
    /// Kafka writes no line end behind the id, editors do. Any other text is of nobody we know.
    void theTopicsIdIsRead_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isKnown");
        const QByteArray kafkas = QByteArray::fromStdString("version: 0\ntopic_id: " + kFirst.toString());
        QTest::newRow("as Kafka has it") << kafkas << true;
        QTest::newRow("a line end") << kafkas + "\n" << true;
        QTest::newRow("a line end of Windows") << kafkas + "\r\n" << true;
        QTest::newRow("another version") << QByteArray(kafkas).replace("version: 0", "version: 1") << false;
        QTest::newRow("half an id") << kafkas.chopped(5) << false;
        QTest::newRow("nothing") << QByteArray() << false;
    }
    void theTopicsIdIsRead() {
        QFETCH(QByteArray, text);
        QFETCH(bool, isKnown);
        MemoryFileSystem disk;
        const auto directory = openAt(disk);
        QVERIFY(directory->prepare(kOrders, kSecond).ok());
        disk.setContents(directory->pathOf(kOrders) / "partition.metadata", toBytes(text.toStdString()));
        const auto found = directory->list();
        QVERIFY(found.ok());
        QCOMPARE(found->size(), std::size_t{1});
        QCOMPARE(found->front().topicId, isKnown ? kFirst : TopicId{});
    }
    void namesAreParsedBackExactly() {
        for (const char* topic : {"a", "orders", "with-dash", "a.b_c", "x-1-2"}) {
            const TopicPartition partition{topic, PartitionId(12)};
            QVERIFY(partitionOfFolderName(logFolderName(partition)) == partition);
        }
        QVERIFY(offsetFileName(Offset(42), kLogSuffix) == "00000000000000000042.log");
        QCOMPARE(offsetOfFileName("00000000000000000042.log", kLogSuffix), std::optional(Offset(42)));
        for (const char* name : {"42.log", "0000000000000000004x.log", "00000000000000000042.index",
                                 "-0000000000000000042.log", "99999999999999999999.log"}) {
            QVERIFY(!offsetOfFileName(name, kLogSuffix));
        }
        QVERIFY(isFolderToDelete("orders-3.0123456789abcdef0123456789abcdef-delete"));
        QVERIFY(!isFolderToDelete("orders-delete"));
        QVERIFY(!isFolderToDelete("orders-3-0123456789abcdef0123456789abcdef-delete"));
        QVERIFY(!isFolderToDelete("orders-3.0123456789abcdef0123456789abcdeX-delete"));
    }
};

QTEST_APPLESS_MAIN(TestLogDirectory)
#include "tst_log_directory.moc"
