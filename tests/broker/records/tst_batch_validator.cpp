// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <limits>

#include "broker/records/batch_validator.h"
#include "tests/broker/records/golden_batches.h"
#include "tests/broker/records/records_fixture.h"

using namespace weir;
using namespace weir::records;

namespace {

constexpr std::int64_t kNow = 1'767'225'600'000;

struct Verdict {
    std::optional<BatchErrc> refused;
    std::vector<std::int32_t> records;
};

ValidationRules rules() {
    ValidationRules r;
    r.now = Timestamp(kNow);
    return r;
}

Verdict judge(ByteView bytes, const ValidationRules& with = rules()) {
    Codec codec;
    Bytes scratch;
    const auto result = validateBatch(bytes, with, codec, scratch);
    if (result) {
        return {};
    }
    if (result.error().message.empty()) {
        qFatal("a refusal says why");
    }
    return {result.error().code, result.error().records};
}
bool refusedAs(BatchErrc code, ByteView bytes, const ValidationRules& with = rules()) {
    return judge(bytes, with).refused == code;
}
bool accepted(ByteView bytes, const ValidationRules& with = rules()) {
    return !judge(bytes, with).refused.has_value();
}

/// A good batch whose header is then changed, with a right CRC again.
template <class Change>
Bytes withHeader(Change change, const Bytes& batch = buildBatch(mixedRecords())) {
    Bytes copy = batch;
    BatchHeader header = readHeader(copy);
    change(header);
    writeHeader(copy, header);
    if (BatchView::of(copy)) {
        stampCrc(copy);
    }
    return copy;
}

}  // namespace

class TstBatchValidator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void batchesOfTheJavaClientPass() {
        for (const std::string_view hex :
             {golden::kMixedNone, golden::kMixedGzip, golden::kMixedSnappy, golden::kMixedLz4, golden::kMixedZstd}) {
            const Bytes batch = fromHex(hex);
            Codec codec;
            Bytes scratch;
            const auto result = validateBatch(batch, rules(), codec, scratch);
            QVERIFY(result.ok());
            QCOMPARE(result->recordCount(), 6);
            QCOMPARE(result->maxTimestamp(), Timestamp(1767225600000));
            QCOMPARE(result->maxTimestampDelta(), 5);
            QVERIFY(!result->usesLogAppendTime());
            QVERIFY(std::ranges::equal(result->plainRecords(), ByteView(fromHex(golden::kMixedNone)).subspan(61)));
        }
    }
    void everyTruncationIsRefused() {
        for (const Compression compression : kAllCompressions) {
            const Bytes batch = buildBatch(mixedRecords(), {.compression = compression});
            for (std::size_t size = 0; size < batch.size(); ++size) {
                QVERIFY(refusedAs(BatchErrc::kInvalidRecord, ByteView(batch).first(size)));
            }
            QVERIFY(accepted(batch));
        }
    }
    void everyFlippedBitIsRefused() {
        for (const Compression compression : kAllCompressions) {
            const Bytes batch = buildBatch(mixedRecords(), {.compression = compression});
            for (std::size_t bit = 0; bit < batch.size() * 8; ++bit) {
                if (bit / 8 >= 12 && bit / 8 < 16) {
                    continue;  // the leader epoch of a produced batch means nothing and is overwritten
                }
                Bytes bad = batch;
                bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
                const Verdict verdict = judge(bad);
                QVERIFY2(verdict.refused, qPrintable(QString("%1, bit %2").arg(nameOf(compression)).arg(bit)));
                if (bit / 8 >= 23 || (bit / 8 >= 17 && bit / 8 < 21)) {
                    QVERIFY(verdict.refused == BatchErrc::kCorruptMessage);
                }
            }
        }
    }
    void exactlyOneBatchIsWanted() {
        const Bytes one = buildBatch(mixedRecords());
        Bytes two = one;
        two.insert(two.end(), one.begin(), one.end());
        QVERIFY(refusedAs(BatchErrc::kInvalidRecord, {}));
        QVERIFY(refusedAs(BatchErrc::kInvalidRecord, two));
        for (std::size_t extra = 1; extra < one.size(); ++extra) {
            QVERIFY(refusedAs(BatchErrc::kInvalidRecord, ByteView(two).first(one.size() + extra)));
        }
    }
    void otherMagicIsRefused() {
        const auto ofMagic = [](std::int8_t magic) { return withHeader([magic](BatchHeader& h) { h.magic = magic; }); };
        QVERIFY(refusedAs(BatchErrc::kInvalidRecord, ofMagic(0)));
        QVERIFY(refusedAs(BatchErrc::kInvalidRecord, ofMagic(1)));
        QVERIFY(refusedAs(BatchErrc::kCorruptMessage, ofMagic(3)));
        QVERIFY(refusedAs(BatchErrc::kCorruptMessage, ofMagic(9)));
        QVERIFY(refusedAs(BatchErrc::kCorruptMessage, ofMagic(-1)));
    }
    void lengthsThatAreNoneAreCorrupt() {
        for (const std::int32_t length : {std::numeric_limits<std::int32_t>::min(), -1, 0, 1, 14, 48}) {
            QVERIFY(refusedAs(BatchErrc::kCorruptMessage, withHeader([&](BatchHeader& h) { h.batchLength = length; })));
        }
        for (const std::int32_t length : {1000, std::numeric_limits<std::int32_t>::max()}) {
            QVERIFY(refusedAs(BatchErrc::kInvalidRecord, withHeader([&](BatchHeader& h) { h.batchLength = length; })));
        }
    }
    void countsAndOffsetsMustAgree() {
        constexpr auto kMax = std::numeric_limits<std::int32_t>::max();
        constexpr auto kMin = std::numeric_limits<std::int32_t>::min();
        const std::vector<std::pair<std::int32_t, std::int32_t>> lies = {
            {6, 4},       {6, 6},           {5, 5},    {7, 5},    {0, 5},    {0, -1},   {-1, 5},
            {-1, -2},     {6, -1},          {6, kMax}, {6, kMin}, {kMax, 5}, {kMin, 5}, {kMin, kMax},
            {kMax, kMin}, {kMax, kMax - 1}, {5, 4},    {7, 6},    {1, 0}};
        for (const Compression compression : kAllCompressions) {
            const Bytes batch = buildBatch(mixedRecords(), {.compression = compression});
            for (const auto& [count, delta] : lies) {
                const auto change = [c = count, d = delta](BatchHeader& h) {
                    h.recordCount = c;
                    h.lastOffsetDelta = d;
                };
                QVERIFY2(refusedAs(BatchErrc::kInvalidRecord, withHeader(change, batch)),
                         qPrintable(QString("%1 records to delta %2").arg(count).arg(delta)));
            }
        }
    }
    void baseOffsetOfAClientIsZero() {
        for (const std::int64_t base : {std::int64_t{-1}, std::int64_t{1}, std::numeric_limits<std::int64_t>::max()}) {
            const Bytes batch = withHeader([&](BatchHeader& h) { h.baseOffset = Offset(base); });
            QVERIFY(refusedAs(BatchErrc::kInvalidRecord, batch));
            ValidationRules own = rules();
            own.origin = BatchOrigin::kBroker;
            QVERIFY(accepted(batch, own));
        }
    }
    void clientsMayNotWriteControlBatches() {
        const Bytes marker =
            buildEndMarker({{MarkerType::kCommit, 0}, ProducerId(1), ProducerEpoch(0), Timestamp(kNow)});
        QVERIFY(refusedAs(BatchErrc::kInvalidRecord, marker));
        ValidationRules own = rules();
        own.origin = BatchOrigin::kBroker;
        own.keyRequired = true;
        QVERIFY(accepted(marker, own));
    }
    void producersNeedSequences() {
        const auto with = [](std::int64_t id, std::int32_t sequence, bool transactional) {
            return buildBatch(mixedRecords(), {.producerId = ProducerId(id),
                                               .producerEpoch = ProducerEpoch(0),
                                               .baseSequence = Sequence(sequence),
                                               .transactional = transactional});
        };
        QVERIFY(refusedAs(BatchErrc::kInvalidRecord, with(7, -1, false)));
        QVERIFY(refusedAs(BatchErrc::kInvalidRecord, with(7, std::numeric_limits<std::int32_t>::min(), false)));
        QVERIFY(refusedAs(BatchErrc::kInvalidRecord, with(-1, -1, true)));
        QVERIFY(accepted(with(7, 0, false)));
        QVERIFY(accepted(with(0, 5, true)));
        QVERIFY(accepted(with(-1, -1, false)));
    }
    void sizesHaveTheirOwnErrors() {
        const Bytes batch = buildBatch(mixedRecords());
        ValidationRules r = rules();
        r.maxBatchBytes = batch.size();
        r.maxSegmentBytes = batch.size();
        QVERIFY(accepted(batch, r));
        r.maxSegmentBytes = batch.size() - 1;
        QVERIFY(refusedAs(BatchErrc::kRecordListTooLarge, batch, r));
        r.maxBatchBytes = batch.size() - 1;
        QVERIFY(refusedAs(BatchErrc::kMessageTooLarge, batch, r));
    }
    void bombsAreTooLarge() {
        for (const Compression compression : kAllCompressions) {
            if (compression == Compression::kNone) {
                continue;
            }
            const Bytes bomb = buildBatch({{0, kNow, "k", std::string(5'000'000, '0')}}, {.compression = compression});
            ValidationRules r = rules();
            r.decompressedLimit = 1'000'000;
            QVERIFY(refusedAs(BatchErrc::kMessageTooLarge, bomb, r));
            QVERIFY(accepted(bomb));
        }
    }
    void codecsAreNamedAndDecodable() {
        for (const int code : {5, 6, 7}) {
            QVERIFY(refusedAs(BatchErrc::kUnsupportedCompressionType,
                              withHeader([&](BatchHeader& h) { h.attributes = static_cast<std::int16_t>(code); })));
        }
        for (const int code : {1, 2, 3, 4}) {  // plain records that claim to be compressed
            QVERIFY(refusedAs(BatchErrc::kInvalidRecord,
                              withHeader([&](BatchHeader& h) { h.attributes = static_cast<std::int16_t>(code); })));
        }
        ValidationRules old = rules();
        old.zstdAllowed = false;
        QVERIFY(refusedAs(BatchErrc::kUnsupportedCompressionType, fromHex(golden::kMixedZstd), old));
        QVERIFY(accepted(fromHex(golden::kMixedLz4), old));
    }
    void keylessRecordsOfACompactedTopicAreNamed() {
        ValidationRules r = rules();
        r.keyRequired = true;
        for (const Compression compression : kAllCompressions) {
            const Verdict verdict = judge(buildBatch(mixedRecords(), {.compression = compression}), r);
            QVERIFY(verdict.refused == BatchErrc::kInvalidRecord);
            QVERIFY(verdict.records == (std::vector<std::int32_t>{0, 5}));
        }
        QVERIFY(accepted(buildBatch({{0, kNow, "", "an empty key is a key"}}), r));
        r.origin = BatchOrigin::kBroker;
        QVERIFY(accepted(buildBatch({{0, kNow}}, {.control = true}), r));  // what the broker writes has keys of its own
        r.origin = BatchOrigin::kClient;
        const Verdict many = judge(buildBatch(std::vector<OwnedRecord>(5000, OwnedRecord{0, kNow})), r);
        QCOMPARE(many.records.size(), kMaxReportedRecords);
    }
    void timesOutOfRangeAreNamed() {
        ValidationRules r = rules();
        r.timestampBeforeMaxMs = 1000;
        r.timestampAfterMaxMs = 500;
        const Verdict verdict = judge(buildBatch({{0, kNow - 1000},
                                                  {1, kNow - 1001},
                                                  {2, kNow + 500},
                                                  {3, kNow + 501},
                                                  {4, -1},
                                                  {5, std::numeric_limits<std::int64_t>::max()},
                                                  {6, std::numeric_limits<std::int64_t>::min()}}),
                                      r);
        QVERIFY(verdict.refused == BatchErrc::kInvalidTimestamp);
        QVERIFY(verdict.records == (std::vector<std::int32_t>{1, 3, 5, 6}));
        QVERIFY(accepted(buildBatch({{0, 0}, {1, kNow + 3'600'000}})));
        QVERIFY(refusedAs(BatchErrc::kInvalidTimestamp, buildBatch({{0, kNow + 3'600'001}})));
        r.timestampType = TimestampType::kLogAppendTime;  // the client's times mean nothing then
        QVERIFY(accepted(buildBatch({{0, kNow + 501}}), r));
        // Limits beyond what a time can say are none.
        constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
        ValidationRules wide = rules();
        wide.timestampAfterMaxMs = kMost;
        QVERIFY(accepted(buildBatch({{0, kMost}}), wide));
        wide.now = Timestamp(-10);
        wide.timestampBeforeMaxMs = kMost - 1;
        QVERIFY(accepted(buildBatch({{0, std::numeric_limits<std::int64_t>::min()}}), wide));
    }
    void logAppendTimeIsTheBrokersToSet() {
        const Bytes claimed = buildBatch({{0, kNow}}, {.logAppendTime = Timestamp(kNow)});
        QVERIFY(refusedAs(BatchErrc::kInvalidTimestamp, claimed));
        ValidationRules r = rules();
        r.timestampType = TimestampType::kLogAppendTime;
        QVERIFY(refusedAs(BatchErrc::kInvalidTimestamp, claimed, r));
    }
    void logAppendTimeIsStampedOnAppend() {
        Bytes batch = buildBatch(mixedRecords(), {.compression = Compression::kSnappy});
        ValidationRules r = rules();
        r.timestampType = TimestampType::kLogAppendTime;
        Codec codec;
        Bytes scratch;
        const auto result = validateBatch(batch, r, codec, scratch);
        QVERIFY(result.ok() && result->usesLogAppendTime());
        stampForAppend(batch, *result, {Offset(50), LeaderEpoch(4), Timestamp(kNow + 5)});
        const BatchView view(batch);
        QVERIFY(view.checkCrc());
        QCOMPARE(view.baseOffset(), Offset(50));
        QCOMPARE(view.leaderEpoch(), LeaderEpoch(4));
        for (const OwnedRecord& record : readBatch(batch).records) {
            QCOMPARE(record.timestamp, kNow + 5);
        }
    }
    void wrongMaxTimestampIsCorrectedOnAppend() {
        Bytes batch = withHeader([](BatchHeader& h) { h.maxTimestamp = Timestamp(3); });
        Codec codec;
        Bytes scratch;
        const auto result = validateBatch(batch, rules(), codec, scratch);
        QVERIFY(result.ok());
        stampForAppend(batch, *result, {Offset(0), LeaderEpoch(0), Timestamp(kNow)});
        QCOMPARE(BatchView(batch).maxTimestamp(), Timestamp(1767225600000));
        QVERIFY(BatchView(batch).checkCrc());
        QVERIFY(BatchView(batch).timestampType() == TimestampType::kCreateTime);
    }
    void rightBatchesAreAppendedUnchangedBehindTheCrc() {
        const Bytes original = fromHex(golden::kMixedZstd);
        Bytes batch = original;
        Codec codec;
        Bytes scratch;
        const auto result = validateBatch(batch, rules(), codec, scratch);
        QVERIFY(result.ok());
        stampForAppend(batch, *result, {Offset(9), LeaderEpoch(1), Timestamp(kNow)});
        QVERIFY(std::equal(batch.begin() + 16, batch.end(), original.begin() + 16));
    }
    void handmadeRecordsThatLieAreRefused();
    void cutRecordsBehindAGoodCrcAreRefused();
};

/// Every field of a record, with values that contradict the rest: as the only record, behind a good CRC.
void TstBatchValidator::handmadeRecordsThatLieAreRefused() {
    QVERIFY(accepted(batchAround(HandmadeRecord{}.encode(), 1)));
    const std::int64_t good = static_cast<std::int64_t>(HandmadeRecord{}.encode().size()) - 1;
    std::vector<HandmadeRecord> lies;
    const std::vector<std::int64_t> numbers = {
        -2147483648LL, -2147483649LL, -1'000'000, -3,           -2,           3,         4,        5, 8, 16, 64, 127,
        128,           16'384,        1'000'000,  2147483647LL, 2147483648LL, 1LL << 35, 1LL << 62};
    for (const std::int64_t n : numbers) {
        lies.push_back({.keyLength = n});
        lies.push_back({.valueLength = n});
        lies.push_back({.headerCount = n});
        lies.push_back({.offsetDelta = n});
        if (n != good) {
            lies.push_back({.length = n});
        }
    }
    for (const std::int64_t n : {-1, 0, 1, 2}) {
        lies.push_back({.length = n});
        if (n != 1) {
            lies.push_back({.keyLength = n});
            lies.push_back({.headerCount = n});
        }
        if (n != 2) {
            lies.push_back({.valueLength = n});
        }
        if (n != 0) {
            lies.push_back({.offsetDelta = n});
        }
    }
    lies.push_back({.length = good - 1});
    lies.push_back({.length = good + 1});
    for (const std::string_view headers :
         {std::string_view(""), std::string_view("\x02h", 2), std::string_view("\x01\x01", 2),
          std::string_view("\x03h\x01", 3), std::string_view("\x02h\x03", 3), std::string_view("\x02h\x02", 3),
          std::string_view("\x02h\x01\x00", 4), std::string_view("\x02h\x80\x80\x80\x80\x80\x01", 8)}) {
        lies.push_back({.headers = std::string(headers)});
    }
    QVERIFY(lies.size() >= 100);
    for (std::size_t i = 0; i < lies.size(); ++i) {
        for (const Compression compression : {Compression::kNone, Compression::kZstd}) {
            Codec codec;
            Bytes payload;
            codec.compress(compression, {}, lies[i].encode(), payload);
            const Verdict verdict = judge(batchAround(payload, 1, compression));
            QVERIFY2(verdict.refused == BatchErrc::kInvalidRecord, qPrintable(QString("case %1").arg(i)));
        }
    }
    // Varints that do not fit their type, in the place of the record's length and of the timestamp delta.
    QVERIFY(refusedAs(BatchErrc::kInvalidRecord, batchAround(fromHex("8080808010"), 1)));
    QVERIFY(refusedAs(BatchErrc::kInvalidRecord, batchAround(fromHex("ffffffffffffffffffff"), 1)));
    QVERIFY(refusedAs(BatchErrc::kInvalidRecord, batchAround(fromHex("1e00"
                                                                     "ffffffffffffffffff02"
                                                                     "00010100"),
                                                             1)));
    QVERIFY(accepted(batchAround(fromHex("1e00"
                                         "ffffffffffffffffff01"
                                         "00010100"),
                                 1),
                     [] {
                         ValidationRules r = rules();
                         r.timestampType = TimestampType::kLogAppendTime;
                         return r;
                     }()));
}

/// The records section cut at every byte, with length and CRC made right again.
void TstBatchValidator::cutRecordsBehindAGoodCrcAreRefused() {
    for (const Compression compression : kAllCompressions) {
        const Bytes batch = buildBatch(mixedRecords(), {.compression = compression});
        const ByteView payload = BatchView(batch).recordsPayload();
        QVERIFY(accepted(batchAround(payload, 6, compression)));
        for (std::size_t size = 0; size < payload.size(); ++size) {
            QVERIFY2(refusedAs(BatchErrc::kInvalidRecord, batchAround(payload.first(size), 6, compression)),
                     qPrintable(QString("%1 cut at %2").arg(nameOf(compression)).arg(size)));
        }
        Bytes longer = toBytes(payload);
        longer.push_back(std::byte{0});
        QVERIFY(refusedAs(BatchErrc::kInvalidRecord, batchAround(longer, 6, compression)));
    }
}

QTEST_APPLESS_MAIN(TstBatchValidator)
#include "tst_batch_validator.moc"
