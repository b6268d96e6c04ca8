// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <random>

#include "app/search/filter.h"
#include "app/search/matcher.h"
#include "app/search/text_search.h"
#include "tests/app/support/memory_cluster.h"

using namespace weir;
using namespace weir::app;

namespace {

constexpr Timestamp kNow{1'767'225'600'000};  // 2026-01-01T00:00:00Z

/// One record behind a cluster, so that the views are made the way they always are.
class Sample {
public:
    explicit Sample(std::optional<std::string> value, std::optional<std::string> key = std::nullopt,
                    std::vector<Header> headers = {}) {
        m_cluster.add("t", 0, kNow.value - 60'000, std::move(key), std::move(value), std::move(headers));
        m_chunk = *m_cluster.read({{"t", PartitionId(0)}, Offset(0)});
    }
    [[nodiscard]] const RecordView& view() const { return m_chunk->records.front(); }

private:
    test::MemoryCluster m_cluster;
    std::shared_ptr<const RecordChunk> m_chunk;
};

bool holds(const Sample& sample, std::string_view expression) {
    auto filter = Filter::compile(expression, kNow);
    if (!filter) {
        qWarning("%s (column %d)", filter.error().message.c_str(), filter.error().column);
        return false;
    }
    Filter::Scratch scratch;
    return filter->matches(sample.view(), PartitionId(3), scratch);
}

}  // namespace

class TstFilter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void expressionsThatHold_data() {
        QTest::addColumn<QByteArray>("text");
        const char* const kAll[] = {
            "value.price > 93",
            "value.price = 93.20",
            "value.price == 93.2 && key ~ \"^AAP\"",
            "value.price > 100 || value.symbol contains 'AP'",
            "not (value.price > 100)",
            "!(value.price > 100) and partition == 3",
            "offset == 0",
            "offset in (5, 0, 7)",
            "offset not in (5, 7)",
            "value.symbol in [\"MSFT\", \"AAPL\"]",
            "value.size >= 1_000",
            "value.text == 42",
            "value.text == \"42\"",
            "value.big == 9007199254740993",
            "value.big != 9007199254740992",
            "value.tags[1] == 'b'",
            "value[\"odd name\"] == true",
            "value.nothing == null",
            "value.absent == null",
            "value.absent != 5",
            "has(value.nothing) && !has(value.absent)",
            "value.flag",
            "not value.off",
            "headers.trace == \"abc\"",
            "headers[\"x-id\"] startsWith \"7\"",
            "headers.missing == null",
            "timestamp > now - 5m",
            "timestamp < \"2026-01-01\"",
            "timestamp >= \"2025-12-31 23:59\"",
            "timestamp == \"2026-01-01T00:59:00+01:00\"",
            "size > 0",
            "key == \"AAPL\"",
            "lower(key) == \"aapl\"",
            "length(key) == 4",
            "value contains \"\\\"price\\\"\"",
            "value.symbol.contains(\"AP\")",
            "value.symbol.startsWith(\"A\") && value.symbol.endsWith(\"L\")",
            "value.size - 1000 == 500 && value.size / 3 == 500 && value.size * 2 == 3000",
            "value.price !~ \"^100\"",
            "value.price matches \"^93\\.\"",
            "value.order.id >= \"o-1\"",
            "-5 < value.price",
            "value.absent > 5 or value.price < 1e3",
        };
        for (const char* text : kAll) {
            QTest::newRow(text) << QByteArray(text);
        }
    }
    void expressionsThatHold() {
        QFETCH(QByteArray, text);
        const Sample sample(R"({"symbol":"AAPL","price":93.20,"size":1500,"text":"42","big":9007199254740993,)"
                            R"("tags":["a","b"],"odd name":true,"nothing":null,"flag":true,"off":false,)"
                            R"("order":{"id":"o-2"}})",
                            "AAPL", {{"trace", toBytes("abc")}, {"x-id", toBytes("77")}});
        QVERIFY(holds(sample, text.toStdString()));
        QVERIFY(!holds(sample, "!(" + text.toStdString() + ")"));
    }

    void nullAndBinaryKeysCompare() {
        const Sample tombstone(std::nullopt, std::string("\0\0\0\x2a", 4));
        QVERIFY(holds(tombstone, "value == null"));
        QVERIFY(holds(tombstone, "key == 42"));
        QVERIFY(holds(tombstone, "key > 41 && key in (42)"));
        QVERIFY(!holds(tombstone, "value contains \"x\""));
        QVERIFY(!holds(tombstone, "value.price > 1"));
    }

    void mistakesAreNamedWithTheirColumn_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("column");
        QTest::addColumn<QByteArray>("word");
        const auto row = [](const char* text, int column, const char* word) {
            QTest::newRow(text) << QByteArray(text) << column << QByteArray(word);
        };
        row("", 0, "empty");
        row("price > 100", 0, "value.price");
        row("value.price >", 13, "missing after");
        row("value.price > 100 &&", 20, "missing after");
        row("value.price & 1", 12, "&&");
        row("key ~ \"(\"", 6, "not valid");
        row("key ~ AAPL", 6, "Unknown field");
        row("key == \"abc", 7, "closing quote");
        row("(value.a == 1", 0, "not closed");
        row("value. == 1", 7, "after the point");
        row("timestamp > \"soon\"", 12, "time");
        row("timestamp > now - 5w", 18, "Unknown unit");
        row("value.a == 1 value.b", 13, "Expected && or ||");
        row("offset in 5", 10, "list");
        row("key # 1", 4, "no meaning");
        row("value.a[x] == 1", 8, "Brackets");
        row("headers == 1", 0, "one header");
    }
    void mistakesAreNamedWithTheirColumn() {
        QFETCH(QByteArray, text);
        QFETCH(int, column);
        QFETCH(QByteArray, word);
        const auto filter = Filter::compile(text.toStdString(), kNow);
        QVERIFY(!filter.ok());
        QVERIFY2(filter.error().message.find(word.toStdString()) != std::string::npos, filter.error().message.c_str());
        QCOMPARE(filter.error().column, column);
    }

    void nestingIsBounded() {
        QVERIFY(!Filter::compile(std::string(100'000, '('), kNow).ok());
        QVERIFY(!Filter::compile(std::string(100'000, '!') + "offset == 1", kNow).ok());
        QVERIFY(!Filter::compile(std::string(3'000, '-') + "1 == 1", kNow).ok());
        std::string chain = "1 == 1";
        for (int i = 0; i < 50'000; ++i) {
            chain += " && 1 == 1";
        }
        QVERIFY(!Filter::compile(chain, kNow).ok());
    }

    void randomTextNeverBreaksTheParser() {
        const std::uint64_t seed = std::random_device{}();
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        std::mt19937_64 random(seed);
        const std::string_view pieces[] = {"value", ".a", "[0]",  "[\"x\"]", " == ", " ~ ", "\"a\"", "1_0", "5m",  "(",
                                           ")",     "!",  " && ", " or ",    " in ", ",",   "now",   " - ", "key", "'"};
        const Sample sample(R"({"a":[1,{"x":2}]})", "k");
        Filter::Scratch scratch;
        int compiled = 0;
        for (int round = 0; round < 30'000; ++round) {
            std::string text;
            for (std::size_t i = 1 + random() % 9; i > 0; --i) {
                text += pieces[random() % std::size(pieces)];
            }
            const auto filter = Filter::compile(text, kNow);
            if (filter) {
                ++compiled;
                static_cast<void>(filter->matches(sample.view(), PartitionId(0), scratch));
                QVERIFY(!filter->explain(sample.view(), PartitionId(0), scratch).empty());
            } else {
                QVERIFY(!filter.error().message.empty());
                QVERIFY(filter.error().column >= 0 && filter.error().column <= static_cast<int>(text.size()));
            }
        }
        QVERIFY(compiled > 100);
    }

    void explanationNamesTheComparisonThatFailed() {
        const Sample sample(R"({"price":93.2})", "AAPL");
        const auto filter = Filter::compile("value.price > 100 && key ~ \"^AAP\"", kNow);
        Filter::Scratch scratch;
        QCOMPARE(filter->explain(sample.view(), PartitionId(0), scratch),
                 std::string("value.price = 93.2, > 100 is false\nkey = \"AAPL\", ~ \"^AAP\" is true"));
    }

    void textIsFoundAtEveryPlaceWithoutCase() {
        std::mt19937_64 random(11);
        const std::string alphabet = "abAB@`[{ 0P";
        for (int round = 0; round < 20'000; ++round) {
            std::string text;
            std::string needle;
            for (std::size_t i = random() % 120; i > 0; --i) {
                text += alphabet[random() % alphabet.size()];
            }
            for (std::size_t i = 1 + random() % 4; i > 0; --i) {
                needle += alphabet[random() % alphabet.size()];
            }
            const auto lower = [](std::string s) {
                for (char& c : s) {
                    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
                }
                return s;
            };
            const std::size_t expected = lower(text).find(lower(needle));
            QCOMPARE(TextSearch(needle).find(asBytes(text)), expected);
        }
    }

    void aSieveNamesThePlaceOfEveryNeedle() {
        const std::string bytes = "xxINTCyy{\"a\":\"b\\u0049\"}zzintc";
        const auto text = Matcher::make("intc", false, kNow);
        QCOMPARE(text->sieve()->find(asBytes(bytes), 0), std::size_t{2});
        QCOMPARE(text->sieve()->find(asBytes(bytes), 3), bytes.find("intc"));
        QCOMPARE(text->sieve()->find(asBytes(bytes), bytes.size()), RecordSieve::kNowhere);
        const auto pattern = Matcher::make("key ~ \"IN[SRT]C\"", true, kNow);
        QCOMPARE(pattern->sieve()->find(asBytes(bytes), 0), std::size_t{2});
        QCOMPARE(pattern->sieve()->find(asBytes(bytes), 3), RecordSieve::kNowhere);
        // What may be written with an escape is let through.
        const auto field = Matcher::make("value.a == \"bIXX\"", true, kNow);
        QCOMPARE(field->sieve()->find(asBytes(bytes), 0), bytes.find('\\'));
    }

    void aSieveExistsOnlyWhereATextIsNeeded_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("has");
        const std::pair<const char*, bool> all[] = {
            {"value contains \"abc\"", true},
            {"value.symbol == \"INTC\" && value.price > 5", true},
            {"value.price > 5 && (key == \"AAPL\" && partition == 1)", true},
            {"value ~ \"ab+c\"", true},
            {"key ~ \"^AAPL\"", false},
            {"value ~ \"end$\"", false},
            {"value ~ \"\\bword\"", false},
            {"value ~ \"\\[^x\"", false},
            {"value ~ \"x*\"", false},
            {"value.field ~ \"abc\"", false},
            {"value contains \"abc\" || value contains \"def\"", false},
            {"not (value contains \"abc\")", false},
            {"value != \"abc\"", false},
            {"key == \"1234\"", false},
            {"lower(value) contains \"abc\"", false},
            {"value contains \"ab\"", false},
            {"value.price > 5", false},
        };
        for (const auto& [text, has] : all) {
            QTest::newRow(text) << QByteArray(text) << has;
        }
    }
    void aSieveExistsOnlyWhereATextIsNeeded() {
        QFETCH(QByteArray, text);
        QFETCH(bool, has);
        const auto matcher = Matcher::make(text.toStdString(), true, kNow);
        QVERIFY2(matcher.ok(), text.constData());
        QCOMPARE(matcher->sieve() != nullptr, has);
    }

    void plainTextLooksIntoKeyValueAndHeadersOnly() {
        const Sample sample("some VALUE", "the key", {{"name", toBytes("Header value")}});
        Matcher::Scratch scratch;
        const auto found = [&](const char* text) {
            const auto matcher = Matcher::make(text, false, kNow);
            return matcher->matches(sample.view(), PartitionId(0), scratch);
        };
        QVERIFY(found("value"));
        QVERIFY(found("THE KEY"));
        QVERIFY(found("header"));
        QVERIFY(found("NAME"));
        QVERIFY(found("   "));
        QVERIFY(!found("keysome"));
        QVERIFY(!found("name\x18Header"));
        QVERIFY(!found("absent"));
    }
};

QTEST_APPLESS_MAIN(TstFilter)
#include "tst_filter.moc"
