// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include "tests/broker/storage/compaction_fixture.h"

using namespace weir;
using namespace weir::testing;
using storage::StorageErrc;

namespace {

constexpr ProducerId kProducer{7};

records::BatchOptions transactional() {
    return {
        .producerId = kProducer, .producerEpoch = ProducerEpoch(0), .baseSequence = Sequence(0), .transactional = true};
}

}  // namespace

class TestCompaction : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theNewestRecordOfEachKeyStaysAtItsOffset() {
        for (const Compression codec :
             {Compression::kNone, Compression::kGzip, Compression::kSnappy, Compression::kLz4, Compression::kZstd}) {
            CompactionFixture f;
            QVERIFY(f.start());
            CompactionFixture::Contents expected;
            for (int i = 0; i < 40; ++i) {
                const Offset at =
                    f.put({{"a", "a" + std::to_string(i)}, {"b" + std::to_string(i % 3), "b"}}, {.compression = codec});
                expected[at.value] = {"a", "a" + std::to_string(i)};
                expected[at.value + 1] = {"b" + std::to_string(i % 3), "b"};
            }
            f.roll();
            const Offset active = f.log->segmentList()->back()->baseOffset();
            const auto before = f.contents();
            const auto report = f.compact();
            QVERIFY2(report.ok(), report ? "" : report.error().message.c_str());
            QCOMPARE(report->cleanedUpTo, active);
            QVERIFY(report->bytesAfter < report->bytesBefore);
            // By the definition: of the clean part, what has no newer record of its key there.
            std::map<std::string, std::int64_t> newest;
            for (const auto& [offset, record] : before) {
                if (offset < active.value) {
                    newest[record.key] = offset;
                }
            }
            auto wanted = before;
            std::erase_if(wanted, [&](const auto& each) {
                return each.first < active.value && newest.at(each.second.key) != each.first;
            });
            QVERIFY(f.contents() == wanted);
            QCOMPARE(f.offsetsOf("a"), std::vector<std::int64_t>{78});
            QCOMPARE(wanted.at(78).value, std::optional<std::string>("a39"));
            // What has become small is put together the next time.
            f.cleaned = kNoOffset;
            const auto again = f.compact();
            QVERIFY(again.ok());
            QVERIFY(again->segmentsAfter < again->segmentsBefore);
            QVERIFY(f.contents() == wanted);
            // The same after a start, and the old files are gone.
            f.log->removeDeletedFiles(Timestamp(f.now));
            QCOMPARE(f.filesWith(".deleted").size(), std::size_t{0});
            f.kill();
            QVERIFY(f.start());
            QVERIFY(f.contents() == wanted);
        }
    }

    void everyOffsetCanBeAskedForAndGapsLeadOn() {
        CompactionFixture f;
        QVERIFY(f.start());
        for (int i = 0; i < 60; ++i) {
            f.put({{"k" + std::to_string(i % 5), std::string(40, 'v')}, {"once" + std::to_string(i / 7), "x"}});
        }
        f.roll();
        QVERIFY(f.compact());
        const auto all = f.contents();
        for (Offset from(0); from < f.log->endOffset(); ++from) {
            const auto out = f.readAt(from, 1);
            QVERIFY2(!out.error, qPrintable(QString::number(from.value)));
            const auto next = all.lower_bound(from.value);
            QVERIFY(next != all.end());
            const records::BatchView batch(*records::BatchView::of(out.bytes));
            QVERIFY2(batch.baseOffset().value <= next->first && batch.lastOffset() >= from,
                     qPrintable(QString("asked for %1, got %2").arg(from.value).arg(batch.baseOffset().value)));
        }
    }

    void aTombstoneGetsAHorizonAndGoesWhenItIsOver() {
        CompactionFixture f;
        QVERIFY(f.start());
        f.put("gone", "value");
        const Offset tombstone = f.put("gone", std::nullopt);
        f.roll();
        QVERIFY(f.compact());
        QCOMPARE(f.offsetsOf("gone"), std::vector<std::int64_t>{tombstone.value});
        const auto withHorizon = f.batches();
        const auto found = std::find_if(withHorizon.begin(), withHorizon.end(), [&](const Bytes& batch) {
            return records::BatchView(batch).baseOffset() == tombstone;
        });
        QVERIFY(found != withHorizon.end());
        QCOMPARE(records::BatchView(*found).deleteHorizon(), std::optional(Timestamp(f.now + 1000)));
        QCOMPARE(records::BatchView(*found).maxTimestamp(), Timestamp(CompactionFixture::kNow));
        f.now += 999;
        f.roll();
        QVERIFY(f.compact());
        QCOMPARE(f.offsetsOf("gone").size(), std::size_t{1});
        f.now += 1;
        f.roll();
        QVERIFY(f.compact());
        QCOMPARE(f.offsetsOf("gone").size(), std::size_t{0});
    }

    void theActiveSegmentOpenTransactionsAndYoungRecordsAreLeftAlone() {
        CompactionFixture f;
        QVERIFY(f.start());
        f.put("a", "1");
        f.put("a", "2");
        QCOMPARE(f.dirty()->dirtyBytes, std::int64_t{0});
        f.roll();
        QVERIFY(f.dirty()->dirtyBytes > 0);
        // As if a transaction were open since the first record.
        QCOMPARE(f.dirty(Offset(0))->end, Offset(0));
        f.options.compactionMinLagMs = 5000;
        QCOMPARE(f.dirty()->dirtyBytes, std::int64_t{0});
        f.now += 5000;
        QVERIFY(f.dirty()->dirtyBytes > 0);
        QVERIFY(!f.dirty()->overdue);
        f.options.compactionMaxLagMs = 5000;
        QVERIFY(!f.dirty()->overdue);
        f.now += 1;
        QVERIFY(f.dirty()->overdue);
    }

    void theSegmentEndsInTimeForTheLongestLag() {
        CompactionFixture f;
        f.options.compactionMaxLagMs = 100;
        QVERIFY(f.start());
        f.put("a", "1");
        f.now += 101;
        f.put("a", "2");
        QCOMPARE(f.log->segmentCount(), 2);
    }

    void abortedRecordsGoAndMarkersStayAsLongAsTheyMeanSomething() {
        CompactionFixture f;
        QVERIFY(f.start());
        const Offset kept = f.put("a", "before");
        f.put({{"a", "aborted"}}, transactional());
        const Offset abort = f.endTransaction(kProducer, records::MarkerType::kAbort);
        const Offset committed = f.put({{"b", "committed"}}, transactional());
        const Offset commit = f.endTransaction(kProducer, records::MarkerType::kCommit);
        f.roll();
        QVERIFY(f.compact());
        QCOMPARE(f.offsetsOf("a"), std::vector<std::int64_t>{kept.value});
        QCOMPARE(f.offsetsOf("b"), std::vector<std::int64_t>{committed.value});
        const auto markers = [&f] {
            std::map<std::int64_t, bool> found;
            for (const Bytes& bytes : f.batches()) {
                const records::BatchView batch(bytes);
                if (batch.isControl()) {
                    found[batch.baseOffset().value] = batch.hasDeleteHorizon();
                }
            }
            return found;
        };
        // Its data was still there when this round began.
        QCOMPARE(markers(), (std::map<std::int64_t, bool>{{abort.value, false}, {commit.value, false}}));
        QVERIFY(f.forgotten.empty());
        f.roll();
        QVERIFY(f.compact());
        QCOMPARE(markers(), (std::map<std::int64_t, bool>{{abort.value, true}, {commit.value, false}}));
        QCOMPARE(f.forgotten, std::vector<Offset>{abort});
        f.now += 1000;
        f.put("b", "later");
        f.roll();
        QVERIFY(f.compact());
        QCOMPARE(markers(), (std::map<std::int64_t, bool>{{commit.value, false}}));
    }

    void aTransactionThatEndsBehindTheRangeIsJudgedByItsMarker() {
        CompactionFixture f;
        QVERIFY(f.start());
        const Offset kept = f.put("a", "before");
        f.put({{"a", "aborted"}}, transactional());
        f.roll();
        f.endTransaction(kProducer, records::MarkerType::kAbort);
        QVERIFY(f.compact());
        QCOMPARE(f.offsetsOf("a"), std::vector<std::int64_t>{kept.value});
    }

    void aProducersLastBatchIsKeptWithoutRecordsAndNobodyStallsOnIt() {
        CompactionFixture f;
        QVERIFY(f.start());
        const Offset last =
            f.put({{"a", "1"}, {"a", "2"}},
                  {.producerId = kProducer, .producerEpoch = ProducerEpoch(3), .baseSequence = Sequence(40)});
        f.producers[kProducer] = {.lastData = last + 1, .epoch = ProducerEpoch(3)};
        const Offset newer = f.put("a", "3");
        f.roll();
        QVERIFY(f.compact());
        const auto out = f.readAt(Offset(0), 1);
        records::BatchWalker walker(out.bytes);
        const auto empty = walker.next();
        QVERIFY(empty.has_value());
        QCOMPARE(empty->recordCount(), 0);
        QCOMPARE(empty->baseOffset(), last);
        QCOMPARE(empty->lastOffset(), last + 1);
        QCOMPARE(empty->lastSequence(), Sequence(41));
        QCOMPARE(empty->producerEpoch(), ProducerEpoch(3));
        // The response goes on to records whatever the limit: there are clients that read an empty one for ever.
        const auto behind = walker.next();
        QVERIFY(behind.has_value());
        QCOMPARE(behind->baseOffset(), newer);
    }

    void theEndOfTheCompactedRangeCanBeReached() {
        CompactionFixture f;
        QVERIFY(f.start());
        f.options.deleteRetentionMs = 0;
        f.put("a", std::nullopt);
        f.log->setOptions([&] {
            auto o = f.options;
            o.segmentBytes = 100;
            return o;
        }());
        f.put("keep", std::string(20, 'x'));
        const Offset last = f.put("b", std::nullopt);
        f.put("c", std::string(20, 'x'));
        QVERIFY(f.flushAndCompact());
        f.cleaned = kNoOffset;
        QVERIFY(f.flushAndCompact());
        QCOMPARE(f.offsetsOf("a").size() + f.offsetsOf("b").size(), std::size_t{0});
        const auto out = f.readAt(last, 1000);
        QCOMPARE(records::BatchView(*records::BatchView::of(out.bytes)).baseOffset(), last);
    }

    void aFullMapEndsTheRoundAndTheNextGoesOn() {
        CompactionFixture f;
        f.mapBytes = 0;  // the smallest there is
        f.options.segmentBytes = 4096;
        QVERIFY(f.start());
        for (int i = 0; i < 3000; ++i) {
            f.put("key" + std::to_string(i % 1500), std::to_string(i));
        }
        f.roll();
        const Offset end = f.log->segmentList()->back()->baseOffset();
        QVERIFY(f.compact());
        QVERIFY(f.cleaned < end);
        int rounds = 1;
        for (; f.cleaned < end && rounds < 10; ++rounds) {
            QVERIFY(f.compact());
        }
        QCOMPARE(f.cleaned, end);
        QVERIFY(rounds > 2);
        QCOMPARE(f.offsetsOf("key0"), std::vector<std::int64_t>{1500});
        QCOMPARE(f.offsetsOf("key1499"), std::vector<std::int64_t>{2999});
    }

    void everyFlippedBitOfACompactedSegmentIsFound() {
        CompactionFixture f;
        QVERIFY(f.start());
        for (int i = 0; i < 12; ++i) {
            f.put("k" + std::to_string(i % 4 == 0 ? i : 1), std::string(10, 'v'));
        }
        f.roll();
        QVERIFY(f.compact());
        const auto whole = f.contents();
        const io::Path file = f.file("00000000000000000000.log");
        const Bytes good = f.memory.contents(file);
        f.kill();
        int flips = 0;
        std::set<std::size_t> undetected;
        for (std::size_t at = 0; at < good.size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                Bytes bad = good;
                bad[at] ^= static_cast<std::byte>(1 << bit);
                f.memory.setContents(file, bad);
                f.memory.setContents("/data/.kafka_cleanshutdown", {});
                QVERIFY(f.start());
                for (Offset from(0); from < f.log->segmentList()->front()->endOffset(); ++from) {
                    const auto out = f.readAt(from, 1);
                    if (out.error || out.bytes.empty()) {
                        continue;
                    }
                    const records::BatchView batch(*records::BatchView::of(out.bytes));
                    const Bytes original(good.begin(), good.end());
                    records::BatchWalker walker(original);
                    bool known = false;
                    while (const auto each = walker.next()) {
                        known = known || std::equal(each->bytes().begin(), each->bytes().end(), out.bytes.begin());
                    }
                    known = known || batch.baseOffset() >= f.log->segmentList()->front()->endOffset();
                    if (!known) {
                        undetected.insert(at);
                    }
                }
                ++flips;
                f.kill();
            }
        }
        // A base offset stands outside the CRC: moved within the gap beside it, it contradicts nothing that is stored
        // but perhaps the index, and that may be what is wrong. No other byte can go unnoticed. (Kafka notices none.)
        std::set<std::size_t> lowBytes;
        records::BatchWalker stored(good);
        for (std::size_t at = 0; stored.next(); at = stored.position()) {
            lowBytes.insert(at + 7);
        }
        qInfo("T06 in a compacted segment: %d flips, base offsets moved within a gap unnoticed: %zu", flips,
              undetected.size());
        QVERIFY(std::includes(lowBytes.begin(), lowBytes.end(), undetected.begin(), undetected.end()));
    }

    void retentionThatTakesASegmentMeanwhileStopsTheRound() {
        CompactionFixture f;
        QVERIFY(f.start());
        for (int i = 0; i < 20; ++i) {
            f.put("a", std::string(100, 'x'));
        }
        f.roll();
        const auto range = f.dirty();
        storage::CompactionRound round;
        round.range = *range;
        round.now = Timestamp(f.now);
        bool done = false;
        round.pace = [&](std::size_t) {
            if (!done) {
                done = true;
                const Offset second = (*f.log->segmentList())[1]->baseOffset();
                return f.log->deleteRecordsBefore(second, Timestamp(f.now)).ok();
            }
            return true;
        };
        const auto report = storage::compact(*f.log, f.options, round);
        QVERIFY(report.ok());
        QVERIFY(report->stopped);
        QCOMPARE(f.filesWith(".swap").size(), std::size_t{0});
        QCOMPARE(f.filesWith(".cleaned").size(), std::size_t{0});
        QVERIFY(f.contents().size() > 0);
    }

    void aReaderOfAnOldSegmentReadsOn() {
        CompactionFixture f;
        QVERIFY(f.start());
        for (int i = 0; i < 30; ++i) {
            f.put("a", std::string(50, 'x'));
        }
        f.roll();
        const auto old = f.log->segmentList();
        QVERIFY(f.compact());
        f.log->removeDeletedFiles(Timestamp(f.now));
        storage::ReadBuffer buffer;
        const auto extent = (*old)[1]->read(
            {.from = (*old)[1]->baseOffset(), .upTo = f.log->endOffset(), .maxBytes = 1000}, f.log->epochs(), buffer);
        QVERIFY(extent.ok());
        QCOMPARE(extent->next, (*old)[1]->endOffset());
    }

    void aClosedLogIsNotTouched() {
        CompactionFixture f;
        QVERIFY(f.start());
        for (int i = 0; i < 30; ++i) {
            f.put("a", std::string(50, 'x'));
        }
        f.roll();
        QVERIFY(f.log->close().ok());
        const auto report = f.compact();
        QVERIFY(report.ok());
        QVERIFY(report->stopped);
    }

    /// T21, the crash half: the disk dies at each of its calls in turn, then the power.
    void aCrashAtAnyStepLeavesTheOldOrTheNew() {
        int calls = 0;
        for (int k = 1;; ++k) {
            for (const bool power : {false, true}) {
                CompactionFixture f;
                QVERIFY(f.start());
                for (int i = 0; i < 30; ++i) {
                    f.put({{"k" + std::to_string(i % 4), std::to_string(i)}, {"u" + std::to_string(i), "u"}});
                }
                f.roll();
                QVERIFY(f.log->flush().ok());
                const auto before = f.contents();
                int left = k;
                bool reached = false;
                f.disk.setPlan([&](DiskCall call, const io::Path&) -> std::optional<DiskFault> {
                    if (call == DiskCall::kRead || call == DiskCall::kOpen || --left > 0) {
                        return std::nullopt;
                    }
                    reached = true;
                    return DiskFault{};
                });
                const auto report = f.compact();
                f.disk.heal();
                if (power) {
                    f.powerCut();
                } else {
                    f.kill();
                }
                QVERIFY2(f.start(), qPrintable(QString("call %1").arg(k)));
                const auto after = f.contents();
                for (const auto& [offset, record] : after) {
                    QVERIFY2(before.contains(offset) && before.at(offset) == record,
                             qPrintable(QString("call %1: offset %2").arg(k).arg(offset)));
                }
                std::map<std::string, std::string> was;
                std::map<std::string, std::string> is;
                for (const auto& [offset, record] : before) {
                    was[record.key] = *record.value;
                }
                for (const auto& [offset, record] : after) {
                    is[record.key] = *record.value;
                }
                QVERIFY2(was == is, qPrintable(QString("call %1").arg(k)));
                QCOMPARE(f.filesWith(".swap").size() + f.filesWith(".cleaned").size(), std::size_t{0});
                QCOMPARE(f.log->damage().size(), std::size_t{0});
                if (!reached) {
                    QVERIFY(report.ok());
                    QVERIFY(calls > 10);
                    qInfo("T21: crashed at each of %d disk calls of a compaction, 0 records lost", calls);
                    return;
                }
                calls = k;
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestCompaction)
#include "tst_compaction.moc"
