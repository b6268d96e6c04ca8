// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <limits>
#include <random>

#include "broker/protocol/codec.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"
#include "broker/protocol/io/wire_reader.h"
#include "broker/protocol/io/wire_writer.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/fetch.h"
#include "broker/protocol/messages/find_coordinator.h"
#include "broker/protocol/messages/join_group.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/produce.h"
#include "tests/broker/protocol/hex.h"
#include "tests/broker/protocol/transcript.h"

using namespace weir;
using namespace weir::protocol;
using weir::protocol::test::hex;
using weir::protocol::test::toHex;
using weir::protocol::test::Transcript;

namespace {

WireReader readerOf(const Bytes& bytes, bool flexible = true) {
    return {bytes, ApiVersion(0), flexible};
}

template <class Write>
Bytes written(Write write) {
    Bytes bytes(32);
    WireWriter writer(bytes, ApiVersion(0), true);
    write(writer);
    bytes.resize(writer.written());
    return bytes;
}

template <class Message>
void verifyRefused(const char* bytes, std::int16_t version, ProtocolErrc code) {
    const auto result = decode<Message>(hex(bytes), ApiVersion(version));
    QVERIFY(!result.ok());
    QVERIFY2(result.error().code == code, result.error().message.c_str());
}

}  // namespace

class TestProtocolWire : public QObject {
    Q_OBJECT
private slots:
    void varintsHaveTheirKnownBytes();
    void varintsThatAreTooLongAreRefused();
    void randomVarintsRoundTrip();
    void doublesKeepTheirBits();
    void firstFailureIsTheOneReported();
    void hugeCountsAreRefusedBeforeAllocating();
    void countsAreHeldAgainstWhatElementsNeed();
    void tooManyElementsAreRefused();
    void negativeLengthsAreRefused();
    void nullWhereNotAllowedIsRefused();
    void overlongTextIsRefused();
    void unknownTagsSurvive();
    void tagsOutOfOrderAreRefused();
    void tagsOfAWrongSizeAreRefused();
    void explicitDefaultOfATaggedFieldIsTaken();
    void trailingBytesAreIgnoredUnlessRefused();
    void valuesThatAVersionCannotSayAreRefused();
    void nullIsNotEncodedWhereNotAllowed();
    void tooLongTextIsNotEncoded();
    void failedEncodeLeavesTheBufferAlone();
    void produceViewsPointIntoTheFrame();
    void bigRecordSetsAreGatheredNotCopied();
    void shortHeadersAreRefused();
    void unknownApisHaveAPrefixButNoHeader();
    void visitorHearsExactlyTheFieldsOfTheVersion();
    void everyErrorCodeHasWords();
};

void TestProtocolWire::varintsHaveTheirKnownBytes() {
    struct Known {
        std::int64_t value;
        const char* zigzag;
    };
    for (const Known known : {Known{0, "00 "}, Known{-1, "01 "}, Known{1, "02 "}, Known{63, "7e "}, Known{-64, "7f "},
                              Known{64, "80 01 "}, Known{8191, "fe 7f "}, Known{-8193, "81 80 01 "},
                              Known{2147483647, "fe ff ff ff 0f "}, Known{-2147483648LL, "ff ff ff ff 0f "}}) {
        QCOMPARE(toHex(written([&](WireWriter& w) { w.putVarint(static_cast<std::int32_t>(known.value)); })),
                 std::string(known.zigzag));
        QCOMPARE(toHex(written([&](WireWriter& w) { w.putVarlong(known.value); })), std::string(known.zigzag));
        const Bytes bytes = hex(known.zigzag);
        WireReader in = readerOf(bytes);
        QCOMPARE(in.readVarint(), static_cast<std::int32_t>(known.value));
        QVERIFY(!in.failed());
    }
    QCOMPARE(toHex(written([](WireWriter& w) { w.putVarlong(std::numeric_limits<std::int64_t>::min()); })),
             std::string("ff ff ff ff ff ff ff ff ff 01 "));
    QCOMPARE(toHex(written([](WireWriter& w) { w.putUnsignedVarint(300); })), std::string("ac 02 "));
}

void TestProtocolWire::varintsThatAreTooLongAreRefused() {
    for (const char* bytes : {"80 80 80 80 80 00", "ff ff ff ff 1f", "ff ff ff ff ff ff ff ff ff ff"}) {
        const Bytes data = hex(bytes);
        WireReader in = readerOf(data);
        in.readUnsignedVarint();
        QVERIFY2(in.failed() && in.error().code == ProtocolErrc::kInvalidVarint, bytes);
    }
    const Bytes data = hex("ff ff ff ff ff ff ff ff ff 02");
    WireReader in = readerOf(data);
    in.readUnsignedVarlong();
    QVERIFY(in.failed() && in.error().code == ProtocolErrc::kInvalidVarint);
    const Bytes cut = hex("ff ff");
    WireReader shortIn = readerOf(cut);
    shortIn.readUnsignedVarint();
    QVERIFY(shortIn.failed() && shortIn.error().code == ProtocolErrc::kTruncated);
}

void TestProtocolWire::randomVarintsRoundTrip() {
    const auto seed = std::random_device()();
    qInfo("seed %u", seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 20000; ++i) {
        const auto value = static_cast<std::int64_t>(random() >> (random() % 64));
        const std::int64_t signedValue = i % 2 == 0 ? value : -value;
        const Bytes bytes = written([&](WireWriter& w) { w.putVarlong(signedValue); });
        WireReader in = readerOf(bytes);
        QCOMPARE(in.readVarlong(), signedValue);
        QVERIFY(!in.failed() && in.remaining() == 0);
        QCOMPARE(bytes.size(), unsignedVarlongSize(wire::zigzag(signedValue)));
        const auto narrow = static_cast<std::int32_t>(signedValue);
        const Bytes small = written([&](WireWriter& w) { w.putVarint(narrow); });
        WireReader smallIn = readerOf(small);
        QCOMPARE(smallIn.readVarint(), narrow);
    }
}

void TestProtocolWire::doublesKeepTheirBits() {
    const Bytes bytes = hex("3f f8 00 00 00 00 00 00 7f f8 00 00 00 00 00 01");
    WireReader in = readerOf(bytes);
    QCOMPARE(in.readDouble(), 1.5);
    QVERIFY(std::isnan(in.readDouble()));
    QVERIFY(!in.failed());
}

void TestProtocolWire::firstFailureIsTheOneReported() {
    const Bytes bytes = hex("00");
    WireReader in = readerOf(bytes);
    in.setField("first");
    QCOMPARE(in.readInt<std::int32_t>(), 0);
    in.setField("second");
    in.fail(ProtocolErrc::kInvalidTag);
    QVERIFY(in.error().code == ProtocolErrc::kTruncated);
    QVERIFY(in.error().message.find("first") != std::string::npos);
    QCOMPARE(in.remaining(), std::size_t(0));
}

void TestProtocolWire::hugeCountsAreRefusedBeforeAllocating() {
    // An allocation for any of these would be gigabytes and end the test.
    verifyRefused<MetadataRequest>("7f ff ff ff", 0, ProtocolErrc::kTruncated);
    verifyRefused<MetadataRequest>("ff ff ff ff 0f", 9, ProtocolErrc::kTruncated);
    verifyRefused<ProduceRequest>("ff ff ff ff 00 00 00 00 7f ff ff ff", 3, ProtocolErrc::kTruncated);
    verifyRefused<ProduceRequest>("ff ff 00 01 00 00 00 00 00 00 00 01 00 01 't' 00 00 00 01 00 00 00 00 7f ff ff ff",
                                  3, ProtocolErrc::kTruncated);
    verifyRefused<JoinGroupRequest>("7f ff", 0, ProtocolErrc::kTruncated);
    verifyRefused<ApiVersionsRequest>("01 01 01 00 ff ff ff ff 0f", 3, ProtocolErrc::kTruncated);
    // The count of tagged fields itself.
    verifyRefused<ApiVersionsRequest>("01 01 ff ff ff ff 0f", 3, ProtocolErrc::kTruncated);
}

void TestProtocolWire::countsAreHeldAgainstWhatElementsNeed() {
    // Ten topics of at least six bytes cannot be in twelve.
    verifyRefused<ProduceRequest>("ff ff ff ff 00 00 00 00 00 00 00 0a 00 00 00 00 00 00 00 00 00 00 00 00", 3,
                                  ProtocolErrc::kTruncated);
}

void TestProtocolWire::tooManyElementsAreRefused() {
    // A frame of two megabytes whose topics are empty strings would decode to fifty.
    Bytes bytes = hex("00 20 00 00");
    bytes.resize(4 + 0x200000 * std::size_t{2});
    const auto result = decode<MetadataRequest>(bytes, ApiVersion(0));
    QVERIFY(!result.ok());
    QVERIFY(result.error().code == ProtocolErrc::kTooManyElements);
}

void TestProtocolWire::negativeLengthsAreRefused() {
    verifyRefused<MetadataRequest>("ff ff ff fe", 1, ProtocolErrc::kInvalidLength);
    verifyRefused<MetadataRequest>("80 00 00 00", 1, ProtocolErrc::kInvalidLength);
    verifyRefused<FindCoordinatorRequest>("80 00", 0, ProtocolErrc::kInvalidLength);
}

void TestProtocolWire::nullWhereNotAllowedIsRefused() {
    verifyRefused<FindCoordinatorRequest>("ff ff", 0, ProtocolErrc::kUnexpectedNull);
    verifyRefused<FindCoordinatorRequest>("00 00", 3, ProtocolErrc::kUnexpectedNull);
    verifyRefused<MetadataRequest>("ff ff ff ff", 0, ProtocolErrc::kUnexpectedNull);
    verifyRefused<JoinGroupRequest>("00 00 00 00 00 00 00 00 00 00 ff ff ff ff", 0, ProtocolErrc::kUnexpectedNull);
}

void TestProtocolWire::overlongTextIsRefused() {
    Bytes bytes = hex("81 80 02");  // 32769 - 1 = 32768 characters, one more than Kafka takes
    bytes.resize(bytes.size() + 40000);
    const auto result = decode<ApiVersionsRequest>(bytes, ApiVersion(3));
    QVERIFY(!result.ok());
    QVERIFY(result.error().code == ProtocolErrc::kInvalidLength);
}

void TestProtocolWire::unknownTagsSurvive() {
    const Bytes bytes =
        hex("02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 't' 01 07 02 aa bb"
            "00 00 02 05 00 88 27 01 cc");
    const auto request = decode<MetadataRequest>(bytes, ApiVersion(12), TrailingBytes::kRefuse);
    QVERIFY2(request.ok(), request.ok() ? "" : request.error().message.c_str());
    QCOMPARE(request->topics->front().unknownTags, (UnknownTags{{7, hex("aa bb")}}));
    QCOMPARE(request->unknownTags, (UnknownTags{{5, {}}, {5000, hex("cc")}}));
    Bytes again;
    QVERIFY(encode(*request, ApiVersion(12), again).ok());
    QCOMPARE(toHex(again), toHex(bytes));

    // Between and behind the known ones: the order on the wire is the tags' own.
    ApiVersionsResponse response;
    response.finalizedFeaturesEpoch = 1;
    response.zkMigrationReady = true;
    response.unknownTags = {{4, hex("dd")}};
    Bytes mixed;
    QVERIFY(encode(response, ApiVersion(3), mixed).ok());
    QCOMPARE(toHex(mixed), toHex(hex("00 00 01 00 00 00 00 03  01 08 00 00 00 00 00 00 00 01  03 01 01  04 01 dd")));
    const auto back = decode<ApiVersionsResponse>(mixed, ApiVersion(3), TrailingBytes::kRefuse);
    QVERIFY(back.ok() && *back == response);
}

void TestProtocolWire::tagsOutOfOrderAreRefused() {
    verifyRefused<ApiVersionsRequest>("01 01 02 05 00 04 00", 3, ProtocolErrc::kInvalidTag);
    verifyRefused<ApiVersionsRequest>("01 01 02 05 00 05 00", 3, ProtocolErrc::kInvalidTag);
    verifyRefused<ApiVersionsResponse>("00 00 01 00 00 00 00 02 03 01 01 03 01 01", 3, ProtocolErrc::kInvalidTag);
}

void TestProtocolWire::tagsOfAWrongSizeAreRefused() {
    // Tag 1 is eight bytes: nine leave one over, seven end too early although more bytes follow.
    verifyRefused<ApiVersionsResponse>("00 00 01 00 00 00 00 01 01 09 00 00 00 00 00 00 00 01 00", 3,
                                       ProtocolErrc::kInvalidTag);
    verifyRefused<ApiVersionsResponse>("00 00 01 00 00 00 00 01 01 07 00 00 00 00 00 00 00 01", 3,
                                       ProtocolErrc::kTruncated);
}

void TestProtocolWire::explicitDefaultOfATaggedFieldIsTaken() {
    const auto response = decode<ApiVersionsResponse>(hex("00 00 01 00 00 00 00 01 03 01 00"), ApiVersion(3));
    QVERIFY(response.ok());
    Bytes again;
    QVERIFY(encode(*response, ApiVersion(3), again).ok());
    QCOMPARE(toHex(again), toHex(hex("00 00 01 00 00 00 00 00")));
}

void TestProtocolWire::trailingBytesAreIgnoredUnlessRefused() {
    const Bytes bytes = hex("00 01 'g' 00");
    QVERIFY(decode<FindCoordinatorRequest>(bytes, ApiVersion(0)).ok());
    const auto refused = decode<FindCoordinatorRequest>(bytes, ApiVersion(0), TrailingBytes::kRefuse);
    QVERIFY(!refused.ok());
    QVERIFY(refused.error().code == ProtocolErrc::kTrailingBytes);
}

void TestProtocolWire::valuesThatAVersionCannotSayAreRefused() {
    FindCoordinatorRequest request{.key = "t", .keyType = 1};
    QVERIFY(!encodedSize(request, ApiVersion(0)).ok());  // would look for a group of that name
    QVERIFY(encodedSize(request, ApiVersion(1)).ok());
    FetchResponse response;
    response.errorCode = ErrorCode::kInvalidRequest;  // ignorable: dropped
    QVERIFY(encodedSize(response, ApiVersion(4)).ok());
    response.sessionId = 1;
    const auto size = encodedSize(response, ApiVersion(4));
    QVERIFY(!size.ok());
    QVERIFY(size.error().code == ProtocolErrc::kNotRepresentable);
    FindCoordinatorRequest tagged{.key = "t"};
    tagged.unknownTags.push_back({9, {}});
    QVERIFY(!encodedSize(tagged, ApiVersion(2)).ok());
}

void TestProtocolWire::nullIsNotEncodedWhereNotAllowed() {
    MetadataRequest request;
    request.topics = std::nullopt;
    QVERIFY(encodedSize(request, ApiVersion(1)).ok());
    const auto size = encodedSize(request, ApiVersion(0));
    QVERIFY(!size.ok());
    QVERIFY(size.error().code == ProtocolErrc::kUnexpectedNull);
}

void TestProtocolWire::tooLongTextIsNotEncoded() {
    FindCoordinatorRequest request{.key = std::string(32767, 'x')};
    QVERIFY(encodedSize(request, ApiVersion(0)).ok());
    request.key += 'x';
    QVERIFY(!encodedSize(request, ApiVersion(0)).ok());
    QVERIFY(!encodedSize(request, ApiVersion(3)).ok());
    QVERIFY(!encodeRequestFrame(FindCoordinatorRequest{}, ApiVersion(0), CorrelationId(1), request.key).ok());
}

void TestProtocolWire::failedEncodeLeavesTheBufferAlone() {
    Bytes bytes = hex("01 02");
    FindCoordinatorRequest request{.key = std::string(40000, 'x')};
    QVERIFY(!encode(request, ApiVersion(0), bytes).ok());
    QCOMPARE(bytes.size(), std::size_t(2));
    request.key = "g";
    QVERIFY(encode(request, ApiVersion(0), bytes).ok());
    QCOMPARE(toHex(bytes), std::string("01 02 00 01 67 "));
}

void TestProtocolWire::produceViewsPointIntoTheFrame() {
    const Bytes body = hex("ff ff ff ff 00 00 00 00 00 00 00 01 00 01 't' 00 00 00 01 00 00 00 00 00 00 00 02 aa bb");
    const auto request = decode<ProduceRequest>(body, ApiVersion(3));
    QVERIFY(request.ok());
    const auto& topic = request->topicData.at(0);
    QCOMPARE(static_cast<const void*>(topic.name.data()), static_cast<const void*>(body.data() + 14));
    QCOMPARE(static_cast<const void*>(topic.partitionData.at(0).records.bytes().data()),
             static_cast<const void*>(body.data() + body.size() - 2));
}

void TestProtocolWire::bigRecordSetsAreGatheredNotCopied() {
    const Bytes big(kGatherThreshold, std::byte{0x5a});
    const Bytes small(kGatherThreshold - 1, std::byte{0x3c});
    FetchResponse response;
    response.responses.push_back({.topic = "t"});
    auto& partitions = response.responses[0].partitions;
    partitions.push_back({.partitionIndex = PartitionId(0), .records = RecordsView(big)});
    partitions.push_back({.partitionIndex = PartitionId(1), .records = RecordsView(small)});
    partitions.push_back({.partitionIndex = PartitionId(2), .records = RecordsView(big)});
    const auto frame = encodeResponseFrame(response, ApiVersion(12), CorrelationId(3));
    QVERIFY(frame.ok());
    QCOMPARE(frame->gathered.size(), std::size_t(2));
    const auto pieces = frame->pieces();
    QCOMPARE(pieces.size(), std::size_t(5));
    QCOMPARE(static_cast<const void*>(pieces[1].data()), static_cast<const void*>(big.data()));
    const Bytes flat = frame->flat();
    QCOMPARE(flat.size(), frame->size());
    QCOMPARE(loadBigEndian<std::int32_t>(flat.data()), static_cast<std::int32_t>(flat.size() - 4));
    const auto header = decodeResponseHeader(ByteView(flat).subspan(4), ApiKey::kFetch, ApiVersion(12));
    QVERIFY(header.ok());
    const auto back = decode<FetchResponse>(header->body, ApiVersion(12), TrailingBytes::kRefuse);
    QVERIFY(back.ok() && *back == response);
}

void TestProtocolWire::shortHeadersAreRefused() {
    const Bytes whole = hex("00 03 00 09 00 00 00 07 00 02 'me' 00");
    QVERIFY(decodeRequestHeader(whole).ok());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        QVERIFY(!decodeRequestHeader(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))).ok());
    }
    QVERIFY(!decodeRequestHeader(hex("00 03 00 09 00 00 00 07 ff fe 00")).ok());
    QVERIFY(!decodeResponseHeader(hex("00 00 00"), ApiKey::kMetadata, ApiVersion(0)).ok());
    QVERIFY(!decodeResponseHeader(hex("00 00 00 01"), ApiKey::kMetadata, ApiVersion(9)).ok());
}

void TestProtocolWire::unknownApisHaveAPrefixButNoHeader() {
    const Bytes future = hex("00 12 00 63 00 00 00 07");
    const auto prefix = decodeRequestPrefix(future);
    QVERIFY(prefix.ok());
    QVERIFY(prefix->apiKey == ApiKey::kApiVersions);
    QCOMPARE(prefix->apiVersion.value, std::int16_t(0x63));
    QCOMPARE(prefix->correlationId.value, 7);
    const auto header = decodeRequestHeader(future);
    QVERIFY(!header.ok());
    QVERIFY(header.error().code == ProtocolErrc::kUnsupportedVersion);
    QVERIFY(!decodeRequestHeader(hex("03 e7 00 00 00 00 00 07 ff ff")).ok());
}

void TestProtocolWire::visitorHearsExactlyTheFieldsOfTheVersion() {
    const Bytes records(9);
    ProduceRequest request{.transactionalId = "x", .acks = 1, .timeoutMs = 5};
    request.topicData.push_back({.name = "t"});
    request.topicData[0].partitionData.push_back({.index = PartitionId(3), .records = RecordsView(records)});
    request.topicData[0].unknownTags.push_back({99, Bytes(2)});
    Transcript transcript;
    visit(request, ApiVersion(9), transcript);
    QCOMPARE(transcript.text, std::string("transactionalId='x' acks=1 timeoutMs=5 topicData=1[ { name='t' "
                                          "partitionData=1[ { index=3 records=9B } ] tag99:2B } ] "));
    FindCoordinatorResponse response;
    response.errorCode = ErrorCode::kCoordinatorNotAvailable;
    response.errorMessage = std::nullopt;
    Transcript old;
    visit(response, ApiVersion(1), old);
    QCOMPARE(old.text, std::string("throttleTimeMs=0 errorCode=COORDINATOR_NOT_AVAILABLE errorMessage=null nodeId=0 "
                                   "host='' port=0 "));
}

void TestProtocolWire::everyErrorCodeHasWords() {
    for (int code = -1; code <= 133; ++code) {
        const auto error = static_cast<ErrorCode>(code);
        QVERIFY(errorName(error) != "UNKNOWN");
        QVERIFY(errorSentence(error).ends_with('.'));
    }
    QCOMPARE(errorName(ErrorCode::kUnknownServerError), std::string_view("UNKNOWN_SERVER_ERROR"));
    QCOMPARE(errorName(ErrorCode::kUnknownTopicOrPartition), std::string_view("UNKNOWN_TOPIC_OR_PARTITION"));
    QCOMPARE(errorName(ErrorCode::kUnknownTopicId), std::string_view("UNKNOWN_TOPIC_ID"));
    QCOMPARE(errorName(ErrorCode::kShareSessionLimitReached), std::string_view("SHARE_SESSION_LIMIT_REACHED"));
    QCOMPARE(errorName(static_cast<ErrorCode>(134)), std::string_view("UNKNOWN"));
    QCOMPARE(errorName(static_cast<ErrorCode>(-2)), std::string_view("UNKNOWN"));
}

QTEST_APPLESS_MAIN(TestProtocolWire)
#include "tst_protocol_wire.moc"
