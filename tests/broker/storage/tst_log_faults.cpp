// SPDX-License-Identifier: GPL-3.0-or-later
// A log at work whose disk fails once, at any call of its life: what was acknowledged stays, what is read is right, and
// after the next start it goes on.
#include <QTest>
#include <algorithm>

#include "tests/broker/storage/compaction_fixture.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::BatchSpec;
using weir::testing::CompactionFixture;
using weir::testing::DiskCall;
using weir::testing::DiskFault;
using weir::testing::LogFixture;

namespace {

/// Those that may fail in this way.
std::vector<DiskCall> callsThatFail(io::IoErrc code) {
    std::vector<DiskCall> all = {DiskCall::kOpen, DiskCall::kList};
    if (code != io::IoErrc::kTooManyFiles) {
        all.insert(all.end(), {DiskCall::kWrite, DiskCall::kSync, DiskCall::kRename, DiskCall::kTruncate,
                               DiskCall::kCreateDirectories, DiskCall::kSyncDirectory});
    }
    if (code == io::IoErrc::kIo) {
        all.insert(all.end(), {DiskCall::kRead, DiskCall::kRemove});
    }
    return all;
}

enum class End : std::uint8_t { kKill, kPowerCut };

/// Which call fails next: each of the first dozen of its kind, and ever fewer behind them; WEIR_FAULTS=full: each.
int following(int nth) {
    static const bool isFull = qEnvironmentVariable("WEIR_FAULTS") == "full";
    return nth + 1 + (isFull ? 0 : nth / 12);
}

/// What a log has promised while its disk failed.
struct Promises {
    struct Batch {
        Offset base;
        Bytes bytes;
    };
    std::vector<Batch> acknowledged;
    /// Deleted for good, and what may have gone.
    Offset gone{0};
    Offset mayBeGone{0};
    /// Below it nothing is lost without power.
    Offset synced{0};
    /// A read gave other bytes than were written.
    QString wrong;

    /// The bytes from the batch at `from` on.
    [[nodiscard]] Bytes from(Offset from) const {
        Bytes all;
        for (const Batch& batch : acknowledged) {
            if (batch.base + 1 >= from) {
                all.insert(all.end(), batch.bytes.begin(), batch.bytes.end());
            }
        }
        return all;
    }
};

bool isPrefix(const Bytes& bytes, const Bytes& of) {
    return bytes.size() <= of.size() && std::equal(bytes.begin(), bytes.end(), of.begin());
}

void add(LogFixture& f, Promises& promises, int batches) {
    for (int i = 0; i < batches; ++i) {
        const Offset base = f.log->endOffset();
        const BatchSpec spec{.records = 2,
                             .timestamp = LogFixture::kNow + 10 * base.value,
                             .valueBytes = 150,
                             .fill = static_cast<std::uint32_t>(base.value + 1)};
        if (f.append(spec)) {
            promises.acknowledged.push_back({base, f.written.back()});
        }
    }
}

void noteSynced(const StorageResult<Offset>& end, Promises& promises) {
    if (end) {
        promises.synced = std::max(promises.synced, *end);
    }
}

/// Reads in every way there is. An error is an answer, other bytes are not.
void look(LogFixture& f, Promises& promises) {
    const Offset end = f.log->endOffset();
    for (Offset at = f.log->startOffset(); at < end; at = at + 7) {
        const auto out = f.readAt(at, 1000);
        if (!out.error && !isPrefix(out.bytes, promises.from(at))) {
            promises.wrong = QString("read from %1").arg(at.value);
        }
        const Timestamp target(LogFixture::kNow + 10 * at.value);
        const auto found = f.log->findByTime(target, {f.log->startOffset(), end});
        if (found && *found && (*found)->timestamp < target) {
            promises.wrong = QString("time of %1").arg(at.value);
        }
        static_cast<void>(f.log->bytesBetween({at, end}, 100'000));
    }
    static_cast<void>(f.log->findLatestTime({f.log->startOffset(), end}));
    static_cast<void>(f.log->findLatestTime({f.log->startOffset(), f.log->startOffset() + 5}));
    Offset next = f.log->startOffset();
    static_cast<void>(f.log->forEachBatch(next, [&](const records::BatchView& batch) {
        if (batch.baseOffset() > next) {
            promises.wrong = QString("a batch is missing before %1").arg(batch.baseOffset().value);
        }
        next = batch.nextOffset();
        return true;
    }));
    static_cast<void>(f.log->segments());
}

void deleteBefore(LogFixture& f, Promises& promises, Offset offset) {
    promises.mayBeGone = std::max(promises.mayBeGone, offset);
    if (f.log->deleteRecordsBefore(offset, Timestamp(LogFixture::kNow))) {
        promises.gone = offset;
    }
}

/// Everything that happens to a log, with its ordinary stop and start.
void live(LogFixture& f, Promises& promises) {
    add(f, promises, 20);
    look(f, promises);
    noteSynced(f.log->flush(), promises);
    static_cast<void>(f.directory->writeCheckpoints());
    add(f, promises, 6);
    noteSynced(f.log->commit(), promises);
    for (int round = 0; round < 2; ++round) {
        f.log->closeIdleFiles();
    }
    look(f, promises);
    deleteBefore(f, promises, Offset(16));
    f.log->removeDeletedFiles(Timestamp(LogFixture::kNow + 100'000));
    add(f, promises, 10);
    LogOptions tight = f.options;
    tight.retentionBytes = 9000;
    f.log->setOptions(tight);
    promises.mayBeGone = f.log->endOffset();
    static_cast<void>(f.log->applyRetention(f.log->endOffset(), Timestamp(LogFixture::kNow)));
    f.log->removeDeletedFiles(Timestamp(LogFixture::kNow + 100'000));
    look(f, promises);
    const Offset end = f.log->endOffset();
    if (!f.stopCleanly()) {
        return;
    }
    promises.synced = end;
    if (!f.start()) {
        return;
    }
    look(f, promises);
    add(f, promises, 3);
    look(f, promises);
}

/// The whole life with the `nth` call failing; false when there are fewer.
template <class Fixture, class Life>
bool liveWithFault(Fixture& f, DiskCall call, int nth, io::IoErrc code, Life life) {
    int seen = 0;
    f.disk.setPlan([&](DiskCall each, const io::Path&) {
        return each == call && ++seen == nth ? std::optional(DiskFault{.code = code, .bytesThrough = 7}) : std::nullopt;
    });
    life();
    f.disk.heal();
    return seen >= nth;
}

void makeSmall(LogFixture& f) {
    f.options.segmentBytes = 2000;
    f.options.indexIntervalBytes = 400;
    f.options.fileDeleteDelayMs = 0;
}

/// What the log has to hold after the next start.
void check(LogFixture& f, const Promises& promises, End how, const QString& where) {
    QVERIFY2(promises.wrong.isEmpty(), qPrintable(where + ": " + promises.wrong));
    const Offset start = f.log->startOffset();
    QVERIFY2(start >= promises.gone && start <= promises.mayBeGone, qPrintable(where));
    const Bytes found = f.readAll(start);
    const Bytes promised = promises.from(start);
    if (how == End::kKill) {
        QVERIFY2(found == promised, qPrintable(where));
    } else {
        QVERIFY2(isPrefix(found, promised), qPrintable(where));
        QVERIFY2(f.log->endOffset() >= promises.synced, qPrintable(where));
    }
}

/// Each key's last acknowledged offset, and its value; a tombstone has none.
struct LastValues {
    struct Last {
        Offset offset;
        std::optional<std::string> value;
    };
    std::map<std::string, Last> ofKeys;

    void put(CompactionFixture& f, const std::string& key, const std::optional<std::string>& value) {
        if (const Offset offset = f.put(key, value); offset != kNoOffset) {
            ofKeys[key] = {offset, value};
        }
    }
    void putAll(CompactionFixture& f, int round) {
        for (int key = 0; key < 6; ++key) {
            const std::string name = "key-" + std::to_string(key);
            put(f, name, key == round ? std::nullopt : std::optional(std::string(90, static_cast<char>('a' + round))));
        }
        for (int filler = 0; filler < 3; ++filler) {
            put(f, "filler-" + std::to_string(round * 3 + filler), std::string(250, 'f'));
        }
    }
    [[nodiscard]] QString missingIn(const CompactionFixture& f) const {
        const auto contents = f.contents();
        for (const auto& [key, last] : ofKeys) {
            const auto found = contents.find(last.offset.value);
            const bool isThere =
                found != contents.end() && found->second.key == key && found->second.value == last.value;
            const bool wasForgotten = !last.value && f.offsetsOf(key).empty();
            if (!isThere && !wasForgotten) {
                return QString::fromStdString(key);
            }
        }
        return {};
    }
};

void liveCompacted(CompactionFixture& f, LastValues& last) {
    for (int round = 0; round < 4; ++round) {
        last.putAll(f, round);
        static_cast<void>(f.flushAndCompact());
        f.log->removeDeletedFiles(Timestamp(f.now + 100'000));
        static_cast<void>(f.contents());
        f.now += 2000;
    }
    static_cast<void>(f.stopCleanly());
}

}  // namespace

class TestLogFaults : public QObject {
    Q_OBJECT

private slots:
    void whatWasAcknowledgedStays_data() {
        QTest::addColumn<io::IoErrc>("code");
        QTest::addColumn<End>("end");
        for (const auto& [code, name] :
             {std::pair{io::IoErrc::kIo, "the device fails"}, std::pair{io::IoErrc::kDiskFull, "the disk is full"},
              std::pair{io::IoErrc::kTooManyFiles, "no descriptors"}}) {
            QTest::addRow("%s, then a kill", name) << code << End::kKill;
            QTest::addRow("%s, then a loss of power", name) << code << End::kPowerCut;
        }
    }
    void whatWasAcknowledgedStays() {
        QFETCH(io::IoErrc, code);
        QFETCH(End, end);
        int faults = 0;
        for (const DiskCall call : callsThatFail(code)) {
            for (int nth = 1;; nth = following(nth)) {
                LogFixture f;
                makeSmall(f);
                QVERIFY(f.start());
                Promises promises;
                const bool failed = liveWithFault(f, call, nth, code, [&] { live(f, promises); });
                end == End::kKill ? f.kill() : f.powerCut();
                const auto where = QString("call %1, the %2th").arg(int(call)).arg(nth);
                QVERIFY2(f.start(), qPrintable(where));
                check(f, promises, end, where);
                if (QTest::currentTestFailed()) {
                    return;
                }
                f.written.clear();
                const Bytes before = f.readAll(f.log->startOffset());
                QVERIFY2(f.appendMany(2) && f.log->flush().ok(), qPrintable(where));
                QCOMPARE(f.readAll(f.log->startOffset()).size(), before.size() + f.expected().size());
                if (!failed) {
                    break;
                }
                ++faults;
            }
        }
        qInfo("%d failed calls", faults);
        QVERIFY(faults > 30);
    }

    void theLastValueOfEachKeyStays_data() {
        QTest::addColumn<io::IoErrc>("code");
        QTest::newRow("the device fails") << io::IoErrc::kIo;
        QTest::newRow("the disk is full") << io::IoErrc::kDiskFull;
        QTest::newRow("no descriptors") << io::IoErrc::kTooManyFiles;
    }
    void theLastValueOfEachKeyStays() {
        QFETCH(io::IoErrc, code);
        int faults = 0;
        for (const DiskCall call : callsThatFail(code)) {
            for (int nth = 1;; nth = following(nth)) {
                CompactionFixture f;
                QVERIFY(f.start());
                LastValues last;
                const bool failed = liveWithFault(f, call, nth, code, [&] { liveCompacted(f, last); });
                f.kill();
                const auto where = QString("call %1, the %2th: ").arg(int(call)).arg(nth);
                QVERIFY2(f.start(), qPrintable(where));
                QVERIFY2(last.missingIn(f).isEmpty(), qPrintable(where + last.missingIn(f)));
                // And what could not be compacted is by the next round.
                last.putAll(f, 5);
                const auto compacted = f.flushAndCompact();
                QVERIFY2(compacted.ok(), qPrintable(where + (compacted ? "" : compacted.error().message.c_str())));
                QVERIFY2(last.missingIn(f).isEmpty(), qPrintable(where + last.missingIn(f)));
                if (!failed) {
                    break;
                }
                ++faults;
            }
        }
        qInfo("%d failed calls", faults);
        QVERIFY(faults > 30);
    }
};

QTEST_APPLESS_MAIN(TestLogFaults)
#include "tst_log_faults.moc"
