// SPDX-License-Identifier: GPL-3.0-or-later
// What a reader of committed data sees of a partition, by the rules of Kafka's clients, whatever transactions,
// deletions, compactions and restarts there were: held against a list of what was committed.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "broker/records/record_iterator.h"
#include "broker/storage/compaction.h"
#include "tests/broker/topics/partition_fixture.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::testing;
using namespace weir::topics;

namespace {

using Keys = std::map<std::int64_t, std::string>;  // by offset

/// Leaves out aborted records and markers as the Java client does (CompletedFetch): the broker names the aborted
/// transactions by their first offsets, and each of them ends where its producer's marker comes.
class CommittedReader {
public:
    CommittedReader(std::vector<storage::AbortedTransaction> aborted, Offset from)
        : m_aborted(std::move(aborted)), m_from(from) {}

    /// False: the records cannot be read.
    bool read(ByteView bytes, Keys& into) {
        records::BatchWalker walker(bytes);
        while (const auto batch = walker.next()) {
            while (m_next < m_aborted.size() && m_aborted[m_next].firstOffset <= batch->lastOffset()) {
                m_hidden.insert(m_aborted[m_next++].producerId);
            }
            records::Codec codec;
            Bytes scratch;
            auto records = records::RecordIterator::open(*batch, codec, scratch);
            RecordView record;
            while (records && records->next(record)) {
                if (batch->isControl()) {
                    const auto marker = records::readEndMarker(record);
                    if (marker && marker->type == records::MarkerType::kAbort) {
                        m_hidden.erase(batch->producerId());
                    }
                } else if (record.offset >= m_from && !isHidden(*batch)) {
                    into[record.offset.value] = asText(record.key.value_or(ByteView()));
                }
            }
            if (!records || records->error()) {
                return false;
            }
        }
        return true;
    }

private:
    [[nodiscard]] bool isHidden(const records::BatchView& batch) const {
        return batch.isTransactional() && m_hidden.contains(batch.producerId());
    }

    std::vector<storage::AbortedTransaction> m_aborted;
    Offset m_from;
    std::size_t m_next = 0;
    std::set<ProducerId> m_hidden;
};

class Walk {
public:
    Walk(std::mt19937& random, bool compacts, bool deletes) : m_random(random) {
        m_fixture.options.log.segmentBytes = 900;
        m_fixture.options.log.compacts = compacts;
        m_fixture.options.log.deletes = deletes;
        m_fixture.options.log.retentionMs = 150;
        m_fixture.options.log.minDirtyRatio = 0.2;
        m_fixture.options.log.deleteRetentionMs = 40;
    }

    int compactions = 0;
    int aborts = 0;
    int cuts = 0;
    int expired = 0;

    bool start() { return m_fixture.start(); }
    /// What is wrong after one more event, or nothing.
    QString step() {
        m_fixture.clock.advance(std::chrono::milliseconds(below(4)));
        const auto dice = below(1000);
        QString fault;
        if (dice < 600) {
            fault = write(ProducerId(below(6)), 1 + below(5));
        } else if (dice < 900) {
            fault = end(ProducerId(1 + below(4)), below(2) == 0);
        } else if (dice < 950) {
            fault = compact();
        } else if (dice < 965) {
            fault = remove(Offset(below(m_fixture.end().value + 1)));
        } else if (dice < 985) {
            fault = restart();
        } else {
            m_fixture.partition->housekeep(m_fixture.now());
            fault = startMoved(m_fixture.partition->offsets().logStart);
        }
        const Offset lastStable = m_fixture.partition->offsets().lastStable;
        if (fault.isEmpty() && (lastStable < stable(Offset(0)) || lastStable > stable(m_start))) {
            fault = QString("the last stable offset is %1, not %2").arg(lastStable.value).arg(stable(m_start).value);
        }
        if (fault.isEmpty() && m_fixture.partition->offsets().logStart != m_start) {
            fault = QString("the log starts at %1, not %2")
                        .arg(m_fixture.partition->offsets().logStart.value)
                        .arg(m_start.value);
        }
        return fault.isEmpty() ? judge(lastStable) : fault;
    }

private:
    std::int64_t below(std::int64_t bound) { return static_cast<std::int64_t>(m_random()) % bound; }

    /// Up to the first record of an open transaction. Of those that were deleted, a broker that starts again knows
    /// where a snapshot tells of them only: `known` is where it begins to know.
    [[nodiscard]] Offset stable(Offset known) const {
        Offset first = m_fixture.end();
        for (const auto& [id, keys] : m_open) {
            const auto at = keys.lower_bound(known.value);
            first = at == keys.end() ? first : std::min(first, Offset(at->first));
        }
        return std::max(first, m_start);
    }
    [[nodiscard]] ProducerEpoch epochOf(ProducerId id) {
        return ProducerEpoch(static_cast<std::int16_t>(m_epochs[id]));
    }

    /// 0 is a producer without an id, 5 one that is idempotent only.
    QString write(ProducerId id, std::int64_t records) {
        const bool transactional = id.value > 0 && id.value < 5;
        auto& sequence = m_sequences[id];
        BatchSpec spec{.records = static_cast<std::int32_t>(records), .timestamp = m_fixture.now().value};
        if (id.value > 0) {
            spec.producerId = id;
            spec.producerEpoch = epochOf(id);
            spec.baseSequence = Sequence(sequence);
            spec.transactional = transactional;
        }
        ReadyBatch batch(spec, {.now = m_fixture.now()});
        const auto stored = m_fixture.partition->append(batch.bytes(), batch.validated(), AppendOrigin::kClient,
                                                        m_fixture.now(), &m_gate);
        if (!stored && stored.error().code == PartitionErrc::kOutOfOrderSequence && m_lastWrites[id] < m_start) {
            // Its records were deleted, and what was known of it went with a stop: its client starts another epoch.
            ++m_epochs[id];
            sequence = 0;
            return {};
        }
        if (!stored) {
            return QString::fromStdString(stored.error().message);
        }
        happened({stored->baseOffset, id, epochOf(id), records});
        return {};
    }
    QString end(ProducerId id, bool commits) {
        const auto done = m_fixture.partition->endTransaction(
            {.producerId = id,
             .producerEpoch = epochOf(id),
             .type = commits ? records::MarkerType::kCommit : records::MarkerType::kAbort,
             .coordinatorEpoch = 0,
             .write = TransactionMarker::Write::kAlways},
            m_fixture.now());
        if (!done) {
            return QString::fromStdString(done.error().message);
        }
        aborts += !commits && m_open.contains(id) ? 1 : 0;
        happened({done->baseOffset, id, epochOf(id), 0, commits});
        return {};
    }
    QString compact() {
        const auto due = m_fixture.partition->compactionDue(m_fixture.now());
        if (!due) {
            return {};
        }
        ++compactions;
        storage::CompactionRound round;
        round.range = *due;
        round.now = m_fixture.now();
        round.pace = [](std::size_t) { return true; };
        const auto report = m_fixture.partition->compact(std::move(round));
        if (!report) {
            return QString::fromStdString(report.error().message);
        }
        m_cleaned = std::max(m_cleaned, report->cleanedUpTo);
        m_flushed = m_fixture.end();
        return {};
    }
    QString remove(Offset before) {
        const auto start = m_fixture.partition->deleteRecordsBefore(before);
        if (!start) {
            return QString::fromStdString(start.error().message);
        }
        m_start = std::max(m_start, before);
        m_deleted = std::max(m_deleted, before);
        m_committed.erase(m_committed.begin(), m_committed.lower_bound(m_start.value));
        return *start == m_start ? QString() : QStringLiteral("records were deleted up to another offset");
    }
    /// By retention, or not at all.
    QString startMoved(Offset start) {
        if (start < m_start || (start > m_start && !m_fixture.options.log.deletes)) {
            return "the log starts elsewhere";
        }
        expired += start > m_start ? 1 : 0;
        m_start = start;
        m_committed.erase(m_committed.begin(), m_committed.lower_bound(m_start.value));
        return {};
    }
    /// A clean stop, a kill, or a power cut, which takes with it what is not on stable storage.
    QString restart() {
        const auto how = below(3);
        if (how == 0) {
            if (!m_fixture.stopCleanly()) {
                return "no clean stop";
            }
            return m_fixture.start() ? QString() : QStringLiteral("no start");
        }
        const Offset end = m_fixture.end();
        if (below(2) == 0) {
            if (!m_fixture.partition->flush()) {
                return "no flush";
            }
            m_flushed = end;
        }
        m_fixture.kill();
        if (how == 2) {
            m_fixture.memory.powerCut();
        }
        if (!m_fixture.start()) {
            return "no start";
        }
        if (how == 2) {
            // Retention tells nobody, and may have to be done again.
            const Offset start = m_fixture.partition->offsets().logStart;
            m_start = m_fixture.options.log.deletes && start >= m_deleted ? start : m_start;
            rewind();
        }
        return m_fixture.end() < (how == 2 ? m_flushed : end) ? QStringLiteral("what was safe is gone") : QString();
    }
    /// Where the batches begin of which a power cut may have taken some. Behind the last of them the log may go on,
    /// where of a younger segment only the name was left.
    std::set<Offset> stored() {
        std::set<Offset> bases;
        for (Offset at = std::max(m_start, m_flushed); at < m_fixture.end();) {
            storage::ReadBuffer buffer;
            const auto got = m_fixture.fetch(at, buffer);
            if (!got || got->next <= at) {
                break;
            }
            records::BatchWalker walker(buffer.bytes());
            while (const auto batch = walker.next()) {
                bases.insert(batch->baseOffset());
            }
            at = got->next;
        }
        return bases;
    }

    /// A batch of `records`, or the marker that ends a transaction.
    struct Event {
        Offset at;
        ProducerId id;
        ProducerEpoch epoch;
        std::int64_t records = 0;
        bool commits = false;
    };
    void happened(const Event& event) {
        m_events.push_back(event);
        take(event);
    }
    void take(const Event& event) {
        if (event.records == 0) {
            if (auto open = m_open.extract(event.id); event.commits && !open.empty()) {
                m_committed.merge(open.mapped());
            }
        } else {
            Keys& keys = event.id.value > 0 && event.id.value < 5 ? m_open[event.id] : m_committed;
            for (std::int64_t i = 0; i < event.records; ++i) {
                keys[event.at.value + i] = "key-" + std::to_string(i);
            }
            m_sequences[event.id] += event.epoch == epochOf(event.id) ? static_cast<std::int32_t>(event.records) : 0;
            m_lastWrites[event.id] = event.at + (event.records - 1);
        }
        m_committed.erase(m_committed.begin(), m_committed.lower_bound(m_start.value));
    }
    /// What is gone has not happened.
    void rewind() {
        const std::set<Offset> bases = stored();
        cuts += std::erase_if(m_events,
                              [&](const Event& event) {
                                  const Offset end = event.at + std::max<std::int64_t>(event.records, 1);
                                  return event.at >= m_flushed && end > m_start && !bases.contains(event.at);
                              }) > 0
                    ? 1
                    : 0;
        m_committed.clear();
        m_open.clear();
        m_sequences.clear();
        m_lastWrites.clear();
        for (const Event& event : m_events) {
            take(event);
        }
    }

    /// Reads from anywhere, in answers of any size.
    QString judge(Offset stableEnd) {
        const Offset from(m_start.value + below(stableEnd.value - m_start.value + 1));
        Keys seen;
        for (Offset at = from; at < stableEnd;) {
            storage::ReadBuffer buffer;
            const auto got = m_fixture.partition->fetch({.from = at,
                                                         .maxBytes = static_cast<std::size_t>(1 + below(3000)),
                                                         .isolation = Isolation::kReadCommitted},
                                                        buffer);
            if (!got) {
                return QString::fromStdString(got.error().message);
            }
            if (got->bytes == 0) {
                break;  // a power cut has left nothing up to the end
            }
            if (got->next <= at) {
                return "a read does not get on";
            }
            if (!CommittedReader(got->aborted, at).read(buffer.bytes(), seen)) {
                return "records cannot be read";
            }
            at = got->next;
        }
        return compare(seen, from, stableEnd);
    }
    /// Nothing that was not committed; and whatever no compaction may have taken away.
    QString compare(const Keys& seen, Offset from, Offset to) const {
        for (const auto& [offset, key] : seen) {
            const auto found = m_committed.find(offset);
            if (found == m_committed.end() || found->second != key || offset >= to.value) {
                return QString("offset %1 was not committed").arg(offset);
            }
        }
        std::map<std::string, std::int64_t> latest;
        for (auto it = m_committed.begin(); it != m_committed.lower_bound(to.value); ++it) {
            latest[it->second] = it->first;
        }
        for (auto it = m_committed.lower_bound(from.value); it != m_committed.lower_bound(to.value); ++it) {
            const bool mustBe = it->first >= m_cleaned.value || latest.at(it->second) == it->first;
            if (mustBe && !seen.contains(it->first)) {
                return QString("offset %1 is missing").arg(it->first);
            }
        }
        return {};
    }

    std::mt19937& m_random;
    PartitionFixture m_fixture;
    OpenGate m_gate;
    std::vector<Event> m_events;
    Keys m_committed;
    std::map<ProducerId, Keys> m_open;
    std::map<ProducerId, std::int32_t> m_sequences;
    std::map<ProducerId, int> m_epochs;
    std::map<ProducerId, Offset> m_lastWrites;
    Offset m_start{0};
    Offset m_deleted{0};  // by hand
    Offset m_cleaned{0};
    Offset m_flushed{0};
};

}  // namespace

class TestCommittedModel : public QObject {
    Q_OBJECT

private slots:
    void readersSeeWhatWasCommittedAndNothingElse_data() {
        QTest::addColumn<bool>("compacts");
        QTest::addColumn<bool>("deletes");
        QTest::newRow("kept") << false << false;
        QTest::newRow("deleted") << false << true;
        QTest::newRow("compacted") << true << false;
        QTest::newRow("compacted and deleted") << true << true;
    }
    void readersSeeWhatWasCommittedAndNothingElse() {
        QFETCH(const bool, compacts);
        QFETCH(const bool, deletes);
        std::mt19937 random(printedSeed());
        const int rounds = qEnvironmentVariable("WEIR_FAULTS") == "full" ? 1000 : 20;
        int compactions = 0;
        int aborts = 0;
        int cuts = 0;
        int expired = 0;
        for (int round = 0; round < rounds; ++round) {
            Walk walk(random, compacts, deletes);
            QVERIFY(walk.start());
            for (int step = 0; step < 300; ++step) {
                const QString fault = walk.step();
                QVERIFY2(fault.isEmpty(), qPrintable(QString("round %1, step %2: %3").arg(round).arg(step).arg(fault)));
            }
            compactions += walk.compactions;
            aborts += walk.aborts;
            cuts += walk.cuts;
            expired += walk.expired;
        }
        qInfo("%d rounds of 300 events, %d transactions aborted, %d compactions, %d power cuts that took records",
              rounds, aborts, compactions, cuts);
        QVERIFY(aborts > rounds * 10 && cuts > rounds / 10);
        QCOMPARE(compactions > rounds, compacts);
        QCOMPARE(expired > 0, deletes);
    }
};

QTEST_APPLESS_MAIN(TestCommittedModel)
#include "tst_committed_model.moc"
