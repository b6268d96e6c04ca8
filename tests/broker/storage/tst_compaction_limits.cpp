// SPDX-License-Identifier: GPL-3.0-or-later
// Compaction that is stopped, that meets what it cannot read, and at the edges of what it is asked to do.
#include <limits>

#include "tests/broker/storage/compaction_fixture.h"

using namespace weir;
using namespace weir::testing;
using storage::StorageErrc;

namespace {

records::BatchOptions transactional(ProducerId id) {
    return {.producerId = id, .producerEpoch = ProducerEpoch(0), .baseSequence = Sequence(0), .transactional = true};
}

/// Six segments with newer values, a tombstone, and transactions of two producers that end either way.
bool fill(CompactionFixture& f) {
    if (!f.start()) {
        return false;
    }
    for (int round = 0; round < 8; ++round) {
        const ProducerId id(round % 2);
        f.put({{"t" + std::to_string(round % 3), "of " + std::to_string(round)}}, transactional(id));
        f.endTransaction(id, round % 3 == 0 ? records::MarkerType::kAbort : records::MarkerType::kCommit);
        f.put("k" + std::to_string(round % 3), std::string(120, static_cast<char>('a' + round)));
        f.put("gone", round == 7 ? std::nullopt : std::optional<std::string>("x"));
    }
    f.roll();
    return true;
}

Offset appendUnreadable(CompactionFixture& f, Compression codec) {
    Bytes batch = makeBatch({.records = 4, .valueBytes = 60, .compression = codec, .baseOffset = f.log->endOffset()});
    // The first byte of the records: the magic of a codec, or the length of the first record.
    batch[records::kBatchHeaderSize] = std::byte{0x7f};
    records::stampCrc(batch);
    return f.appendBytes(batch);
}

}  // namespace

class TestCompactionLimits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRoundThatIsStoppedLosesNothingAndTheNextDoesIt() {
        CompactionFixture whole;
        QVERIFY(fill(whole));
        QVERIFY(whole.compact());
        const auto wanted = whole.contents();
        int stops = 0;
        for (int most = 0;; ++most) {
            CompactionFixture f;
            QVERIFY(fill(f));
            const auto before = f.contents();
            int asked = 0;
            f.pace = [&asked, most](std::size_t) { return asked++ < most; };
            const auto report = f.compact();
            QVERIFY(report.ok());
            if (!report->stopped) {
                QVERIFY(f.contents() == wanted);
                break;
            }
            ++stops;
            QCOMPARE(report->cleanedUpTo, Offset(0));
            const auto after = f.contents();
            for (const auto& [offset, record] : wanted) {
                QVERIFY2(after.contains(offset) && after.at(offset) == record, qPrintable(QString::number(most)));
            }
            for (const auto& [offset, record] : after) {
                QVERIFY(before.contains(offset) && before.at(offset) == record);
            }
            f.pace = [](std::size_t) { return true; };
            QVERIFY(f.compact());
            QVERIFY2(f.contents() == wanted, qPrintable(QString::number(most)));
        }
        QVERIFY2(stops > 20, qPrintable(QString::number(stops)));
    }

    /// What is remembered of a marker could not be forgotten: the marker stays.
    void aMarkerThatIsStillRememberedStays() {
        CompactionFixture f;
        QVERIFY(f.start());
        f.put({{"a", "aborted"}}, transactional(ProducerId(7)));
        const Offset marker = f.endTransaction(ProducerId(7), records::MarkerType::kAbort);
        f.roll();
        QVERIFY(f.compact());
        f.roll();
        f.forgets = false;
        const auto report = f.compact();
        QVERIFY(report.ok() && report->stopped);
        QCOMPARE(f.forgotten, std::vector<Offset>{marker});
        const auto batches = f.batches();
        QVERIFY(std::ranges::any_of(batches, [&](const Bytes& bytes) {
            const records::BatchView batch(bytes);
            return batch.baseOffset() == marker && !batch.hasDeleteHorizon();
        }));
    }

    /// From before the topic was compacted: nothing could ever replace them.
    void recordsWithoutAKeyGo() {
        CompactionFixture f;
        QVERIFY(f.start());
        records::BatchBuilder builder;
        builder.start({.baseOffset = f.log->endOffset(), .leaderEpoch = LeaderEpoch(0)});
        for (int i = 0; i < 3; ++i) {
            QVERIFY(builder.append({.timestamp = Timestamp(f.now), .value = asBytes("keyless")}));
        }
        records::Codec codec;
        QCOMPARE(f.appendBytes(toBytes(builder.finish(codec))), Offset(0));
        const Offset kept = f.put("a", "1");
        f.roll();
        QVERIFY(f.compact());
        const auto out = f.readAt(Offset(0));
        QCOMPARE(records::BatchView(*records::BatchView::of(out.bytes)).baseOffset(), kept);
    }

    void whatCannotBeReadLeavesTheLogAsItIs_data() {
        QTest::addColumn<Compression>("codec");
        QTest::addColumn<bool>("isDirty");
        for (const Compression codec : {Compression::kNone, Compression::kGzip, Compression::kZstd}) {
            QTest::addRow("codec %d, where keys are learnt", int(codec)) << codec << true;
            QTest::addRow("codec %d, in what is clean", int(codec)) << codec << false;
        }
    }
    void whatCannotBeReadLeavesTheLogAsItIs() {
        QFETCH(Compression, codec);
        QFETCH(bool, isDirty);
        CompactionFixture f;
        QVERIFY(f.start());
        f.put("a", "1");
        QVERIFY(appendUnreadable(f, codec) != kNoOffset);
        f.roll();
        if (!isDirty) {
            f.cleaned = f.log->segmentList()->back()->baseOffset();
            f.put("a", "2");
            f.roll();
        }
        const auto before = f.batches();
        const auto report = f.compact();
        QVERIFY(!report.ok());
        QCOMPARE(report.error().code, StorageErrc::kCorrupt);
        QVERIFY(f.batches() == before);
        QVERIFY(f.filesWith(".swap").empty());
    }

    void theTimeOfTheLogStaysTheTimeOfWhatIsLeft() {
        CompactionFixture f;
        QVERIFY(f.start());
        const Timestamp appended(CompactionFixture::kNow + 5);
        const Offset at = f.put({{"a", "1"}, {"b", "1"}}, {.logAppendTime = appended});
        f.put("a", "2");
        f.roll();
        QVERIFY(f.compact());
        const auto out = f.readAt(at);
        const auto batch = records::BatchView::of(out.bytes);
        QVERIFY(batch.has_value());
        QCOMPARE(batch->recordCount(), 1);
        QVERIFY(batch->timestampType() == TimestampType::kLogAppendTime);
        QCOMPARE(batch->maxTimestamp(), appended);
    }

    void aRetentionWithoutEndIsNoOverflow() {
        CompactionFixture f;
        f.options.deleteRetentionMs = std::numeric_limits<std::int64_t>::max();
        QVERIFY(f.start());
        const Offset tombstone = f.put("gone", std::nullopt);
        f.roll();
        QVERIFY(f.compact());
        f.now = std::numeric_limits<std::int64_t>::max() - 1;
        f.cleaned = kNoOffset;
        QVERIFY(f.compact());
        QCOMPARE(f.offsetsOf("gone"), std::vector<std::int64_t>{tombstone.value});
    }

    /// Of a producer that is known by its marker alone, the marker is what shows its epoch.
    void theMarkerThatShowsAProducerIsKept() {
        for (const bool isKnown : {true, false}) {
            CompactionFixture f;
            QVERIFY(f.start());
            const ProducerId id(7);
            f.put({{"a", "aborted"}}, transactional(id));
            const Offset marker = f.endTransaction(id, records::MarkerType::kAbort);
            if (isKnown) {
                f.producers[id] = {.lastData = std::nullopt, .epoch = ProducerEpoch(0)};
            }
            for (int round = 0; round < 3; ++round) {
                f.roll();
                QVERIFY(f.compact());
                f.now += 2000;
            }
            const auto batches = f.batches();
            const bool isThere = std::ranges::any_of(
                batches, [&](const Bytes& bytes) { return records::BatchView(bytes).baseOffset() == marker; });
            QCOMPARE(isThere, isKnown);
        }
    }

    void severalTransactionsOfOneProducerAreToldApart() {
        CompactionFixture f;
        QVERIFY(f.start());
        const ProducerId id(7);
        std::vector<std::int64_t> committed;
        for (int i = 0; i < 9; ++i) {
            const bool commits = i % 3 == 1;
            const Offset at = f.put({{"key" + std::to_string(i), "v"}}, transactional(id));
            f.put({{"plain" + std::to_string(i), "v"}});
            if (commits) {
                committed.push_back(at.value);
            }
            f.endTransaction(id, commits ? records::MarkerType::kCommit : records::MarkerType::kAbort);
        }
        // A marker without its transaction, which was deleted: there is nothing to judge.
        f.endTransaction(ProducerId(8), records::MarkerType::kAbort);
        f.roll();
        QVERIFY(f.compact());
        std::vector<std::int64_t> found;
        for (const auto& [offset, record] : f.contents()) {
            if (record.key.starts_with("key")) {
                found.push_back(offset);
            }
        }
        QCOMPARE(found, committed);
    }

    /// Small segments are put together as far as their indexes fit into one.
    void segmentsWhoseIndexesFillOneStayApart() {
        CompactionFixture f;
        f.options.indexIntervalBytes = 0;
        f.options.segmentIndexBytes = 10 * 12;
        f.options.segmentBytes = 4000;
        QVERIFY(f.start());
        for (int i = 0; i < 60; ++i) {
            f.put("key" + std::to_string(i), "v");
        }
        f.roll();
        const auto before = f.contents();
        const auto report = f.compact();
        QVERIFY(report.ok());
        QCOMPARE(report->segmentsAfter, report->segmentsBefore);
        QVERIFY(f.contents() == before);
        f.options.segmentIndexBytes = 100 * 12;
        f.cleaned = kNoOffset;
        const auto together = f.compact();
        QVERIFY(together.ok());
        QVERIFY(together->segmentsAfter < together->segmentsBefore);
        QVERIFY(f.contents() == before);
    }

    /// What was noted of another life of the log is no place in this one.
    void aCheckpointBehindTheEndMeansTheStart() {
        CompactionFixture f;
        QVERIFY(f.start());
        f.put("a", "1");
        f.roll();
        f.cleaned = f.log->endOffset() + 100;
        QCOMPARE(f.dirty()->from, Offset(0));
        f.cleaned = f.log->segmentList()->back()->baseOffset();
        QCOMPARE(f.dirty()->from, f.cleaned);
        QCOMPARE(f.dirty()->dirtyBytes, std::int64_t{0});
        // In the middle of a segment, with nothing behind it that may be cleaned yet.
        f.put("a", "2");
        f.put("a", "3");
        f.roll();
        f.cleaned = f.cleaned + 1;
        QVERIFY(f.dirty()->dirtyBytes > 0);
        f.options.compactionMinLagMs = 1000;
        QCOMPARE(f.dirty()->end, f.cleaned);
        QCOMPARE(f.dirty()->dirtyBytes, std::int64_t{0});
    }
};

QTEST_APPLESS_MAIN(TestCompactionLimits)
#include "tst_compaction_limits.moc"
