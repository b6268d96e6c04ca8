// SPDX-License-Identifier: GPL-3.0-or-later
// T21: random writes, deletions, compactions, kills and power cuts against a map of what should be there.
#include <random>

#include "tests/broker/storage/compaction_fixture.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::testing;

namespace {

class Model {
public:
    explicit Model(std::uint64_t seed) : m_random(seed) {
        f.options.segmentBytes = 2000;
        f.options.deleteRetentionMs = 50;
    }

    CompactionFixture f;
    int compactions = 0;
    int crashes = 0;
    QString problem;

    bool run(int operations) {
        if (!f.start()) {
            return false;
        }
        for (int i = 0; i < operations && problem.isEmpty(); ++i) {
            step();
        }
        judge();
        return problem.isEmpty();
    }

private:
    std::uint64_t below(std::uint64_t limit) { return m_random() % limit; }

    void step() {
        f.now += static_cast<std::int64_t>(below(3));
        const std::uint64_t dice = below(1000);
        if (dice < 990) {
            write();
        } else if (dice < 997) {
            if (auto report = f.flushAndCompact(); !report) {
                problem = QString::fromStdString(report.error().message);
            }
            ++compactions;
            f.log->removeDeletedFiles(Timestamp(f.now));
            judge();
        } else if (dice < 998) {
            const Offset upTo(
                static_cast<std::int64_t>(below(static_cast<std::uint64_t>(f.log->endOffset().value + 1))));
            if (upTo > f.log->startOffset() && below(8) == 0) {
                if (!f.log->deleteRecordsBefore(upTo, Timestamp(f.now))) {
                    problem = "records could not be deleted";
                }
            }
        } else {
            crash();
            judge();
        }
    }

    void write() {
        const std::uint64_t count = 1 + below(4);
        std::vector<CompactionFixture::Keyed> records;
        for (std::uint64_t i = 0; i < count; ++i) {
            records.push_back({"key-" + std::to_string(below(200)),
                               below(10) == 0 ? std::nullopt : std::optional(std::to_string(m_random()))});
        }
        const Offset base = f.put(records, {.compression = below(4) == 0 ? Compression::kLz4 : Compression::kNone});
        for (std::uint64_t i = 0; i < count; ++i) {
            m_written[base.value + static_cast<std::int64_t>(i)] = {records[i].key, records[i].value};
        }
    }

    /// The disk dies somewhere in a compaction; then the process, or the machine.
    void crash() {
        ++crashes;
        if (below(2) == 0) {
            static_cast<void>(f.log->flush());
        }
        int left = 1 + static_cast<int>(below(60));
        f.disk.setPlan([left](DiskCall call, const io::Path&) mutable -> std::optional<DiskFault> {
            return call == DiskCall::kRead || call == DiskCall::kOpen || --left > 0 ? std::nullopt
                                                                                    : std::optional(DiskFault{});
        });
        static_cast<void>(f.compact());
        f.disk.heal();
        const bool power = below(2) == 0;
        const Offset safe = f.log->committedOffset();
        power ? f.powerCut() : f.kill();
        if (!f.start()) {
            problem = "the log does not open";
            return;
        }
        if (!power && m_written.lower_bound(f.log->endOffset().value) != m_written.end()) {
            problem = "a kill lost records";
        }
        if (power) {
            // What was not flushed may be gone, also in front of a younger segment of which only the name was left.
            const auto stored = f.contents();
            for (auto at = m_written.lower_bound(safe.value); at != m_written.end();) {
                at = stored.contains(at->first) ? std::next(at) : m_written.erase(at);
            }
        }
        if (f.cleaned > f.log->endOffset()) {
            f.cleaned = kNoOffset;
        }
    }

    void judge() {
        const auto stored = f.contents();
        const std::int64_t start = f.log->startOffset().value;
        std::map<std::string, std::int64_t> newest;
        for (const auto& [offset, record] : m_written) {
            newest[record.key] = offset;
        }
        for (const auto& [offset, record] : stored) {
            const auto found = m_written.find(offset);
            if (offset >= start && (found == m_written.end() || !(found->second == record))) {
                problem = QString("offset %1 holds what was never written there").arg(offset);
            }
        }
        for (const auto& [key, offset] : newest) {
            const auto& record = m_written.at(offset);
            if (offset >= start && record.value && !stored.contains(offset)) {
                problem = QString("the newest record of %1 at offset %2 is lost").arg(key.c_str()).arg(offset);
            }
            // Without its tombstone an old value must not be back.
            if (!record.value && !stored.contains(offset)) {
                for (const auto& [at, old] : stored) {
                    if (old.key == key && at >= start && at < offset) {
                        problem = QString("%1 is back at offset %2").arg(key.c_str()).arg(at);
                    }
                }
            }
        }
        std::map<std::string, std::int64_t> clean;
        for (const auto& [offset, record] : stored) {
            if (offset < f.cleaned.value && !clean.emplace(record.key, offset).second) {
                problem = QString("%1 is twice in the clean part").arg(record.key.c_str());
            }
        }
        if (!f.log->damage().empty()) {
            problem = "damage was found: " + QString::fromStdString(f.log->damage().front().file);
        }
    }

    std::mt19937_64 m_random;
    CompactionFixture::Contents m_written;
};

}  // namespace

class TestCompactionModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void randomOperationsFollowTheModel_data() {
        constexpr std::uint64_t kRuns = 10;
        QTest::addColumn<std::uint64_t>("seed");
        const std::uint64_t first = printedSeed();
        for (std::uint64_t seed = first; seed < first + kRuns; ++seed) {
            QTest::addRow("seed %llu", static_cast<unsigned long long>(seed)) << seed;
        }
    }
    void randomOperationsFollowTheModel() {
        QFETCH(const std::uint64_t, seed);
        constexpr int kOperations = 10'000;
        Model model(seed);
        QVERIFY2(model.run(kOperations), qPrintable(model.problem));
        qInfo("T21: %d operations, %d compactions, %d crashes in one, 0 differences", kOperations, model.compactions,
              model.crashes);
    }
};

QTEST_APPLESS_MAIN(TestCompactionModel)
#include "tst_compaction_model.moc"
