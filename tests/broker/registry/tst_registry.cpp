// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "broker/base/random.h"
#include "broker/registry/http_server.h"
#include "broker/registry/json.h"
#include "tests/support/fast_folder.h"
#include "tests/support/loopback.h"

using namespace weir;
using namespace weir::registry;

namespace {

/// A connection that writes what it is told, be it HTTP or not.
class Wire {
public:
    explicit Wire(std::uint16_t port) : m_handle(test::connectTo(port)) {}
    ~Wire() { ::close(m_handle); }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    [[nodiscard]] bool isOpen() const { return m_handle >= 0; }
    bool write(const std::string& text) {
        return ::send(m_handle, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    }
    /// Until the other side closes, or one answer with its length is whole.
    std::string read() {
        std::string text;
        char buffer[4096];
        while (true) {
            const ssize_t got = ::recv(m_handle, buffer, sizeof buffer, 0);
            if (got <= 0) {
                return text;
            }
            text.append(buffer, static_cast<std::size_t>(got));
            const auto end = text.find("\r\n\r\n");
            const auto length = text.find("Content-Length: ");
            if (end != std::string::npos && length != std::string::npos && length < end &&
                text.size() >= end + 4 + std::stoul(text.substr(length + 16))) {
                return text;
            }
        }
    }

private:
    int m_handle;
};

const char* kUser = R"({"type":"record","name":"User","fields":[{"name":"name","type":"string"}]})";
const char* kUserWithAge =
    R"({"type":"record","name":"User","fields":[{"name":"name","type":"string"},{"name":"age","type":"int"}]})";
const char* kUserWithDefault =
    R"({"type":"record","name":"User","fields":[{"name":"name","type":"string"},{"name":"age","type":"int","default":0}]})";

}  // namespace

/// The registry as its clients see it, through the HTTP API; most of it without a socket.
class TstRegistry : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder{weir::testing::fastFolder()};
    SystemClock m_clock;
    SystemRandom m_random;
    std::unique_ptr<catalog::Catalog> m_catalog;
    std::unique_ptr<Registry> m_registry;
    std::unique_ptr<Rest> m_rest;
    int m_run = 0;

    void open() {
        m_rest.reset();
        m_registry.reset();
        m_catalog.reset();
        const auto folder = std::filesystem::path(m_folder.path().toStdString()) / std::to_string(m_run);
        auto catalog = catalog::Catalog::open({.folder = folder}, m_clock, m_random, Logger());
        if (!catalog) {
            qFatal("%s", catalog.error().message.c_str());
        }
        m_catalog = *std::move(catalog);
        m_registry = *Registry::open(*m_catalog, Logger());
        m_rest = std::make_unique<Rest>(*m_registry, "cluster");
    }

    RestAnswer ask(const std::string& method, const std::string& target, const std::string& body = {}) {
        return m_rest->answer({method, target, body, "", "application/vnd.schemaregistry.v1+json"});
    }
    /// Status and body in one line.
    QString said(const std::string& method, const std::string& target, const std::string& body = {}) {
        const RestAnswer answer = ask(method, target, body);
        return QString("%1 %2").arg(answer.status).arg(QString::fromStdString(answer.body));
    }
    /// The error's code; 0 when it is none.
    int code(const std::string& method, const std::string& target, const std::string& body = {}) {
        const auto json = Json::parse(ask(method, target, body).body);
        const Json* number = json ? json->find("error_code") : nullptr;
        return number != nullptr ? static_cast<int>(number->integer().value_or(-1)) : 0;
    }
    static std::string schema(const std::string& text, const std::string& more = {}) {
        std::string body = "{\"schema\":";
        Json::appendString(body, text);
        return body + more + "}";
    }
    QString add(const std::string& subject, const std::string& text, const std::string& more = {}) {
        return said("POST", "/subjects/" + subject + "/versions", schema(text, more));
    }

private Q_SLOTS:
    void init() {
        ++m_run;
        open();
    }

    void theSameSchemaHasOneIdWhereverItIs() {
        QCOMPARE(add("a", kUser), QString("200 {\"id\":1}"));
        QCOMPARE(add("a", kUserWithDefault), QString("200 {\"id\":2}"));
        QCOMPARE(add("b", std::string("  ") + kUser + "\n"), QString("200 {\"id\":1}"));
        QCOMPARE(add("a", kUser), QString("200 {\"id\":1}"));
        QCOMPARE(said("GET", "/subjects/a/versions"), QString("200 [1,2]"));
        QCOMPARE(said("GET", "/subjects"), QString("200 [\"a\",\"b\"]"));
        QCOMPARE(said("GET", "/schemas/ids/1/versions"),
                 QString("200 [{\"subject\":\"a\",\"version\":1},{\"subject\":\"b\",\"version\":1}]"));
        QCOMPARE(said("GET", "/schemas/ids/1/subjects"), QString("200 [\"a\",\"b\"]"));
        QCOMPARE(said("GET", "/schemas/ids/1/schema"), QString("200 ") + kUser);
        QCOMPARE(said("GET", "/subjects/a/versions/latest/schema"), QString("200 ") + kUserWithDefault);
        const auto found = Json::parse(ask("POST", "/subjects/a", schema(kUser)).body);
        QCOMPARE(found->find("version")->integer(), std::optional<std::int64_t>(1));
        QCOMPARE(std::string(found->textOf("schema")), std::string(kUser));
        QCOMPARE(said("GET", "/schemas?latestOnly=true&subjectPrefix=a&limit=1").count("\"version\":2"), qsizetype(1));
        QCOMPARE(said("GET", "/subjects?offset=1&limit=5"), QString("200 [\"b\"]"));
    }

    void whatIsNotThereHasItsCode() {
        QCOMPARE(code("GET", "/subjects/none/versions"), 40401);
        QCOMPARE(code("POST", "/subjects/none", schema(kUser)), 40401);
        QCOMPARE(code("GET", "/schemas/ids/7"), 40403);
        add("a", kUser);
        QCOMPARE(code("GET", "/subjects/a/versions/2"), 40402);
        QCOMPARE(code("GET", "/subjects/a/versions/0"), 42202);
        QCOMPARE(code("GET", "/subjects/a/versions/x"), 42202);
        QCOMPARE(code("POST", "/subjects/a", schema("\"int\"")), 40403);
        QCOMPARE(code("DELETE", "/subjects/none"), 40401);
        QCOMPARE(code("GET", "/config/a"), 40408);
        QCOMPARE(code("GET", "/mode/a"), 40409);
        QCOMPARE(code("PUT", "/config", R"({"compatibility":"SOME"})"), 42203);
        QCOMPARE(code("PUT", "/mode", R"({"mode":"SOME"})"), 42204);
        QCOMPARE(code("POST", "/subjects/a/versions", schema("{")), 42201);
        QCOMPARE(code("POST", "/subjects/a/versions", "{}"), 42201);
        QCOMPARE(code("POST", "/subjects/a/versions", schema(kUser, R"(,"schemaType":"XML")")), 42201);
        QCOMPARE(code("POST", "/subjects/a/versions", schema(std::string(kMaxSchemaBytes + 1, ' '))), 42209);
        QCOMPARE(code("POST", "/subjects/a/versions", "garbage"), 400);
        QCOMPARE(code("POST", "/subjects/a/versions", std::string(100'000, '[')), 400);
        QCOMPARE(code("GET", "/nothing"), 404);
        QCOMPARE(code("PUT", "/subjects/a"), 405);
        QCOMPARE(code("GET", "/subjects/%zz"), 400);
        QCOMPARE(code("GET", "/subjects/%ff"), 400);
        QCOMPARE(code("GET", "/subjects/a%"), 400);
    }

    void contentTypesAreThoseOfClients() {
        RestRequest request{"GET", "/subjects", "", "application/json", ""};
        QCOMPARE(m_rest->answer(request).contentType, std::string("application/json"));
        request.accept = "text/html";
        QCOMPARE(m_rest->answer(request).status, 406);
        request.accept = "application/vnd.schemaregistry.v1+json; q=0.9, */*";
        QCOMPARE(m_rest->answer(request).contentType, std::string("application/vnd.schemaregistry.v1+json"));
        request = {"POST", "/subjects/a/versions", schema(kUser), "", "application/json; charset=utf-8"};
        QCOMPARE(m_rest->answer(request).status, 200);
        request.contentType = "text/plain";
        QCOMPARE(m_rest->answer(request).status, 415);
    }

    void aNewVersionObeysTheLevel_data() {
        QTest::addColumn<QString>("level");
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        QTest::addColumn<QString>("third");
        QTest::addColumn<int>("status");
        // The third is held against the second alone, or against both where the level is transitive.
        QTest::newRow("NONE") << "NONE" << kUser << kUser << "\"int\"" << 200;
        QTest::newRow("BACKWARD") << "BACKWARD" << kUser << kUserWithDefault << kUserWithAge << 200;
        QTest::newRow("BACKWARD_TRANSITIVE")
            << "BACKWARD_TRANSITIVE" << kUser << kUserWithDefault << kUserWithAge << 409;
        QTest::newRow("FORWARD") << "FORWARD" << kUserWithAge << kUserWithDefault << kUser << 200;
        QTest::newRow("FORWARD_TRANSITIVE") << "FORWARD_TRANSITIVE" << kUserWithAge << kUserWithDefault << kUser << 409;
        QTest::newRow("FULL") << "FULL" << kUser << kUserWithDefault << kUserWithAge << 200;
        QTest::newRow("FULL_TRANSITIVE") << "FULL_TRANSITIVE" << kUser << kUserWithDefault << kUserWithAge << 409;
        QTest::newRow("BACKWARD refuses") << "BACKWARD" << kUser << kUser << kUserWithAge << 409;
        QTest::newRow("FORWARD takes") << "FORWARD" << kUser << kUser << kUserWithAge << 200;
        QTest::newRow("FULL refuses") << "FULL" << kUser << kUser << kUserWithAge << 409;
    }
    void aNewVersionObeysTheLevel() {
        QFETCH(QString, level);
        QFETCH(QString, first);
        QFETCH(QString, second);
        QFETCH(QString, third);
        QFETCH(int, status);
        const std::string put = "{\"compatibility\":\"" + level.toStdString() + "\"}";
        QCOMPARE(said("PUT", "/config/a", put), "200 {\"compatibility\":\"" + level + "\"}");
        QVERIFY(add("a", first.toStdString()).startsWith("200"));
        QVERIFY(add("a", second.toStdString()).startsWith("200"));
        const auto checked =
            ask("POST", "/compatibility/subjects/a/versions?verbose=true", schema(third.toStdString()));
        const auto json = Json::parse(checked.body);
        QCOMPARE(json->find("is_compatible")->isTrue(), status == 200);
        QCOMPARE(json->find("messages")->items().empty(), status == 200);
        QVERIFY2(add("a", third.toStdString()).startsWith(QString::number(status)), checked.body.c_str());
    }

    void levelsAreOfTheSubjectThenTheContextThenAll() {
        QCOMPARE(said("GET", "/config"), QString("200 {\"compatibilityLevel\":\"BACKWARD\"}"));
        ask("PUT", "/config", R"({"compatibility":"FULL"})");
        ask("PUT", "/config/:.c:", R"({"compatibility":"none"})");
        QCOMPARE(said("GET", "/config/a?defaultToGlobal=true"), QString("200 {\"compatibilityLevel\":\"FULL\"}"));
        QCOMPARE(said("GET", "/config/:.c:a?defaultToGlobal=true"), QString("200 {\"compatibilityLevel\":\"NONE\"}"));
        QCOMPARE(said("DELETE", "/config/:.c:"), QString("200 {\"compatibilityLevel\":\"NONE\"}"));
        QCOMPARE(said("GET", "/config/:.c:a?defaultToGlobal=true"), QString("200 {\"compatibilityLevel\":\"FULL\"}"));
        QCOMPARE(code("DELETE", "/config/a"), 40408);
        QCOMPARE(code("POST", "/compatibility/subjects/none/versions/1", schema(kUser)), 40401);
        QCOMPARE(said("POST", "/compatibility/subjects/none/versions/latest", schema(kUser)),
                 QString("200 {\"is_compatible\":true}"));
    }

    void deletedIsNotGoneUntilItIsDeletedForGood() {
        add("a", kUser);
        add("a", kUserWithDefault);
        QCOMPARE(code("DELETE", "/subjects/a/versions/1?permanent=true"), 40407);
        QCOMPARE(said("DELETE", "/subjects/a/versions/1"), QString("200 1"));
        QCOMPARE(code("DELETE", "/subjects/a/versions/1"), 40406);
        QCOMPARE(said("GET", "/subjects/a/versions"), QString("200 [2]"));
        QCOMPARE(said("GET", "/subjects/a/versions?deleted=true"), QString("200 [1,2]"));
        QCOMPARE(code("GET", "/subjects/a/versions/1"), 40402);
        QVERIFY(said("GET", "/subjects/a/versions/1?deleted=true").startsWith("200"));
        QVERIFY(said("GET", "/schemas/ids/1").startsWith("200"));
        QCOMPARE(code("DELETE", "/subjects/a?permanent=true"), 40405);
        QCOMPARE(said("DELETE", "/subjects/a"), QString("200 [2]"));
        QCOMPARE(code("DELETE", "/subjects/a"), 40404);
        QCOMPARE(said("GET", "/subjects"), QString("200 []"));
        QCOMPARE(said("GET", "/subjects?deleted=true"), QString("200 [\"a\"]"));
        // Back under a new version and its old id.
        QCOMPARE(add("a", kUser), QString("200 {\"id\":1}"));
        QCOMPARE(said("GET", "/subjects/a/versions"), QString("200 [3]"));
        ask("DELETE", "/subjects/a");
        QCOMPARE(said("DELETE", "/subjects/a?permanent=true"), QString("200 [1,2,3]"));
        QCOMPARE(code("GET", "/schemas/ids/1"), 40403);
        // An id is never given twice, not even after a restart.
        open();
        QCOMPARE(add("a", kUser), QString("200 {\"id\":3}"));
        QCOMPARE(said("GET", "/subjects/a/versions"), QString("200 [1]"));
    }

    void everythingSurvivesWithoutAClose() {
        add("a", kUser);
        add(":.c:b", kUserWithAge);
        add("p", "syntax = \"proto3\"; message M { }", R"(,"schemaType":"PROTOBUF")");
        add("u", R"({"type":"record","name":"Order","fields":[{"name":"by","type":"User"}]})",
            R"(,"references":[{"name":"User","subject":"a","version":1}])");
        ask("PUT", "/config/a", R"({"compatibility":"FULL","normalize":true})");
        ask("PUT", "/mode/a", R"({"mode":"READONLY"})");
        ask("DELETE", "/subjects/p");
        const char* targets[] = {"/subjects?deleted=true",
                                 "/schemas?deleted=true",
                                 "/config/a",
                                 "/mode/a",
                                 "/subjects/a/versions/1/referencedby",
                                 "/contexts"};
        QStringList before;
        for (const char* target : targets) {
            before << said("GET", target);
        }
        QVERIFY2(before[1].contains("references"), qPrintable(before[1]));
        open();
        for (int i = 0; i < before.size(); ++i) {
            QCOMPARE(said("GET", targets[i]), before[i]);
        }
        QCOMPARE(add("x", kUserWithDefault), QString("200 {\"id\":4}"));
    }

    void referencesAreResolvedAndHoldWhatTheyNeed() {
        add("user", kUser);
        const std::string order = R"({"type":"record","name":"Order","fields":[{"name":"by","type":"User"}]})";
        QCOMPARE(code("POST", "/subjects/order/versions", schema(order)), 42201);
        const std::string more = R"(,"references":[{"name":"User","subject":"user","version":1}])";
        QCOMPARE(code("POST", "/subjects/order/versions",
                      schema(order, R"(,"references":[{"name":"User","subject":"user","version":9}])")),
                 42201);
        QCOMPARE(add("order", order, more), QString("200 {\"id\":2}"));
        QVERIFY(said("POST", "/subjects/order", schema(order, more)).contains("\"version\":1"));
        QCOMPARE(said("GET", "/subjects/user/versions/1/referencedby"), QString("200 [2]"));
        QCOMPARE(code("DELETE", "/subjects/user"), 42206);
        QCOMPARE(code("DELETE", "/subjects/user/versions/1"), 42206);
        ask("DELETE", "/subjects/order");
        QCOMPARE(said("DELETE", "/subjects/user"), QString("200 [1]"));

        add("time.proto", "syntax = \"proto3\"; package t; message Time { int64 at = 1; }",
            R"(,"schemaType":"PROTOBUF")");
        QVERIFY(
            add("event", "syntax = \"proto3\"; import \"time.proto\"; message E { t.Time t = 1; }",
                R"(,"schemaType":"PROTOBUF","references":[{"name":"time.proto","subject":"time.proto","version":-1}])")
                .startsWith("200"));
        QVERIFY(said("GET", "/subjects/event/versions/1").contains("\"version\":1}"));
        add("point", R"({"type":"object","properties":{"x":{"type":"number"}}})", R"(,"schemaType":"JSON")");
        const std::string line = R"({"type":"array","items":{"$ref":"point.json"}})";
        QCOMPARE(code("POST", "/subjects/line/versions", schema(line, R"(,"schemaType":"JSON")")), 42201);
        QVERIFY(add("line", line,
                    R"(,"schemaType":"JSON","references":[{"name":"point.json","subject":"point","version":1}])")
                    .startsWith("200"));
    }

    void contextsAreSpacesOfTheirOwn() {
        QCOMPARE(add("a", kUser), QString("200 {\"id\":1}"));
        QCOMPARE(add(":.c:a", kUserWithAge), QString("200 {\"id\":1}"));
        QCOMPARE(said("POST", "/contexts/.c/subjects/b/versions", schema(kUser)), QString("200 {\"id\":2}"));
        QCOMPARE(said("GET", "/subjects"), QString("200 [\"a\",\":.c:a\",\":.c:b\"]"));
        QCOMPARE(said("GET", "/subjects?subjectPrefix=:.c:b"), QString("200 [\":.c:b\"]"));
        QCOMPARE(said("GET", "/contexts"), QString("200 [\".\",\".c\"]"));
        QVERIFY(said("GET", "/schemas/ids/1?subject=:.c:").contains("age"));
        QVERIFY(!said("GET", "/schemas/ids/1").contains("age"));
        QVERIFY(said("GET", "/schemas/ids/2?subject=b").startsWith("200"));
        QCOMPARE(code("GET", "/schemas/ids/2"), 40403);
        QVERIFY(said("GET", "/subjects/%3A.c%3Aa/versions/1").contains("\"subject\":\":.c:a\""));
    }

    void modesSayWhoMayWrite() {
        add("a", kUser);
        ask("PUT", "/mode", R"({"mode":"READONLY"})");
        QCOMPARE(code("POST", "/subjects/a/versions", schema(kUserWithDefault)), 42205);
        QCOMPARE(add("a", kUser), QString("200 {\"id\":1}"));
        QCOMPARE(code("DELETE", "/subjects/a"), 42205);
        ask("PUT", "/mode", R"({"mode":"READWRITE"})");
        QCOMPARE(code("PUT", "/mode", R"({"mode":"IMPORT"})"), 42205);
        QCOMPARE(said("PUT", "/mode/i", R"({"mode":"IMPORT"})"), QString("200 {\"mode\":\"IMPORT\"}"));
        QCOMPARE(add("i", kUserWithAge, R"(,"id":100,"version":7)"), QString("200 {\"id\":100}"));
        QCOMPARE(said("GET", "/subjects/i/versions"), QString("200 [7]"));
        QCOMPARE(code("POST", "/subjects/i/versions", schema("\"int\"", R"(,"id":100,"version":8)")), 42205);
        QCOMPARE(code("POST", "/subjects/a/versions", schema("\"int\"", R"(,"id":101)")), 42205);
        QCOMPARE(add("b", "\"int\""), QString("200 {\"id\":101}"));
        QCOMPARE(said("DELETE", "/mode/i"), QString("200 {\"mode\":\"IMPORT\"}"));
    }

    void normalizingMakesOrderNotCount() {
        const std::string one = R"({"type":"object","properties":{"a":true,"b":true}})";
        const std::string two = R"({"properties":{"b":true,"a":true},"type":"object"})";
        const char* json = R"(,"schemaType":"JSON")";
        QVERIFY(said("POST", "/subjects/n/versions?normalize=true", schema(one, json)).startsWith("200"));
        QVERIFY(said("POST", "/subjects/n?normalize=true", schema(two, json)).startsWith("200"));
        QCOMPARE(code("POST", "/subjects/n", schema(two, json)), 40403);
    }

    // Over a real socket.

    void theServerAnswersAndOutlivesBadClients() {
        auto server = HttpServer::start(*m_rest,
                                        {.requestTime = std::chrono::milliseconds(300),
                                         .idleTime = std::chrono::milliseconds(500),
                                         .maxRequestBytes = 200'000},
                                        Logger());
        QVERIFY(server);
        const std::uint16_t port = (*server)->port();
        QVERIFY(port != 0);
        const auto get = [&] {
            Wire wire(port);
            wire.write("GET /subjects HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            return wire.read();
        };
        QVERIFY(get().starts_with("HTTP/1.1 200 "));

        Wire kept(port);
        const std::string body = schema(kUser);
        for (int i = 0; i < 20; ++i) {
            kept.write(
                "POST /subjects/a%2Fb/versions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                "Content-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
            QVERIFY(QByteArray::fromStdString(kept.read()).endsWith("{\"id\":1}"));
        }
        QVERIFY(get().ends_with("[\"a/b\"]"));

        // Slow ones, of which each holds a thread of its own for as long as a request may take.
        std::vector<std::unique_ptr<Wire>> slow;
        for (int i = 0; i < 30; ++i) {
            slow.push_back(std::make_unique<Wire>(port));
            slow.back()->write("GET /subj");
        }
        QVERIFY(get().starts_with("HTTP/1.1 200 "));
        for (const auto& each : slow) {
            QVERIFY(!each->read().starts_with("HTTP/1.1 200"));
        }

        // A refusal comes at once, and is not waited for.
        const auto began = std::chrono::steady_clock::now();
        Wire endless(port);
        endless.write("GET / HTTP/1.1\r\n");
        std::string header = "X: " + std::string(4000, 'x') + "\r\n";
        for (int i = 0; i < 100 && endless.write(header); ++i) {
        }
        QVERIFY(!endless.read().starts_with("HTTP/1.1 200"));

        Wire giant(port);
        giant.write("POST /subjects/a/versions HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n{");
        QVERIFY(!giant.read().starts_with("HTTP/1.1 200"));
        Wire chunked(port);
        chunked.write("POST /subjects/a/versions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
        const std::string chunk = "1000\r\n" + std::string(4096, ' ') + "\r\n";
        for (int i = 0; i < 100 && chunked.write(chunk); ++i) {
        }
        QVERIFY(!chunked.read().starts_with("HTTP/1.1 200"));

        for (const char* garbage : {"\r\n\r\n", "GET\r\n\r\n", "GET /%zz HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02",
                                    "BREW / HTTP/1.1\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"}) {
            Wire wire(port);
            wire.write(garbage);
            QVERIFY(!wire.read().starts_with("HTTP/1.1 200"));
        }
        QVERIFY(std::chrono::steady_clock::now() - began < std::chrono::seconds(4));
        QVERIFY(get().starts_with("HTTP/1.1 200 "));
    }

    void aTakenPortIsAnErrorAndAStopIsQuick() {
        auto first = HttpServer::start(*m_rest, {}, Logger());
        QVERIFY(first);
        QVERIFY(!HttpServer::start(*m_rest, {.port = (*first)->port()}, Logger()));
        Wire idle((*first)->port());
        idle.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        QVERIFY(idle.read().starts_with("HTTP/1.1 200"));
        const auto began = std::chrono::steady_clock::now();
        first->reset();
        QVERIFY(std::chrono::steady_clock::now() - began < std::chrono::seconds(2));
        QVERIFY(idle.read().empty());
    }

    void manyRegisterAtOnceAndEachGetsTheSameId() {
        auto server = HttpServer::start(*m_rest, {}, Logger());
        QVERIFY(server);
        std::atomic<int> good = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                Wire wire((*server)->port());
                for (int j = 0; j < 25; ++j) {
                    const std::string body = schema(R"({"type":"fixed","name":"F","size":)" + std::to_string(j) + "}");
                    wire.write("POST /subjects/s" + std::to_string(j) +
                               "/versions HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
                               "\r\n\r\n" + body);
                    good += wire.read().starts_with("HTTP/1.1 200") ? 1 : 0;
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QCOMPARE(good.load(), 200);
        QCOMPARE(m_registry->all("", Deleted::kWith, false).size(), std::size_t(25));
        QCOMPARE(add("next", "\"int\""), QString("200 {\"id\":26}"));
    }
};

QTEST_APPLESS_MAIN(TstRegistry)
#include "tst_registry.moc"
