// SPDX-License-Identifier: GPL-3.0-or-later
// The scanner over files larger than its window: what it finds there, and what a failing or shrinking file makes of it.
#include <QTest>
#include <algorithm>
#include <optional>

#include "broker/records/batch_header.h"
#include "broker/storage/batch_scanner.h"
#include "tests/support/log_builder.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::BatchSpec;
using weir::testing::makeBatch;

namespace {

constexpr std::size_t kWindow = 1024UL * 1024;

/// A file whose n-th read fails, or which is shorter from that read on.
class ScriptedFile final : public io::File {
public:
    explicit ScriptedFile(Bytes bytes) : m_bytes(std::move(bytes)) {}

    int reads = 0;
    int failAt = 0;
    int cutAt = 0;
    std::size_t cutTo = 0;

    io::IoResult<std::size_t> read(io::FilePosition at, MutableByteView into) override {
        if (++reads == failAt) {
            return fail(io::IoErrc::kIo, "the read fails");
        }
        const std::size_t end = cutAt > 0 && reads >= cutAt ? cutTo : m_bytes.size();
        const std::size_t from = std::min<std::size_t>(at.value, end);
        const std::size_t count = std::min(into.size(), end - from);
        std::copy_n(m_bytes.begin() + static_cast<std::ptrdiff_t>(from), count, into.begin());
        return count;
    }
    io::IoResult<void> write(io::FilePosition, ByteView) override { return {}; }
    io::IoResult<void> writeParts(io::FilePosition, std::span<const ByteView>) override { return {}; }
    io::IoResult<void> sync() override { return {}; }
    io::IoResult<void> truncate(io::FilePosition) override { return {}; }
    io::IoResult<std::uint64_t> size() override { return m_bytes.size(); }

private:
    Bytes m_bytes;
};

/// Batches of a file one after another, and where they stand.
struct Stretch {
    Bytes bytes;
    std::vector<ByteRange> batches;

    /// A batch of `size` bytes whose only record is at `base`.
    void add(std::int64_t base, std::size_t size) {
        const BatchSpec small{.valueBytes = size, .fill = static_cast<std::uint32_t>(batches.size() + 1)};
        BatchSpec spec = small;
        spec.baseOffset = Offset(base);
        spec.valueBytes = size - (makeBatch(small).size() - size);
        append(makeBatch(spec));
        WEIR_ASSERT(batches.back().size() == size);
    }
    void append(const Bytes& batch) {
        const std::size_t begin = bytes.size();
        bytes.insert(bytes.end(), batch.begin(), batch.end());
        batches.push_back({begin, bytes.size()});
    }
    [[nodiscard]] MutableByteView batch(std::size_t i) {
        return MutableByteView(bytes).subspan(batches[i].begin, batches[i].size());
    }
    void flip(std::size_t i, std::size_t byte) { batch(i)[byte] ^= std::byte{0x10}; }
    void setBase(std::size_t i, std::int64_t base) { records::stampBaseOffset(batch(i), Offset(base)); }
    /// Changes what the CRC covers, and the CRC with it.
    void setHeader(std::size_t i, const std::function<void(records::BatchHeader&)>& how) {
        records::BatchHeader header = records::readHeader(batch(i));
        how(header);
        records::writeHeader(batch(i), header);
        records::stampCrc(batch(i));
    }
};

constexpr std::size_t kLengthAt = 8;
constexpr std::size_t kPayloadAt = 200;

/// A file, and those of its batches that are to be found.
struct Scene {
    using LastBatch = BatchScanner::LastBatch;
    const char* name;
    std::function<void(Stretch&)> make;
    std::vector<std::size_t> found;
    LastBatch lastBatch = BatchScanner::LastBatch::kMayLeaveGap;
};

void addMany(Stretch& s, int count, std::size_t size) {
    for (int i = 0; i < count; ++i) {
        s.add(static_cast<std::int64_t>(s.batches.size()), size);
    }
}

const std::vector<Scene>& scenes() {
    static const std::vector<Scene> all = {
        {"batches across the ends of windows", [](Stretch& s) { addMany(s, 8, 300'000); }, {0, 1, 2, 3, 4, 5, 6, 7}},
        {"a batch larger than is read at once",
         [](Stretch& s) {
             s.add(0, 1000);
             s.add(1, 5 * kWindow / 2);
             s.add(2, 1000);
         },
         {0, 1, 2}},
        {"a gap in front of the batch that ends a window",
         [](Stretch& s) {
             s.add(0, 400);
             s.add(10, kWindow - 400);
             s.add(20, 400);
         },
         {0, 1, 2}},
        {"a gap in front of a large batch",
         [](Stretch& s) {
             s.add(0, 1000);
             s.add(5, 5 * kWindow / 2);
             s.add(6, 1000);
         },
         {0, 1, 2}},
        {"damage in records",
         [](Stretch& s) {
             addMany(s, 8, 300'000);
             s.flip(3, kPayloadAt);
         },
         {0, 1, 2, 4, 5, 6, 7}},
        {"damage in a large batch",
         [](Stretch& s) {
             s.add(0, 1000);
             s.add(1, 5 * kWindow / 2);
             s.add(2, 1000);
             s.flip(1, 2 * kWindow);
         },
         {0, 2}},
        {"a length beyond the end",
         [](Stretch& s) {
             addMany(s, 8, 300'000);
             s.flip(3, kLengthAt);
         },
         {0, 1, 2, 4, 5, 6, 7}},
        {"a length that is too short",
         [](Stretch& s) {
             addMany(s, 8, 300'000);
             s.batch(3)[kLengthAt + 1] = std::byte{0};
         },
         {0, 1, 2, 4, 5, 6, 7}},
        {"no magic",
         [](Stretch& s) {
             addMany(s, 6, 300'000);
             s.flip(3, 16);
         },
         {0, 1, 2, 4, 5}},
        {"a base offset far ahead",
         [](Stretch& s) {
             addMany(s, 8, 300'000);
             s.setBase(3, 1000);
         },
         {0, 1, 2, 4, 5, 6, 7}},
        {"damage, and behind it an offset that says it were none",
         // 3 is gone; 4 claims 3's offset, and 5 does not follow that.
         [](Stretch& s) {
             addMany(s, 8, 300'000);
             s.setBase(3, 1);
             s.setBase(4, 3);
         },
         {0, 1, 2, 5, 6, 7}},
        {"nothing vouches for the last batch behind damage",
         [](Stretch& s) {
             addMany(s, 5, 300'000);
             s.setBase(3, 1);
             s.setBase(4, 3);
         },
         {0, 1, 2}},
        {"damage, and behind it a torn tail",
         [](Stretch& s) {
             addMany(s, 6, 300'000);
             s.flip(2, 16);
             s.bytes.resize(s.bytes.size() - 1000);
         },
         {0, 1, 3, 4}},
        {"more records than offsets, and the CRC holds",
         [](Stretch& s) {
             addMany(s, 6, 300'000);
             s.setHeader(3, [](records::BatchHeader& header) { header.recordCount = 5; });
         },
         {0, 1, 2, 4, 5}},
        {"offsets beyond the next segment, and the CRC holds",
         [](Stretch& s) {
             addMany(s, 3, 3000);
             s.setHeader(2, [](records::BatchHeader& header) { header.lastOffsetDelta = 2'000'000; });
         },
         {0, 1}},
        {"a gap in front of the last batch of a log",
         [](Stretch& s) {
             addMany(s, 3, 3000);
             s.setBase(2, 7);
         },
         {0, 1},
         BatchScanner::LastBatch::kMustJoin},
    };
    return all;
}

constexpr OffsetRange kOffsets{Offset(0), Offset(1'000'000)};

struct Found {
    std::vector<std::uint64_t> batches;
    std::uint64_t end = 0;
    std::optional<StorageErrc> error;
    bool operator==(const Found&) const = default;
};

/// Goes on where it was when a read fails: the disk may do better the next time.
Found scan(ScriptedFile& file, const Stretch& stretch, BatchScanner::LastBatch lastBatch) {
    BatchScanner scanner(file, {0, stretch.bytes.size()}, kOffsets, lastBatch);
    Found found;
    for (;;) {
        auto item = scanner.next();
        if (!item) {
            WEIR_ASSERT(!found.error);
            found.error = item.error().code;
            continue;
        }
        if (!*item) {
            return found;
        }
        WEIR_ASSERT((*item)->where.begin == found.end && (*item)->where.end > found.end);
        found.end = (*item)->where.end;
        if (const auto& batch = (*item)->batch) {
            const ByteView there = ByteView(stretch.bytes).subspan((*item)->where.begin, (*item)->where.size());
            WEIR_ASSERT(std::ranges::equal(batch->bytes(), there));
            found.batches.push_back((*item)->where.begin);
        }
    }
}

}  // namespace

class TestBatchScanner : public QObject {
    Q_OBJECT

private slots:
    void everySoundBatchIsFoundOrTheDiskIsBlamed_data() {
        QTest::addColumn<int>("scene");
        for (std::size_t i = 0; i < scenes().size(); ++i) {
            QTest::newRow(scenes()[i].name) << int(i);
        }
    }
    void everySoundBatchIsFoundOrTheDiskIsBlamed() {
        QFETCH(int, scene);
        const Scene& made = scenes()[static_cast<std::size_t>(scene)];
        Stretch stretch;
        made.make(stretch);
        Found whole{.batches = {}, .end = stretch.bytes.size(), .error = std::nullopt};
        for (const std::size_t i : made.found) {
            whole.batches.push_back(stretch.batches[i].begin);
        }
        ScriptedFile healthy(stretch.bytes);
        const Found found = scan(healthy, stretch, made.lastBatch);
        QVERIFY(found == whole);

        // Whichever read fails: an error, no damage, and nothing is forgotten by it.
        for (int nth = 1; nth <= healthy.reads; ++nth) {
            ScriptedFile file(stretch.bytes);
            file.failAt = nth;
            Found again = scan(file, stretch, made.lastBatch);
            QVERIFY2(again.error == StorageErrc::kIo, qPrintable(QString("read %1").arg(nth)));
            again.error.reset();
            QVERIFY2(again == whole, qPrintable(QString("read %1").arg(nth)));
        }
        // Somebody cuts the file meanwhile: what is handed out is sound all the same, and the walk ends.
        for (int nth = 1; nth <= healthy.reads; ++nth) {
            for (const std::size_t cutTo : {std::size_t{0}, std::size_t{30}, kWindow + 30, stretch.bytes.size() - 30}) {
                ScriptedFile file(stretch.bytes);
                file.cutAt = nth;
                file.cutTo = std::min(cutTo, stretch.bytes.size());
                const Found some = scan(file, stretch, made.lastBatch);
                QVERIFY(!some.error);
                QCOMPARE(some.end, stretch.bytes.size());
                QVERIFY(some.batches.size() <= stretch.batches.size());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestBatchScanner)
#include "tst_batch_scanner.moc"
