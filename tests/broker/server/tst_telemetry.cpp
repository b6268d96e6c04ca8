// SPDX-License-Identifier: GPL-3.0-or-later
// Client metrics (KIP-714): subscriptions, who is asked for what, who may push when, and hostile reports.
#include <QTest>
#include <bit>

#include "broker/model/client_metrics.h"
#include "broker/protocol/messages/describe_configs.h"
#include "broker/protocol/messages/get_telemetry_subscriptions.h"
#include "broker/protocol/messages/incremental_alter_configs.h"
#include "broker/protocol/messages/list_config_resources.h"
#include "broker/protocol/messages/push_telemetry.h"
#include "broker/records/compression.h"
#include "broker/telemetry/client_telemetry.h"
#include "broker/telemetry/otlp.h"
#include "tests/broker/server/server_fixture.h"
#include "tests/support/manual_clock.h"

using namespace weir;
using namespace weir::testing;
using protocol::ErrorCode;
using telemetry::TelemetryErrc;

namespace {

// Protobuf, written by hand: what a client's library does.
std::string varint(std::uint64_t value) {
    std::string out;
    for (; value >= 0x80; value >>= 7U) {
        out += static_cast<char>(value | 0x80U);
    }
    return out + static_cast<char>(value);
}
std::string field(int id, const std::string& bytes) {
    return varint(static_cast<std::uint64_t>(id) << 3U | 2U) + varint(bytes.size()) + bytes;
}
std::string fixed(int id, std::uint64_t value) {
    std::string out = varint(static_cast<std::uint64_t>(id) << 3U | 1U);
    for (int i = 0; i < 8; ++i) {
        out += static_cast<char>(value >> (8 * i));
    }
    return out;
}
std::string label(const std::string& key, const std::string& value) {
    return field(7, field(1, key) + field(2, field(1, value)));
}
std::string metric(const std::string& name, int kind, const std::string& point) {
    return field(2, field(1, name) + field(3, "unit") + field(kind, field(1, point)));
}
/// A gauge of 2.5 with a label, and a sum of 7.
std::string report() {
    return field(
        1, field(1, "resource") +
               field(2, metric("latency.avg", 5,
                               fixed(3, 12345) + fixed(4, std::bit_cast<std::uint64_t>(2.5)) + label("node_id", "1")) +
                            metric("requests.total", 7, fixed(6, 7))));
}

ErrorCode alter(WireClient& client, const std::string& name,
                std::vector<std::pair<std::string, std::optional<std::string>>> settings) {
    protocol::IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resourceType = 16;
    resource.resourceName = name;
    for (auto& [key, value] : settings) {
        auto& config = resource.configs.emplace_back();
        config.name = key;
        config.configOperation = value ? 0 : 1;
        config.value = value;
    }
    return client.call<protocol::IncrementalAlterConfigsResponse>(request).responses.at(0).errorCode;
}

protocol::GetTelemetrySubscriptionsResponse want(WireClient& client, const Uuid& instance = {}) {
    protocol::GetTelemetrySubscriptionsRequest request;
    request.clientInstanceId = instance;
    return client.call<protocol::GetTelemetrySubscriptionsResponse>(request);
}

ErrorCode push(WireClient& client, const protocol::GetTelemetrySubscriptionsResponse& wanted, const Bytes& metrics,
               Compression compression = Compression::kNone) {
    protocol::PushTelemetryRequest request;
    request.clientInstanceId = wanted.clientInstanceId;
    request.subscriptionId = wanted.subscriptionId;
    request.compressionType = static_cast<std::int8_t>(compression);
    request.metrics = metrics;
    return client.call<protocol::PushTelemetryResponse>(request).errorCode;
}

std::vector<std::string> subscriptions(WireClient& client) {
    std::vector<std::string> names;
    const auto response = client.call<protocol::ListConfigResourcesResponse>(protocol::ListConfigResourcesRequest{}, 0);
    for (const auto& each : response.configResources) {
        names.push_back(each.resourceName);
    }
    return names;
}

}  // namespace

class TestTelemetry : public QObject {
    Q_OBJECT

private slots:
    void subscriptionsAreCheckedListedAndKept() {
        ServerFixture server;
        auto client = server.client();
        QCOMPARE(alter(client, "mine", {{"metrics", "org.apache."}, {"interval.ms", "1000"}}), ErrorCode::kNone);
        QCOMPARE(alter(client, "mine", {{"nothing", "x"}}), ErrorCode::kInvalidRequest);
        QCOMPARE(alter(client, "mine", {{"interval.ms", "99"}}), ErrorCode::kInvalidRequest);
        QCOMPARE(alter(client, "mine", {{"interval.ms", "soon"}}), ErrorCode::kInvalidConfig);
        QCOMPARE(alter(client, "mine", {{"match", "client_id"}}), ErrorCode::kInvalidConfig);
        QCOMPARE(alter(client, "mine", {{"match", "colour=red"}}), ErrorCode::kInvalidConfig);
        QCOMPARE(alter(client, "mine", {{"match", "client_id=("}}), ErrorCode::kInvalidConfig);
        QCOMPARE(alter(client, "", {{"metrics", "*"}}), ErrorCode::kInvalidRequest);
        QCOMPARE(subscriptions(client), std::vector<std::string>{"mine"});
        server.stop();
        server.start();
        auto again = server.client();
        protocol::DescribeConfigsRequest request;
        request.includeSynonyms = true;
        auto& wanted = request.resources.emplace_back();
        wanted.resourceType = 16;
        wanted.resourceName = "mine";
        wanted.configurationKeys.reset();
        const auto lines = again.call<protocol::DescribeConfigsResponse>(request).results.at(0).configs;
        QCOMPARE(lines.size(), 3U);
        QCOMPARE(lines[0].name, std::string("interval.ms"));
        QCOMPARE(lines[0].value, std::optional<std::string>("1000"));
        QCOMPARE(lines[0].configSource, std::int8_t{7});
        QCOMPARE(lines[1].configSource, std::int8_t{5});
        QCOMPARE(alter(again, "mine", {{"metrics", std::nullopt}, {"interval.ms", std::nullopt}}), ErrorCode::kNone);
        QVERIFY(subscriptions(again).empty());
    }

    void whatAClientPushesIsKeptInEveryCompression() {
        ServerFixture server;
        auto admin = server.client();
        QCOMPARE(alter(admin, "all", {{"metrics", "*"}, {"interval.ms", "100"}}), ErrorCode::kNone);
        for (const auto compression :
             {Compression::kNone, Compression::kGzip, Compression::kSnappy, Compression::kLz4, Compression::kZstd}) {
            auto client = server.client();
            const auto wanted = want(client);
            QCOMPARE(wanted.errorCode, ErrorCode::kNone);
            QVERIFY(!wanted.clientInstanceId.isZero());
            QCOMPARE(wanted.pushIntervalMs, 100);
            QCOMPARE(wanted.requestedMetrics, std::vector<std::string>{"*"});
            Bytes packed;
            records::Codec codec;
            if (compression == Compression::kNone) {
                packed = toBytes(report());
            } else {
                const std::string plain = report();
                codec.compress(compression, {}, asBytes(plain), packed);
            }
            QCOMPARE(push(client, wanted, packed, compression), ErrorCode::kNone);
            const auto reports = server.engine().services().telemetry.reports();
            const auto mine = std::ranges::find_if(
                reports, [&](const auto& each) { return each.instanceId == wanted.clientInstanceId.toString(); });
            QVERIFY(mine != reports.end());
            QCOMPARE(mine->clientId, std::string("wire-client"));
            QCOMPARE(mine->metrics, (std::vector<ClientMetric>{{"latency.avg", "node_id=1", 2.5, false},
                                                               {"requests.total", "", 7, true}}));
        }
        // Those who are gone are forgotten.
        QTRY_VERIFY(server.engine().services().telemetry.reports().empty());
    }

    void hostileReportsAreRefused() {
        ServerFixture server(Configs{{"telemetry.max.bytes", "1000"}});
        auto admin = server.client();
        QCOMPARE(alter(admin, "all", {{"metrics", "*"}, {"interval.ms", "3600000"}}), ErrorCode::kNone);
        const auto refusal = [&](const Bytes& metrics, Compression compression) {
            auto client = server.client();
            return push(client, want(client), metrics, compression);
        };
        QCOMPARE(refusal(toBytes(std::string("no protobuf \xff\xff")), Compression::kNone), ErrorCode::kInvalidRecord);
        QCOMPARE(refusal(toBytes(report()), Compression::kZstd), ErrorCode::kInvalidRecord);
        QCOMPARE(refusal(toBytes(report()), Compression{9}), ErrorCode::kUnsupportedCompressionType);
        QCOMPARE(refusal(Bytes(1001), Compression::kNone), ErrorCode::kTelemetryTooLarge);
        Bytes bomb;
        records::Codec codec;
        codec.compress(Compression::kZstd, {}, Bytes(1 << 20), bomb);
        QVERIFY(bomb.size() < 1000);
        QCOMPARE(refusal(bomb, Compression::kZstd), ErrorCode::kTelemetryTooLarge);
        auto nameless = server.client();
        QCOMPARE(push(nameless, {}, toBytes(report())), ErrorCode::kInvalidRequest);
    }

    void everyTruncationOfAReportIsReadWithoutHarm() {
        const std::string whole = report();
        QVERIFY(telemetry::readMetrics(asBytes(whole)).has_value());
        for (std::size_t size = 1; size < whole.size(); ++size) {
            const Bytes cut = toBytes(asBytes(whole).first(size));
            QVERIFY(!telemetry::readMetrics(cut).has_value());
        }
    }

    void clientsAreAskedByWhatTheyAreAndNotTooOften() {
        ServerFixture server;
        auto& catalog = server.engine().catalog();
        ManualClock clock;
        SeededRandom random(7);
        auto opened = telemetry::ClientTelemetry::open({.catalog = catalog, .clock = clock, .random = random});
        auto& all = **opened;
        using Mode = telemetry::ClientTelemetry::Mode;
        const auto set = [&](const std::string& name, const std::string& metrics, const std::string& match) {
            return all.replace(name, {{"metrics", metrics}, {"interval.ms", "1000"}, {"match", match}}, Mode::kApply)
                .ok();
        };
        QVERIFY(set("java", "a.,b.", "client_software_name=apache.*,client_id=orders-[0-9]+"));
        telemetry::TelemetryClient client{1, "orders-7", "apache-kafka-java", "4.2.1", "127.0.0.1", 5000};
        const auto wanted = all.want({}, client);
        QCOMPARE(wanted.metrics, (std::set<std::string>{"a.", "b."}));
        QCOMPARE(wanted.intervalMs, 1000);
        telemetry::TelemetryClient other = client;
        other.connectionId = 2;
        other.clientId = "orders-x";
        QVERIFY(all.want({}, other).metrics.empty());

        const std::string text = report();
        telemetry::TelemetryPush push{wanted.instance, wanted.subscriptionId, false, 0, asBytes(text)};
        QCOMPARE(all.want(wanted.instance, client).error, TelemetryErrc::kTooSoon);
        QCOMPARE(all.push(push, client), TelemetryErrc::kNone);
        QCOMPARE(all.push(push, client), TelemetryErrc::kTooSoon);
        clock.advance(std::chrono::milliseconds(1000));
        QCOMPARE(all.push(push, client), TelemetryErrc::kNone);
        // What is asked has changed: the old subscription is unknown, and asking again is allowed at once.
        QVERIFY(set("java", "*", ""));
        QCOMPARE(all.push(push, client), TelemetryErrc::kUnknownSubscription);
        const auto changed = all.want(wanted.instance, client);
        QVERIFY(changed.subscriptionId != wanted.subscriptionId || changed.error == TelemetryErrc::kTooSoon);
        clock.advance(std::chrono::milliseconds(1000));
        push.subscriptionId = all.want(wanted.instance, client).subscriptionId;
        push.isTerminating = true;
        QCOMPARE(all.push(push, client), TelemetryErrc::kNone);
        QCOMPARE(all.push(push, client), TelemetryErrc::kInvalidRequest);
    }
};

QTEST_GUILESS_MAIN(TestTelemetry)
#include "tst_telemetry.moc"
