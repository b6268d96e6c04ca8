// SPDX-License-Identifier: GPL-3.0-or-later
// Reading and searching a log of which some files are ruined, while one call of the disk fails: who asked at that
// moment gets an error or less, everybody else what a healthy disk gives, and the disk's failure is not taken for
// damage.
#include <QTest>
#include <algorithm>

#include "broker/storage/segment.h"
#include "tests/broker/storage/log_fixture.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::BatchSpec;
using weir::testing::DiskCall;
using weir::testing::DiskFault;
using weir::testing::LogFixture;
using weir::testing::makeBatch;

namespace {

constexpr const char* kFirstLog = "00000000000000000000.log";
constexpr const char* kFirstIndex = "00000000000000000000.index";
constexpr int kBatches = 30;
constexpr std::int64_t kStep = 10;

void change(LogFixture& f, const std::string& name, const std::function<void(Bytes&)>& how) {
    Bytes bytes = f.memory.contents(f.file(name));
    how(bytes);
    f.memory.setContents(f.file(name), bytes);
}

/// Where the n-th batch of a file begins.
std::size_t batchAt(const Bytes& bytes, int n) {
    records::BatchWalker walker(bytes);
    for (int i = 0; i < n; ++i) {
        WEIR_ASSERT(walker.next());
    }
    return walker.position();
}

/// What became of the log while nobody used it.
struct Scene {
    const char* name;
    std::function<void(LogFixture&)> ruin;
};

const std::vector<Scene>& scenes() {
    static const std::vector<Scene> all = {
        {"sound", [](LogFixture&) {}},
        {"no indexes",
         [](LogFixture& f) {
             for (const char* suffix : {".index", ".timeindex"}) {
                 for (const std::string& name : f.filesWith(suffix)) {
                     QVERIFY(f.memory.remove(f.file(name)).ok());
                 }
             }
         }},
        {"index entries only where Kafka has them",
         [](LogFixture& f) { change(f, kFirstIndex, [](Bytes& bytes) { bytes.clear(); }); }},
        {"an index entry between batches",
         [](LogFixture& f) { change(f, kFirstIndex, [](Bytes& bytes) { bytes[7] ^= std::byte{1}; }); }},
        {"damaged records",
         [](LogFixture& f) {
             change(f, kFirstLog, [](Bytes& bytes) { bytes[batchAt(bytes, 3) + 100] ^= std::byte{1}; });
         }},
        {"a damaged length",
         [](LogFixture& f) {
             change(f, kFirstLog, [](Bytes& bytes) { bytes[batchAt(bytes, 3) + 8] ^= std::byte{1}; });
         }},
        {"a damaged offset",
         [](LogFixture& f) {
             change(f, kFirstLog, [](Bytes& bytes) { bytes[batchAt(bytes, 5) + 7] ^= std::byte{4}; });
         }},
        {"damage at a segment's end",
         [](LogFixture& f) { change(f, kFirstLog, [](Bytes& bytes) { bytes[bytes.size() - 1] ^= std::byte{1}; }); }},
    };
    return all;
}

/// Some offsets are missing, within segments and between them, as compaction leaves them.
bool make(LogFixture& f, const Scene& scene) {
    f.options.segmentBytes = 2000;
    f.options.indexIntervalBytes = 400;
    if (!f.start()) {
        return false;
    }
    for (int i = 0; i < kBatches; ++i) {
        const Bytes batch = makeBatch({.records = 2,
                                       .timestamp = LogFixture::kNow + kStep * i,
                                       .valueBytes = 60,
                                       .fill = static_cast<std::uint32_t>(i + 1),
                                       .baseOffset = f.log->endOffset() + (i % 4 == 2 ? 3 : 0)});
        if (!f.log->append(records::BatchView(batch), Timestamp(LogFixture::kNow))) {
            return false;
        }
    }
    if (!f.stopCleanly()) {
        return false;
    }
    scene.ruin(f);
    return f.start();
}

struct Answer {
    std::optional<StorageErrc> error;
    Bytes bytes;
    std::vector<std::int64_t> numbers;
    bool operator==(const Answer&) const = default;
};

Answer read(LogFixture& f, const ReadRequest& request) {
    ReadBuffer buffer;
    const auto extent = f.log->read(request, buffer);
    if (!extent) {
        return {.error = extent.error().code, .bytes = {}, .numbers = {}};
    }
    return {.error = std::nullopt, .bytes = toBytes(buffer.bytes()), .numbers = {extent->next.value}};
}

Answer answer(const StorageResult<std::optional<TimestampedOffset>>& found) {
    if (!found) {
        return {.error = found.error().code, .bytes = {}, .numbers = {}};
    }
    if (!*found) {
        return {};
    }
    return {.error = std::nullopt, .bytes = {}, .numbers = {(*found)->offset.value, (*found)->timestamp.value}};
}

using Lookup = std::function<Answer(LogFixture&)>;

/// Every way to ask, all over the log. The descriptors are let go of in between.
std::vector<Lookup> lookups() {
    std::vector<Lookup> all;
    struct Size {
        std::size_t maxBytes;
        FirstBatch first;
        std::int64_t every;
    };
    for (const Size& size : {Size{1, FirstBatch::kEvenIfLarger, 3}, Size{700, FirstBatch::kWithinLimit, 4},
                             Size{5000, FirstBatch::kEvenIfLarger, 7}}) {
        for (std::int64_t from = 0; from < 80; from += size.every) {
            all.emplace_back([=](LogFixture& f) {
                f.log->closeIdleFiles();
                return read(
                    f, {.from = Offset(from), .upTo = Offset(75), .maxBytes = size.maxBytes, .firstBatch = size.first});
            });
        }
    }
    for (std::int64_t i = 0; i <= kBatches; i += 3) {
        all.emplace_back([=](LogFixture& f) {
            return answer(f.log->findByTime(Timestamp(LogFixture::kNow + kStep * i), {Offset(0), f.log->endOffset()}));
        });
    }
    for (const std::int64_t end : {20, 50, 100}) {
        all.emplace_back([=](LogFixture& f) { return answer(f.log->findLatestTime({Offset(4), Offset(end)})); });
    }
    for (std::int64_t from = 0; from < 60; from += 5) {
        all.emplace_back([=](LogFixture& f) -> Answer {
            const auto count = f.log->bytesBetween({Offset(from), Offset(from + 13)}, 1U << 20);
            if (!count) {
                return {.error = count.error().code, .bytes = {}, .numbers = {}};
            }
            return {.error = std::nullopt, .bytes = {}, .numbers = {static_cast<std::int64_t>(*count)}};
        });
    }
    return all;
}

std::vector<Offset> damagedIn(const LogFixture& f) {
    std::vector<Offset> offsets;
    for (const DamageReport& report : f.log->damage()) {
        offsets.push_back(report.offsets.begin);
    }
    return offsets;
}

/// What may be answered when the disk fails: an error, or the first of the bytes there are.
bool isLess(const Answer& some, const Answer& whole) {
    return some.error.has_value() ||
           (some.bytes.size() <= whole.bytes.size() && !some.numbers.empty() && !whole.numbers.empty() &&
            some.numbers.front() <= whole.numbers.front() &&
            std::equal(some.bytes.begin(), some.bytes.end(), whole.bytes.begin()) && !some.bytes.empty());
}

}  // namespace

class TestReadFaults : public QObject {
    Q_OBJECT

private slots:
    void onlyWhoAskedIsTold_data() {
        QTest::addColumn<int>("scene");
        QTest::addColumn<bool>("backwards");
        for (std::size_t i = 0; i < scenes().size(); ++i) {
            QTest::addRow("%s", scenes()[i].name) << int(i) << false;
            QTest::addRow("%s, from the end", scenes()[i].name) << int(i) << true;
        }
    }
    void onlyWhoAskedIsTold() {
        QFETCH(int, scene);
        QFETCH(bool, backwards);
        const Scene& made = scenes()[static_cast<std::size_t>(scene)];
        std::vector<Lookup> asked = lookups();
        if (backwards) {
            std::reverse(asked.begin(), asked.end());
        }
        std::vector<Answer> healthy;
        std::vector<Offset> damaged;
        {
            LogFixture f;
            QVERIFY(make(f, made));
            for (const Lookup& lookup : asked) {
                healthy.push_back(lookup(f));
            }
            damaged = damagedIn(f);
        }
        int faults = 0;
        for (const DiskCall call : {DiskCall::kOpen, DiskCall::kRead}) {
            for (int nth = 1;; ++nth) {
                LogFixture f;
                QVERIFY(make(f, made));
                int seen = 0;
                f.disk.setPlan([&](DiskCall each, const io::Path&) {
                    return each == call && ++seen == nth ? std::optional(DiskFault{}) : std::nullopt;
                });
                for (std::size_t i = 0; i < asked.size(); ++i) {
                    const bool failedBefore = seen >= nth;
                    const Answer got = asked[i](f);
                    const bool failsNow = !failedBefore && seen >= nth;
                    const auto where = QString("call %1, the %2th, question %3").arg(int(call)).arg(nth).arg(i);
                    QVERIFY2(got == healthy[i] || (failsNow && isLess(got, healthy[i])), qPrintable(where));
                }
                if (seen < nth) {
                    break;
                }
                ++faults;
                auto told = damagedIn(f);
                std::erase_if(told, [&](Offset offset) { return std::ranges::count(damaged, offset) > 0; });
                QVERIFY2(told.empty(), qPrintable(QString("call %1, the %2th").arg(int(call)).arg(nth)));
            }
        }
        qInfo("%d failed calls", faults);
        QVERIFY(faults > 100);
    }
};

QTEST_APPLESS_MAIN(TestReadFaults)
#include "tst_read_faults.moc"
