// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <random>

#include "app/serdes/decoders.h"
#include "app/serdes/json_path.h"
#include "app/serdes/json_text.h"
#include "app/serdes/message_pack.h"
#include "app/serdes/visible_text.h"

using namespace weir;
using namespace weir::app;

namespace {

Bytes bytesOf(std::initializer_list<int> values) {
    Bytes out;
    for (const int value : values) {
        out.push_back(static_cast<std::byte>(value));
    }
    return out;
}

template <class Int>
Bytes bigEndian(Int value) {
    Bytes out(sizeof(Int));
    storeBigEndian(out.data(), value);
    return out;
}

Decoder guessOf(std::string_view text) {
    return guessDecoder(asBytes(text));
}

std::string extractOne(std::string_view document, std::string_view path) {
    json::PathSet paths;
    paths.add(*json::parsePath(path));
    std::vector<json::Field> fields(1);
    paths.extract(asBytes(document), fields);
    std::string scratch;
    return fields[0].exists() ? std::string(fields[0].text(scratch)) : "(missing)";
}

}  // namespace

class TstSerdes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void prettyJsonKeepsNumberTextAndKeyOrder() {
        const auto pretty =
            json::pretty(R"({"z":1.00,"a":1e5,"big":12345678901234567890,"e":[],"n":[1,{"x":null}]})", 4096);
        QVERIFY(pretty.ok());
        QCOMPARE(
            QString::fromStdString(*pretty),
            QString("{\n  \"z\": 1.00,\n  \"a\": 1e5,\n  \"big\": 12345678901234567890,\n  \"e\": [],\n  \"n\": [\n"
                    "    1,\n    {\n      \"x\": null\n    }\n  ]\n}"));
    }

    void brokenJsonIsRefusedWithItsPlace_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("at");
        QTest::newRow("empty") << QByteArray() << 0;
        QTest::newRow("cut object") << QByteArray(R"({"a":1)") << 6;
        QTest::newRow("trailing comma") << QByteArray("[1,]") << 3;
        QTest::newRow("two documents") << QByteArray("{} {}") << 3;
        QTest::newRow("leading zero") << QByteArray("[01]") << 1;
        QTest::newRow("bare word") << QByteArray("[nil]") << 1;
        QTest::newRow("control in string") << QByteArray("\"a\nb\"") << 2;
        QTest::newRow("bad escape") << QByteArray(R"("\x41")") << 2;
        QTest::newRow("short unicode") << QByteArray(R"("\u12g4")") << 5;
        QTest::newRow("missing colon") << QByteArray(R"({"a" 1})") << 5;
        QTest::newRow("wrong bracket") << QByteArray("[1}") << 2;
    }
    void brokenJsonIsRefusedWithItsPlace() {
        QFETCH(QByteArray, text);
        QFETCH(int, at);
        const auto problem = json::check({text.data(), static_cast<std::size_t>(text.size())});
        QVERIFY(problem.has_value());
        QCOMPARE(static_cast<int>(problem->at), at);
    }

    void deepJsonDoesNotOverflowTheStack() {
        const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
        QVERIFY(!json::check(deep));
        const auto pretty = json::pretty(deep, 1 << 20);
        QVERIFY(pretty.ok());
        QVERIFY(pretty->size() <= (1 << 20) + 8);
        QCOMPARE(extractOne(deep, "a.b"), std::string("(missing)"));
    }

    void largeValuesAreReadAsFarAsTheyAreShown() {
        constexpr std::size_t kMost = 16 << 20;
        std::string json = "[";
        while (json.size() < 2 * kMost) {
            json += "{\"price\":187.25},";
        }
        // What is behind the cut does not matter: this document is broken there.
        const auto views = decodeAll(asBytes(json));
        QCOMPARE(static_cast<int>(views.at(0).decoder), static_cast<int>(Decoder::kJson));
        QVERIFY(views.at(0).ok && views.at(0).text.size() <= kMost + 8 && views.at(0).text.ends_with("\n…"));
        // A character of two bytes stands across the cut; it goes whole.
        const std::string text = std::string(kMost - 1, 'x') + "\xc3\xa9" + std::string(100, 'y');
        const Decoded shown = decode(Decoder::kText, asBytes(text));
        QVERIFY(shown.ok);
        QCOMPARE(shown.text, std::string(kMost - 1, 'x') + "\n…");
        QVERIFY(json::check("[1,2").has_value());
        QVERIFY(!json::check("[1,2", 2).has_value());
    }

    void pathsFindNestedFields_data() {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("top") << QByteArray("price") << QByteArray("93.20");
        QTest::newRow("nested") << QByteArray("order.id") << QByteArray("o-1");
        QTest::newRow("index") << QByteArray("order.lines[1].sku") << QByteArray("b");
        QTest::newRow("escaped key") << QByteArray("[\"a.b\"]") << QByteArray("dot");
        QTest::newRow("escaped text") << QByteArray("note") << QByteArray("say \"hi\" \xc3\xa9");
        QTest::newRow("object") << QByteArray("order.lines[0]") << QByteArray(R"({"sku":"a"})");
        QTest::newRow("missing index") << QByteArray("order.lines[2]") << QByteArray("(missing)");
        QTest::newRow("through a scalar") << QByteArray("price.x") << QByteArray("(missing)");
        QTest::newRow("bool") << QByteArray("ok") << QByteArray("true");
    }
    void pathsFindNestedFields() {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, expected);
        const std::string document =
            " {'skip':{'price':1,'s':'}\\\"{'},'price':93.20,'order':{'id':'o-1','lines':[{'sku':'a'},{'sku':'b'}]},"
            "'a.b':'dot','note':'say \\\"hi\\\" \\u00e9','ok':true} ";
        std::string quoted = document;
        std::replace(quoted.begin(), quoted.end(), '\'', '"');
        QCOMPARE(QByteArray::fromStdString(extractOne(quoted, path.toStdString())), expected);
    }

    void severalPathsAreFoundInOnePass() {
        json::PathSet paths;
        const int b = paths.add(*json::parsePath("a.b"));
        const int a = paths.add(*json::parsePath("a"));
        QCOMPARE(paths.add(*json::parsePath("a.b")), b);
        std::vector<json::Field> fields(paths.size());
        paths.extract(asBytes(R"({"x":[],"a":{"b":7},"rest":)"), fields);
        QCOMPARE(std::string(fields[static_cast<std::size_t>(b)].raw), std::string("7"));
        QCOMPARE(std::string(fields[static_cast<std::size_t>(a)].raw), std::string(R"({"b":7})"));
    }

    void randomBytesNeverBreakTheReaders() {
        const std::uint64_t seed = std::random_device{}();
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        std::mt19937_64 random(seed);
        const std::string alphabet = "{}[]\",:\\u0019ae.- \n\x80\xff";
        json::PathSet paths;
        paths.add(*json::parsePath("a[0].e"));
        std::vector<json::Field> fields(1);
        for (int round = 0; round < 20'000; ++round) {
            Bytes bytes;
            for (std::size_t i = random() % 40; i > 0; --i) {
                bytes.push_back(static_cast<std::byte>(alphabet[random() % alphabet.size()]));
            }
            paths.extract(bytes, fields);
            const auto all = decodeAll(bytes);
            QVERIFY(all.front().ok);
            QCOMPARE(all.size(), kAllDecoders.size());
            QVERIFY(!findInvalidUtf8(preview(bytes)));
            static_cast<void>(json::listFields(bytes, 10));
        }
    }

    void guessesAreWhatThePersonWrote() {
        QCOMPARE(guessOf(R"({"a":1})"), Decoder::kJson);
        QCOMPARE(guessOf("{not json"), Decoder::kText);
        QCOMPARE(guessOf("AAPL"), Decoder::kText);
        QCOMPARE(guessDecoder(bigEndian<std::int32_t>(42)), Decoder::kInt32);
        QCOMPARE(guessDecoder(bigEndian<std::int64_t>(1'700'000'000'000)), Decoder::kInt64);
        QCOMPARE(guessDecoder(bigEndian(std::bit_cast<std::int64_t>(93.2))), Decoder::kDouble);
        QCOMPARE(guessDecoder(bigEndian(std::bit_cast<std::int32_t>(93.2F))), Decoder::kFloat);
        QCOMPARE(guessDecoder(bytesOf({0x82, 0xa1, 'a', 1, 0xa1, 'b', 0xc3})), Decoder::kMessagePack);
        QCOMPARE(guessDecoder(Bytes(16, std::byte{0x9d})), Decoder::kUuid);
        QCOMPARE(guessDecoder(bytesOf({0xff, 0xfe, 0x00})), Decoder::kHex);
    }

    void everyOtherDecoderSaysWhyNot() {
        const auto all = decodeAll(asBytes("AAPL!"));
        QCOMPARE(all.front().decoder, Decoder::kText);
        for (const Decoded& one : all) {
            QVERIFY(!one.text.empty());
            if (one.decoder == Decoder::kInt32) {
                QVERIFY(!one.ok);
                QCOMPARE(one.text, std::string("int32 needs exactly 4 bytes; this is 5 bytes."));
            }
        }
        const auto framed = decode(Decoder::kJson, bytesOf({0, 0, 0, 0, 7, 0x02, 0x41}));
        QVERIFY(!framed.ok);
        QVERIFY2(framed.text.find("schema id 7") != std::string::npos, framed.text.c_str());
    }

    void messagePackOfEveryTypeReads() {
        const Bytes all =
            bytesOf({0x87, 0xa1, 'n',  0xc0, 0xa1, 'i',  0xd0, 0x80, 0xa1, 'u',  0xcf, 0xff, 0xff, 0xff, 0xff,
                     0xff, 0xff, 0xff, 0xff, 0xa1, 'f',  0xca, 0x42, 0xba, 0x66, 0x66, 0xa1, 'b',  0xc4, 2,
                     1,    2,    0xa1, 'a',  0x92, 0x01, 0xff, 0xa1, 't',  0xd6, 0xff, 0,    0,    0,    9});
        const auto text = messagePackToJson(all);
        QVERIFY2(text.ok(), text.ok() ? "" : text.error().c_str());
        QCOMPARE(QString::fromStdString(*text),
                 QString(R"({"n":null,"i":-128,"u":18446744073709551615,"f":93.2,"b":{"$bin":"AQI="},"a":[1,-1],)"
                         R"("t":{"$time":9}})"));
    }

    void hostileMessagePackIsRefused() {
        QVERIFY(!messagePackToJson(bytesOf({0xdd, 0xff, 0xff, 0xff, 0xff})).ok());
        QVERIFY(!messagePackToJson(Bytes(100'000, std::byte{0x91})).ok());
        QVERIFY(!messagePackToJson(bytesOf({0x01, 0x02})).ok());
        QVERIFY(!messagePackToJson(bytesOf({0xc1})).ok());
    }

    void controlAndBidiCharactersBecomeVisible() {
        QCOMPARE(QString::fromStdString(makeVisible("a\x01\x7f\u202e"
                                                    "b\n")),
                 QString(u8"a\u2401\u2421\u27e8U+202E\u27e9b\n"));
        QCOMPARE(QString::fromStdString(oneLine("{\n    \"a\": 1\n}")), QString("{ \"a\": 1 }"));
    }

    void previewOfHugeValueIsShortAndCutOnce() {
        const std::string huge(10 << 20, 'x');
        const std::string line = preview(asBytes(huge));
        QCOMPARE(line.size(), kPreviewChars + 3);
        QVERIFY(line.ends_with("…"));
        std::string euros;
        for (int i = 0; i < 4000; ++i) {
            euros += "€";
        }
        QVERIFY(!findInvalidUtf8(preview(asBytes(euros))));
        Bytes binary(1 << 20, std::byte{0xfe});
        QVERIFY(preview(binary).size() <= kPreviewChars * 2);
    }

    void utf8CheckKnowsTheBorders() {
        QVERIFY(!findInvalidUtf8("\xed\x9f\xbf\xf4\x8f\xbf\xbf"));
        for (const std::string_view bad :
             {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xf8"}) {
            QCOMPARE(findInvalidUtf8(bad).value_or(99), std::size_t{0});
        }
    }

    void base64RoundTrips() {
        std::mt19937_64 random(7);
        for (std::size_t size = 0; size < 70; ++size) {
            Bytes bytes(size);
            for (std::byte& byte : bytes) {
                byte = static_cast<std::byte>(random());
            }
            Bytes back;
            QVERIFY(fromBase64(toBase64(bytes), back));
            QCOMPARE(back, bytes);
        }
        Bytes none;
        QVERIFY(!fromBase64("A===", none));
        QVERIFY(!fromBase64("AA=A", none));
        QVERIFY(!fromBase64("AAA", none));
    }

    void fieldsAreListedWithTheirKinds() {
        const auto fields = json::listFields(asBytes(R"({"a":1,"b":{"c":"x","d":[{"e":null}]}})"), 100);
        std::string names;
        for (const auto& field : fields) {
            names += field.path + ' ';
        }
        QCOMPARE(names, std::string("a b.c b.d[0].e "));
        QCOMPARE(fields[0].kind, json::Kind::kNumber);
    }
};

QTEST_APPLESS_MAIN(TstSerdes)
#include "tst_serdes.moc"
