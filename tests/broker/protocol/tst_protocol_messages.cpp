// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <map>
#include <random>

#include "broker/protocol/api_table.h"
#include "broker/protocol/inspect.h"
#include "tests/broker/protocol/message_case.h"
#include "tests/broker/protocol/transcript.h"

using namespace weir;
using namespace weir::protocol;
using namespace weir::protocol::test;

namespace {

/// Key, first and last version, first flexible version, as Kafka 4.2.1 has them.
struct ExpectedApi {
    std::int16_t key;
    std::int16_t first;
    std::int16_t last;
    std::int16_t firstFlexible;
};
// clang-format off
constexpr ExpectedApi kExpected[] = {
    {0, 3, 13, 9}, {1, 4, 18, 12}, {2, 1, 11, 6}, {3, 0, 13, 9}, {8, 2, 10, 8}, {9, 1, 10, 6}, {10, 0, 6, 3},
    {11, 0, 9, 6}, {12, 0, 4, 4}, {13, 0, 5, 4}, {14, 0, 5, 4}, {15, 0, 6, 5}, {16, 0, 5, 3},
    {17, 0, 1, kNeverFlexible}, {18, 0, 4, 3}, {19, 2, 7, 5}, {20, 1, 6, 4}, {21, 0, 2, 2}, {22, 0, 6, 2},
    {23, 2, 4, 4}, {24, 0, 5, 3}, {25, 0, 4, 3}, {26, 0, 5, 3}, {27, 1, 2, 1}, {28, 0, 5, 3}, {29, 1, 3, 2},
    {30, 1, 3, 2}, {31, 1, 3, 2}, {32, 1, 4, 4}, {33, 0, 2, 2}, {34, 1, 2, 2}, {35, 1, 4, 2}, {36, 0, 2, 2},
    {37, 0, 3, 2}, {38, 1, 3, 2}, {39, 1, 2, 2}, {40, 1, 2, 2}, {41, 1, 3, 2}, {42, 0, 2, 2}, {43, 0, 2, 2},
    {44, 0, 1, 1}, {45, 0, 1, 0}, {46, 0, 0, 0}, {47, 0, 0, kNeverFlexible}, {48, 0, 1, 1}, {49, 0, 1, 1},
    {50, 0, 0, 0}, {51, 0, 0, 0}, {55, 0, 2, 0}, {57, 0, 2, 0}, {60, 0, 2, 0}, {61, 0, 0, 0}, {64, 0, 0, 0},
    {65, 0, 0, 0}, {66, 0, 2, 0}, {68, 0, 1, 0}, {69, 0, 1, 0}, {71, 0, 0, 0}, {72, 0, 0, 0}, {74, 0, 1, 0},
    {75, 0, 0, 0}, {76, 1, 1, 0}, {77, 1, 1, 0}, {78, 1, 2, 0}, {79, 1, 2, 0}, {88, 0, 0, 0}, {89, 0, 0, 0},
    {90, 0, 1, 0}, {91, 0, 0, 0}, {92, 0, 0, 0},
};
// clang-format on

}  // namespace

class TestProtocolMessages : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void tableIsKafkas();
    void everyApiHasBothMessagesAndTheyAgreeWithTheTable();
    void randomMessagesRoundTripInEveryVersion() { forAll(&MessageCase::roundTrip, 25); }
    void everyPrefixIsRefused() { forAll(&MessageCase::refusesEveryPrefix, 3); }
    void damagedBytesAreRefusedOrRoundTrip() { forAll(&MessageCase::survivesDamage, 100); }
    void framesCarryTheirHeaderAndBody() { forAll(&MessageCase::framesItself, 3); }
    void bodiesAreInspectedByNumber() { forAll(&MessageCase::isInspectedByNumber, 3); }
    void unknownNumbersAreNotInspected();
    void versionsOutsideTheRangeAreRefused();

private:
    using Check = std::string (*MessageCase::*)(std::uint64_t, ApiVersion);
    void forAll(Check check, int rounds);

    std::vector<MessageCase> m_cases = allMessageCases();
    std::uint64_t m_seed = 0;
};

void TestProtocolMessages::initTestCase() {
    m_seed = qEnvironmentVariableIsSet("WEIR_SEED") ? qEnvironmentVariable("WEIR_SEED").toULongLong()
                                                    : std::random_device()();
    qInfo("WEIR_SEED=%llu", static_cast<unsigned long long>(m_seed));
}

void TestProtocolMessages::forAll(Check check, int rounds) {
    for (const MessageCase& message : m_cases) {
        for (std::int16_t version = message.versions.first; version <= message.versions.last; ++version) {
            for (int round = 0; round < rounds; ++round) {
                const std::uint64_t seed = m_seed + static_cast<std::uint64_t>(round);
                const std::string problem = (message.*check)(seed, ApiVersion(version));
                QVERIFY2(problem.empty(), (std::string(message.name) + " v" + std::to_string(version) + " seed " +
                                           std::to_string(seed) + ": " + problem)
                                              .c_str());
            }
        }
    }
}

void TestProtocolMessages::tableIsKafkas() {
    QCOMPARE(apiTable().size(), std::size(kExpected));
    for (std::size_t i = 0; i < apiTable().size(); ++i) {
        const ApiInfo& api = apiTable()[i];
        const ExpectedApi& expected = kExpected[i];
        QCOMPARE(static_cast<std::int16_t>(api.key), expected.key);
        QCOMPARE(api.versions.first, expected.first);
        QCOMPARE(api.versions.last, expected.last);
        QCOMPARE(api.firstFlexible, expected.firstFlexible);
        // InitProducerId 6 is the only version that Kafka 4.2 hides.
        QCOMPARE(api.stable.last, static_cast<std::int16_t>(expected.key == 22 ? 5 : expected.last));
        QCOMPARE(findApi(api.key), &api);
    }
    QVERIFY(findApi(static_cast<ApiKey>(4)) == nullptr);
    QVERIFY(findApi(static_cast<ApiKey>(-1)) == nullptr);
    QVERIFY(findApi(static_cast<ApiKey>(32767)) == nullptr);
}

void TestProtocolMessages::everyApiHasBothMessagesAndTheyAgreeWithTheTable() {
    std::map<ApiKey, int> directions;
    for (const MessageCase& message : m_cases) {
        directions[message.key] += message.isRequest ? 1 : 2;
        const ApiInfo* api = findApi(message.key);
        QVERIFY2(api != nullptr, message.name);
        QVERIFY2(message.versions == api->versions, message.name);
        QVERIFY2(message.firstFlexible == api->firstFlexible, message.name);
        const std::string name = std::string(api->name) + (message.isRequest ? "Request" : "Response");
        QCOMPARE(std::string(message.name), name);
    }
    QCOMPARE(directions.size(), apiTable().size());
    for (const auto& [key, both] : directions) {
        QVERIFY2(both == 3, std::to_string(static_cast<int>(key)).c_str());
    }
}

void TestProtocolMessages::unknownNumbersAreNotInspected() {
    Transcript transcript;
    const Bytes zeros(64);
    for (const int key : {-1, 4, 7, 52, 93, 32767}) {
        QVERIFY(!inspectBody(static_cast<ApiKey>(key), Direction::kRequest, ApiVersion(0), zeros, transcript).ok());
    }
    // Trailing bytes: something else was meant.
    QVERIFY(!inspectBody(ApiKey::kApiVersions, Direction::kRequest, ApiVersion(0), zeros, transcript).ok());
    QVERIFY(transcript.text.empty());
}

void TestProtocolMessages::versionsOutsideTheRangeAreRefused() {
    const Bytes zeros(64);
    for (const MessageCase& message : m_cases) {
        for (const int version : {message.versions.first - 1, message.versions.last + 1, -1, 32767, -32768}) {
            const auto result = message.reencode(zeros, ApiVersion(static_cast<std::int16_t>(version)));
            QVERIFY2(!result.ok() && result.error().code == ProtocolErrc::kUnsupportedVersion, message.name);
        }
    }
}

QTEST_APPLESS_MAIN(TestProtocolMessages)
#include "tst_protocol_messages.moc"
