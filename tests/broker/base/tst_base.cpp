// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/mman.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "broker/base/hash.h"
#include "broker/base/log.h"
#include "broker/base/random.h"
#include "broker/base/result.h"
#include "broker/base/uuid.h"
#include "broker/model/topic_name.h"

using namespace weir;

namespace {

std::uint32_t crcBitByBit(ByteView bytes, std::uint32_t seed) {
    constexpr std::uint32_t kCastagnoli = 0x82f63b78U;
    std::uint32_t crc = ~seed;
    for (const std::byte b : bytes) {
        crc ^= std::to_integer<std::uint32_t>(b);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1U) != 0U ? kCastagnoli : 0U);
        }
    }
    return ~crc;
}

/// Whole pages between two that nobody may read.
class ClosedMemory {
public:
    explicit ClosedMemory(std::size_t size)
        : m_size(size), m_map(::mmap(nullptr, size + 2 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
        QVERIFY(m_map != MAP_FAILED && ::mprotect(bytes().data(), size, PROT_READ | PROT_WRITE) == 0);
    }
    ~ClosedMemory() { ::munmap(m_map, m_size + 2 * kPage); }
    ClosedMemory(const ClosedMemory&) = delete;
    ClosedMemory& operator=(const ClosedMemory&) = delete;

    std::span<std::byte> bytes() const { return {static_cast<std::byte*>(m_map) + kPage, m_size}; }

private:
    static constexpr std::size_t kPage = 4096;

    std::size_t m_size;
    void* m_map;
};

}  // namespace

class TstBase : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void crcMatchesThePublishedVector() {
        QCOMPARE(crc32c(asBytes("123456789")), 0xe3069283U);
        QCOMPARE(crc32c(asBytes("56789"), crc32c(asBytes("1234"))), 0xe3069283U);
        QCOMPARE(crc32c({}), 0U);
    }
    void crcOfEveryLengthIsThatOfItsBits() {
        // The bytes end where the readable memory ends: a wide read beyond them would end the test.
        const ClosedMemory memory(8192);
        SeededRandom random(7);
        for (std::byte& b : memory.bytes()) {
            b = static_cast<std::byte>(random.next());
        }
        for (std::size_t length = 0; length <= 2048; ++length) {
            const ByteView atTheEnd = ByteView(memory.bytes()).last(length);
            const ByteView atTheBegin = ByteView(memory.bytes()).first(length);
            QCOMPARE(crc32c(atTheEnd, 0x12345678U), crcBitByBit(atTheEnd, 0x12345678U));
            QCOMPARE(crc32c(atTheBegin), crcBitByBit(atTheBegin, 0));
            const ByteView askew = ByteView(memory.bytes()).subspan(length % 67, length);
            QCOMPARE(crc32c(askew.subspan(length / 3), crc32c(askew.first(length / 3))), crcBitByBit(askew, 0));
        }
        QCOMPARE(crc32c(memory.bytes()), crcBitByBit(memory.bytes(), 0));
    }
    void murmurMatchesTheJavaClient() {
        QCOMPARE(murmur2(asBytes("21")), -973932308);
        QCOMPARE(murmur2(asBytes("foobar")), -790332482);
        QCOMPARE(murmur2(asBytes("a-little-bit-long-string")), -985981536);
        QCOMPARE(murmur2(asBytes("a-little-bit-longer-string")), -1486304829);
        QCOMPARE(murmur2(asBytes("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8")), -58897971);
        QCOMPARE(murmur2(asBytes("abc")), 479470107);
    }
    void uuidTextGoesThereAndBack() {
        SeededRandom random(1);
        for (int i = 0; i < 1000; ++i) {
            const Uuid uuid = Uuid::random(random);
            QVERIFY(uuid.toString().front() != '-');
            QCOMPARE(Uuid::parse(uuid.toString()), std::optional(uuid));
        }
        Uuid counted;
        for (std::size_t i = 0; i < counted.bytes.size(); ++i) {
            counted.bytes[i] = static_cast<std::byte>(i * 17);
        }
        QCOMPARE(counted.toHexString(), std::string("00112233-4455-6677-8899-aabbccddeeff"));
        QCOMPARE(Uuid::parse("too short"), std::nullopt);
        QCOMPARE(Uuid::parse("!!!!!!!!!!!!!!!!!!!!!!"), std::nullopt);
    }
    void aModulesLevelCountsBeforeTheRoots() {
        QVERIFY(Logger().named("net").levels().empty());
        QVERIFY(!Logger().setLevel("net", LogLevel::kDebug));
        QTemporaryDir folder;
        const std::string file = folder.filePath("log").toStdString();
        const Logger root = Logger::make(LogLevel::kError, file);
        const Logger net = root.named("net");
        const Logger before = root.named("net");
        const auto written = [&] {
            QFile log(folder.filePath("log"));
            return log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray();
        };
        net.warn("one");
        QVERIFY(root.setLevel("net", LogLevel::kWarn));
        QVERIFY(!root.setLevel("nobody", LogLevel::kWarn));
        before.warn("two");
        root.warn("three");
        QCOMPARE(root.levels(),
                 (std::map<std::string, LogLevel>{{"net", LogLevel::kWarn}, {"root", LogLevel::kError}}));
        QVERIFY(root.setLevel("net", std::nullopt));
        net.warn("four");
        QVERIFY(root.setLevel(Logger::kRoot, LogLevel::kWarn));
        net.warn("five");
        QVERIFY(!root.setLevel(Logger::kRoot, std::nullopt));
        QVERIFY(!written().contains("one") && !written().contains("three") && !written().contains("four"));
        QVERIFY(written().contains("net: two") && written().contains("net: five"));
    }
    void hostileTopicNamesAreRefused() {
        for (const char* name : {"", ".", "..", "a/b", "a b", "a\\b", "caf\xc3\xa9", "a:b", "%2e"}) {
            QVERIFY2(whyNotATopicName(name).has_value(), name);
        }
        QVERIFY(whyNotATopicName(std::string(250, 'a')).has_value());
        QVERIFY(whyNotATopicName(std::string("a\0b", 3)).has_value());
        QVERIFY(!whyNotATopicName(std::string(249, 'a')).has_value());
        QVERIFY(!whyNotATopicName("-a._B9").has_value());
        QVERIFY(topicNamesCollide("a.b", "a_b"));
        QVERIFY(!topicNamesCollide("a.b", "a-b"));
    }
};

QTEST_APPLESS_MAIN(TstBase)
#include "tst_base.moc"
