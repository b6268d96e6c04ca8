// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "broker/base/hash.h"
#include "broker/base/random.h"
#include "broker/base/result.h"
#include "broker/base/uuid.h"
#include "broker/model/topic_name.h"

using namespace weir;

class TstBase : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void crcMatchesThePublishedVector() {
        QCOMPARE(crc32c(asBytes("123456789")), 0xe3069283U);
        QCOMPARE(crc32c(asBytes("56789"), crc32c(asBytes("1234"))), 0xe3069283U);
        QCOMPARE(crc32c({}), 0U);
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
        QCOMPARE(Uuid::parse("too short"), std::nullopt);
        QCOMPARE(Uuid::parse("!!!!!!!!!!!!!!!!!!!!!!"), std::nullopt);
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
