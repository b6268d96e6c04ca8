// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QByteArray>
#include <QtCore/QFile>
#include <QtCore/QIODevice>
#include <QtCore/QStringLiteral>
#include <map>
#include <optional>
#include <tuple>

#include "broker/protocol/api_table.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/headers.h"
#include "broker/protocol/io/wire_reader.h"
#include "tests/broker/protocol/hex.h"
#include "tests/broker/protocol/message_case.h"

using namespace weir;
using namespace weir::protocol;
using namespace weir::protocol::test;

namespace {

enum class Kind : std::int8_t { kRequest = 0, kResponse = 1, kErrorName = 2 };

/// What Kafka's own message classes wrote; tests/clients/protocol-vectors says how.
struct Vector {
    Kind kind;
    std::int16_t key;
    ApiVersion version;
    std::int16_t headerVersion;
    ByteView bytes;
};

std::optional<Vector> readVector(WireReader& in) {
    if (in.remaining() == 0) {
        return std::nullopt;
    }
    Vector vector{};
    vector.kind = static_cast<Kind>(in.readInt<std::int8_t>());
    vector.key = in.readInt<std::int16_t>();
    vector.version = ApiVersion(in.readInt<std::int16_t>());
    vector.headerVersion = in.readInt<std::int16_t>();
    vector.bytes = in.readView(static_cast<std::size_t>(in.readInt<std::int32_t>()));
    return in.failed() ? std::nullopt : std::optional(vector);
}

}  // namespace

/// Weir's codec against Apache Kafka's, byte for byte.
class TestProtocolVectors : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void everyVectorIsReadAndWrittenAgainByteForByte();
    void headerVersionsAreKafkas();
    void everyVersionOfEveryMessageHasVectors();
    void errorNamesAreKafkas();

private:
    QByteArray m_raw;
    std::vector<Vector> m_vectors;
};

void TestProtocolVectors::initTestCase() {
    QFile file(QStringLiteral(WEIR_PROTOCOL_VECTORS));
    QVERIFY(file.open(QIODevice::ReadOnly));
    m_raw = qUncompress(file.readAll());
    QVERIFY(!m_raw.isEmpty());
    const ByteView bytes = asBytes({m_raw.constData(), static_cast<std::size_t>(m_raw.size())});
    WireReader in(bytes, ApiVersion(0), false);
    while (const auto vector = readVector(in)) {
        m_vectors.push_back(*vector);
    }
    QVERIFY(!in.failed());
    QVERIFY(m_vectors.size() > 3000);
}

void TestProtocolVectors::everyVectorIsReadAndWrittenAgainByteForByte() {
    std::map<std::pair<std::int16_t, Kind>, MessageCase> cases;
    for (const MessageCase& message : allMessageCases()) {
        cases.emplace(
            std::pair(static_cast<std::int16_t>(message.key), message.isRequest ? Kind::kRequest : Kind::kResponse),
            message);
    }
    for (const Vector& vector : m_vectors) {
        if (vector.kind == Kind::kErrorName) {
            continue;
        }
        const auto found = cases.find({vector.key, vector.kind});
        QVERIFY2(found != cases.end(), std::to_string(vector.key).c_str());
        const auto again = found->second.reencode(vector.bytes, vector.version);
        const std::string where = std::string(found->second.name) + " v" + std::to_string(vector.version.value) + ": ";
        QVERIFY2(again.ok(), (where + (again.ok() ? "" : again.error().message)).c_str());
        QVERIFY2(std::ranges::equal(*again, vector.bytes),
                 (where + "\n  Kafka " + toHex(vector.bytes) + "\n  Weir  " + toHex(*again)).c_str());
    }
}

void TestProtocolVectors::headerVersionsAreKafkas() {
    for (const Vector& vector : m_vectors) {
        if (vector.kind == Kind::kErrorName) {
            continue;
        }
        const ApiInfo* api = findApi(static_cast<ApiKey>(vector.key));
        QVERIFY(api != nullptr);
        const std::int16_t version = vector.kind == Kind::kRequest
                                         ? requestHeaderVersion(vector.version, api->firstFlexible)
                                         : responseHeaderVersion(api->key, vector.version, api->firstFlexible);
        QVERIFY2(version == vector.headerVersion, std::string(api->name).c_str());
    }
}

void TestProtocolVectors::everyVersionOfEveryMessageHasVectors() {
    std::map<std::tuple<std::int16_t, Kind, std::int16_t>, int> seen;
    for (const Vector& vector : m_vectors) {
        ++seen[{vector.key, vector.kind, vector.version.value}];
    }
    for (const ApiInfo& api : apiTable()) {
        for (std::int16_t version = api.versions.first; version <= api.versions.last; ++version) {
            for (const Kind kind : {Kind::kRequest, Kind::kResponse}) {
                QVERIFY2((seen[{static_cast<std::int16_t>(api.key), kind, version}] >= 8),
                         std::string(api.name).c_str());
            }
        }
    }
}

void TestProtocolVectors::errorNamesAreKafkas() {
    int names = 0;
    for (const Vector& vector : m_vectors) {
        if (vector.kind == Kind::kErrorName) {
            QCOMPARE(errorName(static_cast<ErrorCode>(vector.key)), asText(vector.bytes));
            ++names;
        }
    }
    QCOMPARE(names, 135);
}

QTEST_APPLESS_MAIN(TestProtocolVectors)
#include "tst_protocol_vectors.moc"
