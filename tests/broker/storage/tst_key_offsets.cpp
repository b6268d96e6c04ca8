// SPDX-License-Identifier: GPL-3.0-or-later
// What a compaction remembers of keys, against a map.
#include <QTest>
#include <map>
#include <random>
#include <string>

#include "broker/storage/key_offsets.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::storage;

namespace {

constexpr KeySecret kSecret{{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
constexpr std::size_t kMuch = std::size_t{64} << 20;

std::string keyOf(std::uint64_t n) {
    // All lengths around the eight bytes that are hashed at a time, the empty one included.
    std::string key = n == 0 ? std::string() : std::to_string(n);
    key.resize(key.size() + n % 19, 'k');
    return key;
}

}  // namespace

class TestKeyOffsets : public QObject {
    Q_OBJECT

private slots:
    void findsWhatAMapFinds_data() {
        QTest::addColumn<double>("loadFactor");
        for (const double loadFactor : {0.01, 0.1, 0.5, 0.9, 0.95, 1.0}) {
            QTest::addRow("%.2f full", loadFactor) << loadFactor;
        }
    }
    void findsWhatAMapFinds() {
        QFETCH(double, loadFactor);
        std::mt19937_64 random(weir::testing::printedSeed());
        KeyOffsets offsets(kMuch, loadFactor, kSecret);
        std::map<std::string, Offset> model;
        QVERIFY(offsets.find(asBytes("none")) == kNoOffset);
        for (std::int64_t i = 0; i < 40'000; ++i) {
            const std::string key = keyOf(random() % 15'000);
            offsets.put(asBytes(key), Offset(i));
            model[key] = Offset(i);
        }
        QCOMPARE(offsets.size(), model.size());
        for (const auto& [key, offset] : model) {
            QCOMPARE(offsets.find(asBytes(key)), offset);
        }
        for (std::uint64_t n = 20'000; n < 30'000; ++n) {
            QVERIFY(offsets.find(asBytes(keyOf(n))) == kNoOffset);
        }
    }
    /// The limit is one of memory; a batch that alone holds more keys is still taken whole.
    void theLimitIsToldAndMayBePassed() {
        constexpr std::size_t kSlots = 3000;
        KeyOffsets offsets(kSlots * KeyOffsets::kBytesPerSlot, 0.9, kSecret);
        QCOMPARE(offsets.capacity(), std::size_t{2700});
        for (std::uint64_t n = 0; n < 2700; ++n) {
            QVERIFY(offsets.hasRoomFor(2700 - n));
            QVERIFY(!offsets.hasRoomFor(2700 - n + 1));
            offsets.put(asBytes(keyOf(n)), Offset(static_cast<std::int64_t>(n)));
        }
        QVERIFY(offsets.hasRoomFor(0) && !offsets.hasRoomFor(1));
        for (std::uint64_t n = 2700; n < 9000; ++n) {
            offsets.put(asBytes(keyOf(n)), Offset(static_cast<std::int64_t>(n)));
        }
        QCOMPARE(offsets.size(), std::size_t{9000});
        for (std::uint64_t n = 0; n < 9000; ++n) {
            QCOMPARE(offsets.find(asBytes(keyOf(n))), Offset(static_cast<std::int64_t>(n)));
        }
    }
    void aSmallLimitStillHoldsSome() {
        KeyOffsets offsets(1, 0.9, kSecret);
        QCOMPARE(offsets.capacity(), std::size_t{921});
        offsets.put(asBytes("a"), Offset(3));
        QCOMPARE(offsets.find(asBytes("a")), Offset(3));
    }
};

QTEST_APPLESS_MAIN(TestKeyOffsets)
#include "tst_key_offsets.moc"
