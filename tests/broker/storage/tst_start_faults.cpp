// SPDX-License-Identifier: GPL-3.0-or-later
// A start after a kill whose disk fails once, at any call: nothing of what could be read before is lost by it.
#include <QTest>
#include <algorithm>

#include "tests/broker/storage/log_fixture.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::DiskCall;
using weir::testing::DiskFault;
using weir::testing::LogFixture;

namespace {

constexpr const char* kFirst = "00000000000000000000";

void change(LogFixture& f, const std::string& name, const std::function<void(Bytes&)>& how) {
    Bytes bytes = f.memory.contents(f.file(name));
    how(bytes);
    f.memory.setContents(f.file(name), bytes);
}

/// What a kill, and a bad disk, left behind.
struct Scene {
    const char* name;
    std::function<void(LogFixture&)> make;
};

const std::vector<Scene>& scenes() {
    static const std::vector<Scene> all = {
        {"nothing but a kill", [](LogFixture&) {}},
        {"torn tail",
         [](LogFixture& f) {
             change(f, f.filesWith(".log").back(), [](Bytes& bytes) { bytes.resize(bytes.size() - 5); });
         }},
        {"damage in the middle",
         [](LogFixture& f) {
             const auto logs = f.filesWith(".log");
             change(f, logs[logs.size() - 2], [](Bytes& bytes) { bytes[500] ^= std::byte{1}; });
         }},
        {"something in front of the first batch",
         [](LogFixture& f) {
             const auto logs = f.filesWith(".log");
             change(f, logs.back(), [](Bytes& bytes) { bytes.insert(bytes.begin(), 100, std::byte{7}); });
         }},
        {"a segment of which nothing is left",
         [](LogFixture& f) {
             const auto logs = f.filesWith(".log");
             const std::string& gone = logs[logs.size() - 2];
             change(f, gone, [](Bytes& bytes) { std::ranges::fill(bytes, std::byte{0}); });
             QVERIFY(f.memory.remove(f.file(gone.substr(0, 20) + ".timeindex")).ok());
         }},
        {"a compaction of several segments before its last renames",
         [](LogFixture& f) {
             const auto logs = f.filesWith(".log");
             Bytes together;
             for (std::size_t i = 0; i + 1 < logs.size(); ++i) {
                 const Bytes bytes = f.memory.contents(f.file(logs[i]));
                 together.insert(together.end(), bytes.begin(), bytes.end());
             }
             f.memory.setContents(f.file(std::string(kFirst) + ".log.swap"), together);
         }},
        {"no leader epochs", [](LogFixture& f) { QVERIFY(f.memory.remove(f.file("leader-epoch-checkpoint")).ok()); }},
        {"no indexes",
         [](LogFixture& f) {
             for (const char* suffix : {".index", ".timeindex"}) {
                 for (const std::string& name : f.filesWith(suffix)) {
                     QVERIFY(f.memory.remove(f.file(name)).ok());
                 }
             }
         }},
        {"a compaction before its last renames",
         [](LogFixture& f) {
             for (const char* suffix : {".log", ".index", ".timeindex"}) {
                 const std::string name = std::string(kFirst) + suffix;
                 f.memory.setContents(f.file(name + ".swap"), f.memory.contents(f.file(name)));
             }
         }},
        {"what others left half done",
         [](LogFixture& f) {
             for (const char* suffix : {".log.deleted", ".log.cleaned", ".log.split", ".index.swap"}) {
                 f.memory.setContents(f.file(std::string(kFirst) + suffix), Bytes(100));
             }
             f.memory.setContents(f.file("leader-epoch-checkpoint.tmp"), Bytes(3));
             f.memory.setContents(f.file("00000000000000000777.index"), Bytes(8));
         }},
        {"checkpoints that say more than there is",
         [](LogFixture& f) {
             f.memory.setContents("/data/recovery-point-offset-checkpoint", toBytes("0\n1\norders 0 5000\n"));
             // All that is there was synced.
             for (const std::string& name : f.namesIn(f.folder())) {
                 change(f, name, [](Bytes&) {});
             }
             change(f, f.filesWith(".log").back(), [](Bytes& bytes) { bytes.resize(bytes.size() - 5); });
         }},
    };
    return all;
}

const std::vector<DiskCall>& calls() {
    static const std::vector<DiskCall> all = {DiskCall::kOpen,         DiskCall::kRead,   DiskCall::kWrite,
                                              DiskCall::kSync,         DiskCall::kRename, DiskCall::kTruncate,
                                              DiskCall::kRemove,       DiskCall::kList,   DiskCall::kCreateDirectories,
                                              DiskCall::kSyncDirectory};
    return all;
}

bool make(LogFixture& f, const Scene& scene) {
    f.options.segmentBytes = 2000;
    f.options.indexIntervalBytes = 400;
    if (!f.start() || !f.appendMany(14, {.records = 2, .valueBytes = 150}) || !f.log->flush().ok() ||
        !f.directory->writeCheckpoints().ok() || !f.appendMany(14, {.records = 2, .valueBytes = 150})) {
        return false;
    }
    f.kill();
    scene.make(f);
    return true;
}

/// One start, as far as it comes.
void tryStart(LogFixture& f) {
    auto directory = LogDirectory::open(f.disk, "/data", Logger());
    if (!directory || !(*directory)->prepare(f.kPartition, Uuid{{std::byte{1}}})) {
        return;
    }
    auto log = Log::open({.directory = **directory, .partition = f.kPartition}, f.options, Timestamp(LogFixture::kNow));
    if (log) {
        static_cast<void>((*log)->beginEpoch(LeaderEpoch((*log)->highestEpoch().value_or(LeaderEpoch(0)).value + 1)));
    }
}

}  // namespace

class TestStartFaults : public QObject {
    Q_OBJECT

private slots:
    void aFailedCallOfAStartLosesNothing_data() {
        QTest::addColumn<int>("scene");
        QTest::addColumn<io::IoErrc>("code");
        for (std::size_t i = 0; i < scenes().size(); ++i) {
            QTest::addRow("%s, the device fails", scenes()[i].name) << int(i) << io::IoErrc::kIo;
            QTest::addRow("%s, the disk is full", scenes()[i].name) << int(i) << io::IoErrc::kDiskFull;
            QTest::addRow("%s, no descriptors", scenes()[i].name) << int(i) << io::IoErrc::kTooManyFiles;
        }
    }
    void aFailedCallOfAStartLosesNothing() {
        QFETCH(int, scene);
        QFETCH(io::IoErrc, code);
        const Scene& made = scenes()[static_cast<std::size_t>(scene)];
        Bytes whole;
        {
            LogFixture f;
            QVERIFY(make(f, made));
            QVERIFY(f.start());
            whole = f.readAll(f.log->startOffset());
            QVERIFY(!whole.empty());
        }
        int faults = 0;
        for (const DiskCall call : calls()) {
            for (int nth = 1;; ++nth) {
                LogFixture f;
                QVERIFY(make(f, made));
                int seen = 0;
                f.disk.setPlan([&](DiskCall each, const io::Path&) {
                    return each == call && ++seen == nth ? std::optional(DiskFault{.code = code, .bytesThrough = 7})
                                                         : std::nullopt;
                });
                tryStart(f);
                f.disk.heal();
                if (seen < nth) {
                    break;
                }
                ++faults;
                const auto where = QString("call %1, the %2th").arg(int(call)).arg(nth);
                QVERIFY2(f.start(), qPrintable(where));
                QVERIFY2(f.readAll(f.log->startOffset()) == whole, qPrintable(where));
                // And it goes on from there, through a loss of power too.
                f.written.clear();
                const LeaderEpoch epoch = f.log->epochs().latest().value_or(LeaderEpoch(0));
                QVERIFY2(f.appendMany(2, {.leaderEpoch = epoch}) && f.log->flush().ok(), qPrintable(where));
                const Bytes grown = f.readAll(f.log->startOffset());
                QCOMPARE(grown.size(), whole.size() + f.expected().size());
                f.powerCut();
                QVERIFY2(f.start(), qPrintable(where));
                QVERIFY2(f.readAll(f.log->startOffset()) == grown, qPrintable(where));
            }
        }
        qInfo("%d failed calls", faults);
        QVERIFY(faults > 20);
    }
};

QTEST_APPLESS_MAIN(TestStartFaults)
#include "tst_start_faults.moc"
