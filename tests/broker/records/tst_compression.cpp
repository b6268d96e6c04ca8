// SPDX-License-Identifier: GPL-3.0-or-later
#include <lz4frame.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <QTest>
#include <algorithm>

#include "broker/base/assert.h"
#include "broker/records/compression.h"
#include "tests/broker/records/records_fixture.h"

using namespace weir;
using namespace weir::records;

namespace {

constexpr std::uint64_t kSeed = 20250611;

Bytes packed(Compression with, ByteView plain, CompressionLevel level = {}) {
    Codec codec;
    Bytes out;
    codec.compress(with, level, plain, out);
    return out;
}
/// "ok", or the error as a word.
std::string outcome(Compression with, ByteView input, std::size_t limit, Bytes* plain = nullptr) {
    Codec codec;
    Bytes scratch;
    const auto result = codec.decompress(with, input, scratch, limit);
    // limit, one byte to notice more, and what a vector rounds up to
    if (scratch.size() > limit + 1) {
        return "scratch beyond the limit";
    }
    if (!result) {
        return result.error().code == CodecErrc::kTooLarge ? "too large" : "malformed";
    }
    if (plain != nullptr) {
        *plain = toBytes(*result);
    }
    return "ok";
}
Bytes join(std::initializer_list<ByteView> parts) {
    Bytes all;
    for (const ByteView part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}
Bytes rawSnappy(std::string_view plain) {
    std::string out;
    snappy::Compress(plain.data(), plain.size(), &out);
    return toBytes(out);
}
/// A frame written as a stream, without a content size.
Bytes zstdStream(std::string_view plain, int windowLog) {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog);
    Bytes out(ZSTD_compressBound(plain.size()));
    ZSTD_inBuffer in{plain.data(), plain.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    ZSTD_compressStream2(context, &to, &in, ZSTD_e_flush);
    WEIR_ASSERT(ZSTD_compressStream2(context, &to, &in, ZSTD_e_end) == 0);
    ZSTD_freeCCtx(context);
    out.resize(to.pos);
    return out;
}
/// A gzip stream of blocks that are not compressed: as many bytes go in as come out.
Bytes storedGzip(ByteView plain) {
    z_stream stream{};
    WEIR_ASSERT(deflateInit2(&stream, Z_NO_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    Bytes out(deflateBound(&stream, plain.size()));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(plain.data()));  // NOLINT: zlib only reads it
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());  // NOLINT: zlib's type of byte
    stream.avail_out = static_cast<uInt>(out.size());
    WEIR_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}
Bytes randomBytes(std::mt19937_64& random, std::size_t size, unsigned alphabet) {
    Bytes bytes(size);
    for (std::byte& b : bytes) {
        b = static_cast<std::byte>(random() % alphabet);
    }
    return bytes;
}

}  // namespace

class TstCompression : public QObject {
    Q_OBJECT

    static void addCodecs() {
        QTest::addColumn<int>("code");
        for (int code = 1; code <= 4; ++code) {
            QTest::newRow(nameOf(static_cast<Compression>(code))) << code;
        }
    }

private Q_SLOTS:
    void whatGoesInComesOut_data() { addCodecs(); }
    void whatGoesInComesOut() {
        QFETCH(int, code);
        const auto with = static_cast<Compression>(code);
        qInfo("seed %llu", static_cast<unsigned long long>(kSeed));
        std::mt19937_64 random(kSeed);
        Codec codec;
        Bytes scratch;
        for (int round = 0; round < 120; ++round) {
            const std::size_t size = round < 20 ? static_cast<std::size_t>(round) : random() % 200'000;
            const Bytes plain = randomBytes(random, size, round % 3 == 0 ? 256 : 3);
            Bytes out = toBytes(std::string_view("prefix"));
            codec.compress(with, {}, plain, out);
            QCOMPARE(asText(ByteView(out).first(6)), std::string_view("prefix"));
            const auto result = codec.decompress(with, ByteView(out).subspan(6), scratch, size);
            QVERIFY2(result.ok(), qPrintable(QString("round %1, %2 bytes").arg(round).arg(size)));
            QVERIFY(std::equal(result->begin(), result->end(), plain.begin(), plain.end()));
        }
    }
    void everyLevelIsReadBack_data() { addCodecs(); }
    void everyLevelIsReadBack() {
        QFETCH(int, code);
        std::mt19937_64 random(kSeed);
        const Bytes plain = randomBytes(random, 30'000, 5);
        for (const int level : {-1'000'000, -5, 0, 1, 3, 6, 9, 12, 17, 22, 1'000'000}) {
            Bytes back;
            const Bytes out = packed(static_cast<Compression>(code), plain, level);
            QCOMPARE(outcome(static_cast<Compression>(code), out, plain.size(), &back), std::string("ok"));
            QVERIFY(back == plain);
            // The fastest levels of zstd may give up on such input, but never blow it up.
            QVERIFY(out.size() < plain.size() + (level < 0 ? 100 : 0));
        }
    }
    void theCapIsExact_data() { addCodecs(); }
    void theCapIsExact() {
        QFETCH(int, code);
        const auto with = static_cast<Compression>(code);
        for (const std::size_t size :
             {std::size_t{1}, std::size_t{4096}, std::size_t{65'536}, std::size_t{1'000'000}}) {
            const Bytes out = packed(with, Bytes(size));
            QCOMPARE(outcome(with, out, size), std::string("ok"));
            QCOMPARE(outcome(with, out, size - 1), std::string("too large"));
        }
    }
    void bombsStopAtTheCap_data() { addCodecs(); }
    void bombsStopAtTheCap() {
        QFETCH(int, code);
        const auto with = static_cast<Compression>(code);
        const Bytes bomb = packed(with, Bytes(std::size_t{80} << 20));
        QVERIFY(bomb.size() < (std::size_t{12} << 20));
        for (const std::size_t limit :
             {std::size_t{0}, std::size_t{100}, std::size_t{1} << 20, kDefaultDecompressedLimit}) {
            QCOMPARE(outcome(with, bomb, limit), std::string("too large"));
        }
    }
    void everyTruncationIsNoticed_data() { addCodecs(); }
    void everyTruncationIsNoticed() {
        QFETCH(int, code);
        const auto with = static_cast<Compression>(code);
        std::mt19937_64 random(kSeed);
        const Bytes plain = randomBytes(random, 70'000, 2);
        const Bytes out = packed(with, plain);
        const std::size_t step = out.size() > 4000 ? 7 : 1;
        for (std::size_t size = 0; size < out.size(); size += step) {
            Bytes back;
            const std::string result = outcome(with, ByteView(out).first(size), plain.size(), &back);
            // Xerial blocks and zstd frames say nothing of how many follow, so a cut between two goes unseen here
            // and is found by the count of records.
            QVERIFY2(result == "malformed" || (back.size() < plain.size() && result == "ok"),
                     qPrintable(QString("cut at %1").arg(size)));
            if (with == Compression::kGzip || with == Compression::kLz4) {
                QCOMPARE(result, std::string("malformed"));
            }
        }
    }
    void flippedBitsNeverHarm_data() { addCodecs(); }
    void flippedBitsNeverHarm() {
        QFETCH(int, code);
        const auto with = static_cast<Compression>(code);
        std::mt19937_64 random(kSeed);
        const Bytes out = packed(with, randomBytes(random, 3000, 6));
        Codec codec;
        Bytes scratch;
        for (std::size_t bit = 0; bit < out.size() * 8; ++bit) {
            Bytes bad = out;
            bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            const auto result = codec.decompress(with, bad, scratch, 100'000);
            QVERIFY(scratch.size() <= 100'001);
            QVERIFY(!result.ok() || result->size() <= 100'000);
        }
        // The contexts are as good as new after all that.
        const auto result = codec.decompress(with, out, scratch, 3000);
        QVERIFY(result.ok());
        QCOMPARE(result->size(), std::size_t{3000});
    }
    void noiseIsMalformed_data() { addCodecs(); }
    void noiseIsMalformed() {
        QFETCH(int, code);
        const auto with = static_cast<Compression>(code);
        QCOMPARE(outcome(with, asBytes("this is not compressed at all, not in the least"), 1000),
                 std::string("malformed"));
        if (with != Compression::kZstd) {
            QCOMPARE(outcome(with, {}, 1000), std::string("malformed"));
        }
    }
    void noneIsHandedThrough() {
        Codec codec;
        Bytes scratch;
        const Bytes plain = toBytes(std::string_view("plain"));
        const auto result = codec.decompress(Compression::kNone, plain, scratch, 1);
        QVERIFY(result.ok() && result->data() == plain.data());
        QVERIFY(scratch.empty());
    }
    void codecsThatDoNotExistDoNothing() {
        const auto none = static_cast<Compression>(7);
        QVERIFY(packed(none, asBytes("as it is")).empty());
        QCOMPARE(outcome(none, asBytes("as it is"), 100), std::string("malformed"));
    }
    void oneCodecTakesEveryLevel() {
        Codec codec;
        const Bytes plain = toBytes(std::string(5000, 'l') + "evel");
        for (const CompressionLevel level : {CompressionLevel(1), CompressionLevel(9), CompressionLevel(9)}) {
            Bytes out;
            codec.compress(Compression::kGzip, level, plain, out);
            QVERIFY(out == packed(Compression::kGzip, plain, level));
        }
    }
    /// The room that is taken first follows from the last four bytes; cut where they are what the decoder has written
    /// by then, the room is full and nothing is left to read.
    void aGzipStreamCutWhereTheRoomEndsIsCutShort() {
        Bytes plain(1000, std::byte{'s'});
        constexpr std::size_t kWritten = 500;
        for (std::size_t i = 0; i < 4; ++i) {
            plain[kWritten - 4 + i] = static_cast<std::byte>((kWritten - 1) >> (8 * i));
        }
        const Bytes whole = storedGzip(plain);
        const ByteView cut = ByteView(whole).first(whole.size() - 8 - (plain.size() - kWritten));
        QCOMPARE(outcome(Compression::kGzip, cut, kDefaultDecompressedLimit), std::string("malformed"));
        Codec codec;
        Bytes scratch;
        const auto result = codec.decompress(Compression::kGzip, cut, scratch, kDefaultDecompressedLimit);
        QCOMPARE(result.error().message, std::string("gzip: stream is cut short"));
        QVERIFY(std::ranges::equal(ByteView(scratch).first(kWritten), ByteView(plain).first(kWritten)));
    }
    /// The last member tells its own size only: the room grows for the others.
    void theRoomGrowsForMembersInARow() {
        std::mt19937_64 random(kSeed);
        Bytes plain;
        Bytes stream;
        for (const std::size_t size : {100'000U, 70'000U, 10U}) {
            const Bytes member = randomBytes(random, size, 50);
            plain = join({plain, member});
            stream = join({stream, packed(Compression::kGzip, member)});
        }
        Bytes back;
        QCOMPARE(outcome(Compression::kGzip, stream, kDefaultDecompressedLimit, &back), std::string("ok"));
        QVERIFY(back == plain);
        QCOMPARE(outcome(Compression::kGzip, stream, plain.size()), std::string("ok"));
        QCOMPARE(outcome(Compression::kGzip, stream, plain.size() - 1), std::string("too large"));
    }
    void snappyIsWrittenInXerialFraming() {
        const Bytes out = packed(Compression::kSnappy, asBytes("hello"));
        const Bytes expected = join({fromHex("82534e4150505900"
                                             "00000001"
                                             "00000001"),
                                     fromHex("00000007"), rawSnappy("hello")});
        QVERIFY(out == expected);
    }
    void rawSnappyBlocksAreRead() {
        const std::string plain = std::string(100'000, 'x') + "end";
        Bytes back;
        QCOMPARE(outcome(Compression::kSnappy, rawSnappy(plain), plain.size(), &back), std::string("ok"));
        QCOMPARE(asText(back), std::string_view(plain));
    }
    void littleEndianXerialVersionsAreRead() {
        const Bytes framed = join({fromHex("82534e4150505900"
                                           "01000000"
                                           "01000000"
                                           "00000007"),
                                   rawSnappy("hello")});
        Bytes back;
        QCOMPARE(outcome(Compression::kSnappy, framed, 100, &back), std::string("ok"));
        QCOMPARE(asText(back), std::string_view("hello"));
    }
    void lyingSnappyIsMalformed() {
        const Bytes head = fromHex("82534e41505059000000000100000001");
        QCOMPARE(outcome(Compression::kSnappy, join({head, fromHex("ffffffff00")}), 1000), std::string("malformed"));
        QCOMPARE(outcome(Compression::kSnappy, join({head, fromHex("7fffffff00")}), 1000), std::string("malformed"));
        QCOMPARE(outcome(Compression::kSnappy, join({head, fromHex("000000")}), 1000), std::string("malformed"));
        // Claims 2^32-1 and 60 MiB in a few bytes.
        QCOMPARE(outcome(Compression::kSnappy, fromHex("ffffffff0f0000"), kDefaultDecompressedLimit),
                 std::string("malformed"));
        QCOMPARE(outcome(Compression::kSnappy, fromHex("80808c1e0061"), kDefaultDecompressedLimit),
                 std::string("malformed"));
    }
    void membersAndFramesInARowAreOneStream() {
        const Bytes gzip =
            join({packed(Compression::kGzip, asBytes("one ")), packed(Compression::kGzip, asBytes("two"))});
        const Bytes zstd =
            join({packed(Compression::kZstd, asBytes("one ")), packed(Compression::kZstd, asBytes("two"))});
        Bytes back;
        QCOMPARE(outcome(Compression::kGzip, gzip, 100, &back), std::string("ok"));
        QCOMPARE(asText(back), std::string_view("one two"));
        QCOMPARE(outcome(Compression::kZstd, zstd, 100, &back), std::string("ok"));
        QCOMPARE(asText(back), std::string_view("one two"));
    }
    void bytesAfterTheStreamAreMalformed_data() { addCodecs(); }
    void bytesAfterTheStreamAreMalformed() {
        QFETCH(int, code);
        const auto with = static_cast<Compression>(code);
        QCOMPARE(outcome(with, join({packed(with, asBytes("one")), asBytes("x")}), 100), std::string("malformed"));
        QCOMPARE(outcome(with, join({packed(with, asBytes("one")), asBytes("\1\2\3\4\5\6\7")}), 100),
                 std::string("malformed"));
    }
    void lz4FramesAreOfIndependentSmallBlocks() {
        std::mt19937_64 random(kSeed);
        const Bytes out = packed(Compression::kLz4, randomBytes(random, 300'000, 4));
        LZ4F_dctx* context = nullptr;
        LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
        LZ4F_frameInfo_t info{};
        std::size_t size = out.size();
        LZ4F_getFrameInfo(context, &info, out.data(), &size);
        LZ4F_freeDecompressionContext(context);
        QCOMPARE(info.blockMode, LZ4F_blockIndependent);
        QCOMPARE(info.blockSizeID, LZ4F_max64KB);
    }
    void hugeZstdWindowsCostNothing() {
        // A frame that asks for a window of 2 GiB (log 31).
        const std::string plain(50'000, 'w');
        Bytes out = zstdStream(plain, 27);
        out[5] = static_cast<std::byte>((31 - 10) << 3);  // the window descriptor
        Bytes back;
        QCOMPARE(outcome(Compression::kZstd, out, 50'000, &back), std::string("ok"));
        QCOMPARE(asText(back), std::string_view(plain));
        QCOMPARE(outcome(Compression::kZstd, out, 49'999), std::string("too large"));
    }
    /// What a stream says of its size is the room it is given, so that nothing is moved while it grows: one byte more
    /// with gzip, to see what comes behind the end.
    void theRoomIsWhatTheStreamClaims() {
        std::mt19937_64 random(5);
        const Bytes plain = randomBytes(random, 300'000, 7);
        for (const auto& [with, more] : {std::pair{Compression::kGzip, 1U}, std::pair{Compression::kZstd, 0U}}) {
            Codec codec;
            Bytes scratch;
            const auto result = codec.decompress(with, packed(with, plain), scratch, kDefaultDecompressedLimit);
            QVERIFY(result.ok() && std::ranges::equal(*result, plain));
            QCOMPARE(scratch.size(), plain.size() + more);
        }
    }
    /// Without a size the room of a zstd stream grows fourfold at a time.
    void theRoomGrowsFourfold() {
        const std::string plain(1'000'000, 'w');
        const Bytes out = zstdStream(plain, 20);
        QVERIFY(out.size() < 1000);
        Codec codec;
        Bytes scratch;
        const auto result = codec.decompress(Compression::kZstd, out, scratch, kDefaultDecompressedLimit);
        QVERIFY(result.ok() && result->size() == plain.size());
        // The first guess is less than 16 KiB, the smallest room that is taken after it.
        std::size_t room = 0;
        const auto grow = [&room] { room = std::max(room * 2, std::size_t{16} * 1024); };
        while (room < plain.size()) {
            grow();
            grow();
        }
        QCOMPARE(scratch.size(), room);
    }
    void lyingContentSizesAreMalformed() {
        // A zstd frame of one raw block "abc" whose header claims 2^40 bytes, and one that claims 7.
        QCOMPARE(outcome(Compression::kZstd,
                         fromHex("28b52ffd"
                                 "e0"
                                 "0000000000010000"
                                 "190000"
                                 "616263"),
                         1 << 20),
                 std::string("malformed"));
        QCOMPARE(outcome(Compression::kZstd,
                         fromHex("28b52ffd"
                                 "20"
                                 "07"
                                 "190000"
                                 "616263"),
                         1 << 20),
                 std::string("malformed"));
        Bytes gzip = packed(Compression::kGzip, asBytes("abc"));
        for (const std::size_t fromEnd : {1U, 4U, 5U, 8U}) {
            Bytes bad = gzip;
            bad[bad.size() - fromEnd] ^= std::byte{0x40};
            QCOMPARE(outcome(Compression::kGzip, bad, kDefaultDecompressedLimit), std::string("malformed"));
        }
    }
};

QTEST_APPLESS_MAIN(TstCompression)
#include "tst_compression.moc"
