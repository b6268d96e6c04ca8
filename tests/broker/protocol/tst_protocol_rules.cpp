// SPDX-License-Identifier: GPL-3.0-or-later
// What a message may say in which version: the rules of the fields, on a message of the test's own that uses them all,
// and what the encoder and the decoder say when they are broken.
#include <QTest>
#include <array>
#include <set>

#include "broker/protocol/io/instantiate.h"
#include "broker/protocol/messages/fetch.h"
#include "broker/protocol/messages/find_coordinator.h"
#include "tests/broker/protocol/hex.h"

namespace weir::protocol {

/// Nothing of Kafka's: a struct that may be null in versions 1 and 2, alone and as an element, and versions 0 to 3.
struct ProbeResponse {
    static constexpr const char* kName = "ProbeResponse";
    static constexpr ApiKey kApiKey = ApiKey::kFetch;
    static constexpr VersionRange kVersions{0, 3};
    static constexpr std::int16_t kFirstFlexible = 3;

    struct Place {
        std::int32_t at = 0;
        UnknownTags unknownTags{};

        bool operator==(const Place&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("at", &Place::at);
        }
    };
    struct Element {
        std::optional<Place> place = Place{};
        UnknownTags unknownTags{};

        bool operator==(const Element&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("place", &Element::place, always().nullableBetween(1, 2));
        }
    };
    std::optional<Place> place = Place{};
    std::vector<Element> elements{};
    UnknownTags unknownTags{};

    bool operator==(const ProbeResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("place", &ProbeResponse::place, always().nullableBetween(1, 2));
        io.field("elements", &ProbeResponse::elements);
    }
};
WEIR_INSTANTIATE_RESPONSE(ProbeResponse);

}  // namespace weir::protocol

using namespace weir;
using namespace weir::protocol;
using weir::protocol::test::hex;
using weir::protocol::test::toHex;

namespace {

ProbeResponse probe(std::optional<ProbeResponse::Place> place) {
    ProbeResponse response;
    response.place = place;
    response.elements.push_back({.place = place});
    return response;
}

std::string encoded(const ProbeResponse& response, std::int16_t version) {
    Bytes bytes;
    const auto done = encode(response, ApiVersion(version), bytes);
    return done.ok() ? toHex(bytes) : done.error().message;
}

/// One byte poses as `size` of them: sizes alone decide here, and nothing reads it.
ByteView posingAs(std::size_t size) {
    static const std::byte one{};
    return {&one, size};
}

}  // namespace

class TstProtocolRules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// A mark goes before the struct in the versions that may leave it out, and in no other.
    void aStructMayBeNullBetweenTwoVersions() {
        const ProbeResponse there = probe(ProbeResponse::Place{7});
        QCOMPARE(encoded(there, 0), std::string("00 00 00 07 00 00 00 01 00 00 00 07 "));
        for (const std::int16_t version : std::array<std::int16_t, 2>{1, 2}) {
            QCOMPARE(encoded(there, version), std::string("01 00 00 00 07 00 00 00 01 01 00 00 00 07 "));
            QCOMPARE(encoded(probe(std::nullopt), version), std::string("ff 00 00 00 01 ff "));
        }
        QCOMPARE(encoded(there, 3), std::string("00 00 00 07 00 02 00 00 00 07 00 00 00 "));
        for (const std::int16_t version : std::array<std::int16_t, 2>{0, 3}) {
            const auto size = encodedSize(probe(std::nullopt), ApiVersion(version));
            QVERIFY(!size.ok());
            QVERIFY(size.error().code == ProtocolErrc::kUnexpectedNull);
            QVERIFY(size.error().message.starts_with("field 'place'"));
        }
    }
    void whatIsWrittenIsRead() {
        for (std::int16_t version = 0; version <= 3; ++version) {
            for (const auto& response : {probe(ProbeResponse::Place{7}), probe(std::nullopt)}) {
                Bytes bytes;
                if (!encode(response, ApiVersion(version), bytes).ok()) {
                    QVERIFY(!response.place);
                    continue;
                }
                const auto back = decode<ProbeResponse>(bytes, ApiVersion(version), TrailingBytes::kRefuse);
                QVERIFY(back.ok() && *back == response);
                bytes.pop_back();
                const auto cut = decode<ProbeResponse>(bytes, ApiVersion(version), TrailingBytes::kRefuse);
                QVERIFY(!cut.ok() && cut.error().code == ProtocolErrc::kTruncated);
            }
        }
    }
    /// The header of a flexible version has tags, of which there are none.
    void framesHaveTheHeaderOfTheirVersion() {
        const auto framed = [](std::int16_t version) {
            const auto frame = encodeResponseFrame(ProbeResponse{}, ApiVersion(version), CorrelationId(9));
            return frame.ok() ? toHex(frame->flat()) : frame.error().message;
        };
        QCOMPARE(framed(0), std::string("00 00 00 0c 00 00 00 09 00 00 00 00 00 00 00 00 "));
        QCOMPARE(framed(3), std::string("00 00 00 0c 00 00 00 09 00 00 00 00 00 00 01 00 "));
    }
    /// A null struct is one byte in an array, a struct that must be there four: the claimed count is held against that.
    void countsAreHeldAgainstTheSmallestElement() {
        const auto code = [](const char* bytes, std::int16_t version) {
            const auto result = decode<ProbeResponse>(hex(bytes), ApiVersion(version));
            return result.ok() ? std::string("read") : result.error().message;
        };
        QCOMPARE(code("ff 00 00 00 04 ff ff ff ff", 1), std::string("read"));
        QVERIFY(code("ff 00 00 00 05 ff ff ff ff", 1) != "read");
        QCOMPARE(code("00 00 00 07 00 00 00 01 00 00 00 07", 0), std::string("read"));
        QVERIFY(code("00 00 00 07 00 00 00 02 00 00 00 07", 0) != "read");
    }
    void versionsThatDoNotExistAreRefusedEverywhere() {
        for (const std::int16_t version : std::array<std::int16_t, 2>{-1, 4}) {
            const auto isRefused = [](const auto& result) {
                return !result.ok() && result.error().code == ProtocolErrc::kUnsupportedVersion &&
                       result.error().message.starts_with("ProbeResponse has no version ");
            };
            Bytes out = hex("0a");
            QVERIFY(isRefused(decode<ProbeResponse>(hex("00"), ApiVersion(version))));
            QVERIFY(isRefused(encodedSize(ProbeResponse{}, ApiVersion(version))));
            QVERIFY(isRefused(encode(ProbeResponse{}, ApiVersion(version), out)));
            QVERIFY(isRefused(encodeResponseFrame(ProbeResponse{}, ApiVersion(version), CorrelationId(1))));
            QCOMPARE(toHex(out), std::string("0a "));
        }
    }
    /// Of two things that cannot be said the first is named, in the order of the wire.
    void theFirstProblemIsTheOneNamed() {
        const FindCoordinatorRequest request{.key = std::string(40000, 'x'), .keyType = 1};
        const auto size = encodedSize(request, ApiVersion(0));
        QVERIFY(!size.ok());
        QVERIFY(size.error().code == ProtocolErrc::kTooLarge);
        QVERIFY(size.error().message.starts_with("field 'key' "));
        QVERIFY(!encodeRequestFrame(request, ApiVersion(0), CorrelationId(1), "me").ok());
    }
    /// The length of a frame is an int32: the header counts too.
    void aFrameBeyondItsLengthFieldIsRefused() {
        FetchResponse response;
        response.responses.push_back({.topic = "t"});
        auto& partitions = response.responses[0].partitions;
        partitions.push_back({.records = RecordsView(posingAs(std::size_t{0x7fffffff} - 10))});
        const auto frame = encodeResponseFrame(response, ApiVersion(12), CorrelationId(1));
        QVERIFY(!frame.ok());
        QVERIFY(frame.error().code == ProtocolErrc::kTooLarge);
        QVERIFY(frame.error().message.starts_with("field 'FetchResponse' "));
        partitions[0].records = RecordsView(posingAs(std::size_t{0x7fffffff} + 1));
        QVERIFY(encodeResponseFrame(response, ApiVersion(12), CorrelationId(1))
                    .error()
                    .message.starts_with("field 'records' "));
    }
    void everyFailureHasWords() {
        const Bytes none;
        std::set<std::string> sentences;
        for (int code = 0; code <= static_cast<int>(ProtocolErrc::kTooLarge) + 1; ++code) {
            WireReader in(none, ApiVersion(0), false);
            in.setField("f");
            in.fail(static_cast<ProtocolErrc>(code));
            QVERIFY(static_cast<int>(in.error().code) == code);
            QVERIFY(in.error().message.starts_with("field 'f' at byte 0 "));
            QVERIFY(sentences.insert(in.error().message).second);
        }
    }
    /// Record sets may touch, and lie at either end.
    void piecesLeaveNothingOutAndHoldNothingEmpty() {
        const Bytes own = hex("'abcd'");
        const auto text = [](const std::vector<ByteView>& pieces) {
            std::string all;
            for (const ByteView piece : pieces) {
                all += std::string(asText(piece)) + '|';
            }
            return all;
        };
        const ByteView x = asBytes("xx");
        const ByteView y = asBytes("y");
        QCOMPARE(text(Frame{own, {}}.pieces()), std::string("abcd|"));
        QCOMPARE(text(Frame{own, {{0, x}}}.pieces()), std::string("xx|abcd|"));
        QCOMPARE(text(Frame{own, {{4, x}}}.pieces()), std::string("abcd|xx|"));
        QCOMPARE(text(Frame{own, {{1, x}, {1, y}, {3, x}}}.pieces()), std::string("a|xx|y|bc|xx|d|"));
        QCOMPARE(text(Frame{own, {{0, x}, {4, y}}}.pieces()), std::string("xx|abcd|y|"));
        QCOMPARE((Frame{own, {{1, x}, {1, y}}}.flat().size()), (Frame{own, {{1, x}, {1, y}}}.size()));
    }
    void prefixesAndResponsesThatAreNoneAreRefused() {
        const Bytes whole = hex("00 12 00 63 00 00 00 07");
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const auto cut = decodeRequestPrefix(ByteView(whole).first(length));
            QVERIFY(!cut.ok() && cut.error().code == ProtocolErrc::kTruncated);
        }
        const auto unknown =
            decodeResponseHeader(hex("00 00 00 07 00"), static_cast<ApiKey>(std::int16_t{999}), ApiVersion(0));
        QVERIFY(!unknown.ok() && unknown.error().code == ProtocolErrc::kUnsupportedVersion);
    }
    /// Null and empty records differ: one is no answer, the other an empty one.
    void recordsAreEqualWhenTheirBytesAre() {
        const Bytes one = hex("01 02");
        const Bytes other = hex("01 02");
        QVERIFY(RecordsView(one) == RecordsView(other));
        QVERIFY(!(RecordsView(one) == RecordsView(ByteView(other).first(1))));
        QVERIFY(!(RecordsView() == RecordsView(ByteView())));
        QVERIFY(RecordsView() == RecordsView());
    }
};

QTEST_APPLESS_MAIN(TstProtocolRules)
#include "tst_protocol_rules.moc"
