// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <set>

#include "broker/config/alter.h"
#include "broker/config/broker_config.h"
#include "broker/config/definitions.h"
#include "broker/config/describe.h"
#include "broker/config/group_config.h"
#include "broker/config/properties.h"
#include "broker/config/rules.h"
#include "broker/config/topic_config.h"

using namespace weir;
using namespace weir::config;

namespace {

const DescribedConfig* lineOf(const std::vector<DescribedConfig>& lines, std::string_view name) {
    for (const DescribedConfig& line : lines) {
        if (line.def->name == name) {
            return &line;
        }
    }
    return nullptr;
}

/// A legal value that is not the default.
std::string otherValue(const ConfigDef& def) {
    if (def.name.ends_with("listeners")) {
        return "PLAINTEXT://127.0.0.1:9";
    }
    if (def.name == "max.connections.per.ip.overrides") {
        return "127.0.0.1:7";
    }
    for (const std::string& value : allowedValues(def)) {
        if (def.defaultValue == nullptr || value != def.defaultValue) {
            return value;
        }
    }
    const auto number = def.defaultValue == nullptr ? std::optional<std::int64_t>(5) : parseLong(def.defaultValue);
    if (def.type == ConfigType::kDouble) {
        return "0.25";
    }
    if (!number) {
        return "other";
    }
    return std::to_string(*number > 1 ? *number - 1 : *number + 3);
}

/// "group.consumer.min.session.timeout.ms" bounds what a group may say of consumer.session.timeout.ms: just within the
/// default bound, the value is refused under another bound or one just outside is taken.
bool movesAGroupsBound(std::string_view name, const BrokerLayers& layers) {
    for (const std::string_view bound : {".min.", ".max."}) {
        const auto at = name.find(bound);
        const ConfigDef* def = findBrokerConfig(name);
        const auto usual = def->defaultValue == nullptr ? std::nullopt : parseLong(def->defaultValue);
        if (at == std::string_view::npos || !name.starts_with("group.") || !usual) {
            continue;
        }
        std::string own(name.substr(std::string_view("group.").size()));
        own.replace(own.find(bound), bound.size(), own.ends_with("standby.replicas") ? ".num." : ".");
        for (const std::int64_t value : {*usual - 1, *usual, *usual + 1}) {
            const ConfigMap overrides{{own, std::to_string(value)}};
            if (checkGroupBounds(overrides, layers).ok() != checkGroupBounds(overrides, {}).ok()) {
                return true;
            }
        }
    }
    return false;
}

ConfigErrc codeOf(const Result<ConfigMap, ConfigError>& result) {
    return result.error().code;
}

QString messageOf(const Result<ConfigMap, ConfigError>& result) {
    return result.ok() ? QString() : QString::fromStdString(result.error().message);
}

std::string valueAt(const std::vector<Property>& properties, std::size_t i) {
    return properties.at(i).value;
}

}  // namespace

class TstConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Names and defaults as Kafka 4.2 describes them.
    void everyTopicSettingOfKafkaIsThereWithItsDefault() {
        const std::map<std::string, std::string> kafka{
            {"cleanup.policy", "delete"},
            {"compression.gzip.level", "-1"},
            {"compression.lz4.level", "9"},
            {"compression.type", "producer"},
            {"compression.zstd.level", "3"},
            {"delete.retention.ms", "86400000"},
            {"file.delete.delay.ms", "60000"},
            {"flush.messages", "9223372036854775807"},
            {"flush.ms", "9223372036854775807"},
            {"follower.replication.throttled.replicas", ""},
            {"index.interval.bytes", "4096"},
            {"leader.replication.throttled.replicas", ""},
            {"local.retention.bytes", "-2"},
            {"local.retention.ms", "-2"},
            {"max.compaction.lag.ms", "9223372036854775807"},
            {"max.message.bytes", "1048588"},
            {"message.timestamp.after.max.ms", "3600000"},
            {"message.timestamp.before.max.ms", "9223372036854775807"},
            {"message.timestamp.type", "CreateTime"},
            {"min.cleanable.dirty.ratio", "0.5"},
            {"min.compaction.lag.ms", "0"},
            {"min.insync.replicas", "1"},
            {"preallocate", "false"},
            {"remote.log.copy.disable", "false"},
            {"remote.log.delete.on.disable", "false"},
            {"remote.storage.enable", "false"},
            {"retention.bytes", "-1"},
            {"retention.ms", "604800000"},
            {"segment.bytes", "1073741824"},
            {"segment.index.bytes", "10485760"},
            {"segment.jitter.ms", "0"},
            {"segment.ms", "604800000"},
            {"unclean.leader.election.enable", "false"},
        };
        std::map<std::string, std::string> described;
        for (const DescribedConfig& line : describeTopic({}, {})) {
            described[std::string(line.def->name)] = line.value.value_or("(null)");
            QCOMPARE(static_cast<int>(line.source), static_cast<int>(ConfigSource::kDefault));
            QVERIFY(!line.readOnly);
        }
        QCOMPARE(described, kafka);
    }
    void everyDefaultIsLegalDocumentedAndUnique() {
        for (const auto table : {topicConfigs(), groupConfigs(), brokerConfigs()}) {
            std::set<std::string_view> names;
            for (const ConfigDef& def : table) {
                QVERIFY2(names.insert(def.name).second, def.name.data());
                const std::string text = documentationOf(def);
                QVERIFY2(text.size() > 10 && text.back() == '.', def.name.data());
                QCOMPARE(text.find("Has no effect in Weir") != std::string::npos, !def.hasEffect());
                if (def.defaultValue != nullptr) {
                    const auto checked = checkValue(def, def.defaultValue);
                    QVERIFY2(checked.ok(), def.name.data());
                    QCOMPARE(*checked, std::string(def.defaultValue));
                }
                if (!def.brokerKey.empty()) {
                    QVERIFY2(findBrokerConfig(def.brokerKey) != nullptr, def.name.data());
                }
            }
        }
        QCOMPARE(groupConfigs().size(), std::size_t{11});
        QVERIFY(brokerConfigs().size() > 300);
        QVERIFY(findBrokerConfig("offsets.retention.minutes") != nullptr);
        QVERIFY(findBrokerConfig("weir.durability") != nullptr);
    }
    void typedDefaultsAgreeWithTheTables() {
        QCOMPARE(resolveTopicConfig({}, {}), TopicConfig{});
        const BrokerConfig broker = resolveBrokerConfig({});
        BrokerConfig plain;
        plain.listeners = broker.listeners;
        QVERIFY(broker == plain);
        QCOMPARE(broker.listeners,
                 (std::vector<Listener>{{"PLAINTEXT", "127.0.0.1", 9092}, {"PLAINTEXT", "::1", 9092}}));
    }

    void everySettingThatClaimsToWorkReachesTheTypedValues() {
        for (const ConfigDef& def : topicConfigs()) {
            const ConfigMap changed{{std::string(def.name), otherValue(def)}};
            QVERIFY2(!def.hasEffect() || resolveTopicConfig(changed, {}) != TopicConfig{}, def.name.data());
        }
        for (const ConfigDef& def : brokerConfigs()) {
            BrokerLayers layers;
            layers.fixed[std::string(def.name)] = otherValue(def);
            const bool reaches = resolveBrokerConfig(layers) != resolveBrokerConfig({}) ||
                                 resolveTopicConfig({}, layers) != TopicConfig{} ||
                                 resolveGroupConfig({}, layers) != GroupConfig{} ||
                                 resolveNewGroups(layers) != NewGroupsConfig{} || movesAGroupsBound(def.name, layers);
            QVERIFY2(!def.hasEffect() || reaches, def.name.data());
        }
    }

    void illegalTopicValuesAreRefusedAndNamed_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* name, const char* value) {
            QTest::addRow("%s=%s", name, value) << name << value;
        };
        row("segment.bytes", "1048575");
        row("segment.bytes", "2147483648");
        row("cleanup.policy", "compact,shred");
        row("retention.ms", "-2");
        row("retention.ms", "");
        row("retention.ms", "1.5");
        row("retention.ms", "1e3");
        row("preallocate", "maybe");
        row("compression.type", "GZIP");
        row("compression.type", "none");
        row("compression.gzip.level", "0");
        row("compression.lz4.level", "18");
        row("message.timestamp.type", "createtime");
        row("min.cleanable.dirty.ratio", "1.01");
        row("min.cleanable.dirty.ratio", "nan");
        row("leader.replication.throttled.replicas", "0-1");
        row("max.message.bytes", "99999999999");
        row("min.insync.replicas", "0");
        row("remote.storage.enable", "true");
    }
    void illegalTopicValuesAreRefusedAndNamed() {
        QFETCH(QString, name);
        QFETCH(QString, value);
        const auto result = validateTopicConfig({{name.toStdString(), value.toStdString()}}, {});
        QVERIFY(!result.ok());
        QVERIFY(codeOf(result) == ConfigErrc::kInvalidValue);
        QVERIFY2(messageOf(result).contains(name), qPrintable(messageOf(result)));
    }
    void legalTopicValuesAreBroughtIntoOneForm() {
        const auto result = validateTopicConfig({{"cleanup.policy", " delete , compact,delete"},
                                                 {"preallocate", "TRUE"},
                                                 {"retention.ms", " +2000 "},
                                                 {"retention.bytes", "-5"},
                                                 {"follower.replication.throttled.replicas", "*"},
                                                 {"leader.replication.throttled.replicas", "0:1, 1:1"},
                                                 {"compression.gzip.level", "-1"}},
                                                {});
        QVERIFY2(result.ok(), qPrintable(messageOf(result)));
        QCOMPARE(result->at("cleanup.policy"), std::string("delete,compact"));
        QCOMPARE(result->at("preallocate"), std::string("true"));
        QCOMPARE(result->at("retention.ms"), std::string("2000"));
        QCOMPARE(result->at("leader.replication.throttled.replicas"), std::string("0:1,1:1"));
        QVERIFY(validateTopicConfig({{"cleanup.policy", ""}}, {}).ok());
    }
    void lagsThatContradictAreRefusedAlsoAgainstTheBrokersDefault() {
        const auto result = validateTopicConfig({{"min.compaction.lag.ms", "10"}, {"max.compaction.lag.ms", "5"}}, {});
        QVERIFY(!result.ok());
        QVERIFY(codeOf(result) == ConfigErrc::kConflict);
        BrokerLayers layers;
        layers.fixed["log.cleaner.max.compaction.lag.ms"] = "5";
        QVERIFY(!validateTopicConfig({{"min.compaction.lag.ms", "10"}}, layers).ok());
        QVERIFY(validateTopicConfig({{"min.compaction.lag.ms", "5"}}, layers).ok());
    }
    void unknownNamesGetTheNearestKnownOne() {
        const auto result = validateTopicConfig({{"retention.mss", "1"}}, {});
        QVERIFY(codeOf(result) == ConfigErrc::kUnknownKey);
        QVERIFY2(messageOf(result).contains("\"retention.ms\""), qPrintable(messageOf(result)));
        QCOMPARE(nearestName(brokerConfigs(), "num.partition"), std::string_view("num.partitions"));
        QCOMPARE(nearestName(brokerConfigs(), "auto.create.topic.enabled"),
                 std::string_view("auto.create.topics.enable"));
        QCOMPARE(nearestName(brokerConfigs(), "zzzzzzzzzzzz"), std::string_view());
        QCOMPARE(nearestName(brokerConfigs(), std::string(100'000, 'a')), std::string_view());
    }
    void sourcesAndSynonymsFollowTheOrderOfLayers() {
        BrokerLayers layers;
        layers.fixed["log.retention.hours"] = "48";
        DescribedConfig line = *lineOf(describeTopic({}, layers), "retention.ms");
        QCOMPARE(line.value, std::optional<std::string>("172800000"));
        // Hours only stand in for log.retention.ms, which itself is not set: as Kafka's ConfigHelper tells it.
        QVERIFY(line.source == ConfigSource::kDefault);
        using Line = DescribedConfig::Line;
        QCOMPARE(line.synonyms, std::vector<Line>());

        layers.fixed["log.retention.minutes"] = "30";
        layers.dynamicDefault["log.retention.ms"] = "1000";
        layers.dynamicBroker["log.retention.ms"] = "2000";
        line = *lineOf(describeTopic({{"retention.ms", "3000"}}, layers), "retention.ms");
        QCOMPARE(line.synonyms, (std::vector<Line>{{"retention.ms", "3000", ConfigSource::kDynamicTopic},
                                                   {"log.retention.ms", "2000", ConfigSource::kDynamicBroker},
                                                   {"log.retention.ms", "1000", ConfigSource::kDynamicDefaultBroker},
                                                   {"log.retention.minutes", "30", ConfigSource::kStaticBroker},
                                                   {"log.retention.hours", "48", ConfigSource::kStaticBroker},
                                                   {"log.retention.hours", "168", ConfigSource::kDefault}}));
        QVERIFY(line.source == ConfigSource::kDynamicTopic);
        QCOMPARE(resolveTopicConfig({}, layers).retentionMs, std::int64_t{2000});
        layers.dynamicBroker.clear();
        layers.dynamicDefault.clear();
        QCOMPARE(resolveTopicConfig({}, layers).retentionMs, std::int64_t{1'800'000});
    }
    void hoursOfMinusOneMeanForever() {
        BrokerLayers layers;
        layers.fixed["log.retention.hours"] = "-1";
        QCOMPARE(resolveTopicConfig({}, layers).retentionMs, std::int64_t{-1});
    }
    void brokerLinesShowTheirOwnValueOnly() {
        BrokerLayers layers;
        layers.fixed["log.retention.hours"] = "48";
        layers.fixed["ssl.keystore.password"] = "secret";
        const auto lines = describeBroker(layers);
        QCOMPARE(lines.size(), brokerConfigs().size());
        QCOMPARE(lineOf(lines, "log.retention.ms")->value, std::optional<std::string>());
        QCOMPARE(lineOf(lines, "log.retention.hours")->value, std::optional<std::string>("48"));
        QVERIFY(lineOf(lines, "log.retention.hours")->readOnly);
        QVERIFY(!lineOf(lines, "log.retention.ms")->readOnly);
        const auto* password = lineOf(lines, "ssl.keystore.password");
        QCOMPARE(password->value, std::optional<std::string>());
        QCOMPARE(password->synonyms.at(0).value, std::optional<std::string>());
        QVERIFY(password->source == ConfigSource::kStaticBroker);
    }
    void groupSettingsTakeTheBrokersDefaults() {
        BrokerLayers layers;
        layers.fixed["group.consumer.session.timeout.ms"] = "50000";
        const auto defaults = describeGroup({}, layers);
        QCOMPARE(lineOf(defaults, "consumer.session.timeout.ms")->value, std::optional<std::string>("50000"));
        const auto lines = describeGroup({{"consumer.session.timeout.ms", "46000"}}, layers);
        QVERIFY(lineOf(lines, "consumer.session.timeout.ms")->source == ConfigSource::kDynamicGroup);
        QCOMPARE(lineOf(lines, "consumer.session.timeout.ms")->synonyms.size(), std::size_t{1});
        QCOMPARE(lineOf(defaults, "consumer.session.timeout.ms")->synonyms.at(0).value,
                 std::optional<std::string>("50000"));
        QVERIFY(!validateGroupConfig({{"consumer.session.timeout.ms", "0"}}).ok());
    }

    void listsAreAddedToAndTakenFrom() {
        const auto add = [](ConfigMap from, AlterOp op, const char* value) {
            return alter(topicConfigs(), std::move(from), {{"cleanup.policy", op, value}});
        };
        QCOMPARE(add({}, AlterOp::kAppend, "compact")->at("cleanup.policy"), std::string("delete,compact"));
        QCOMPARE(add({}, AlterOp::kAppend, "delete")->at("cleanup.policy"), std::string("delete"));
        QCOMPARE(add({{"cleanup.policy", "delete,compact"}}, AlterOp::kSubtract, "delete")->at("cleanup.policy"),
                 std::string("compact"));
        QVERIFY(add({{"cleanup.policy", "compact"}}, AlterOp::kDelete, "")->empty());
        QVERIFY(!alter(topicConfigs(), {}, {{"retention.ms", AlterOp::kAppend, "1"}}).ok());
        QVERIFY(!alter(topicConfigs(), {}, {{"retention.ms", AlterOp::kSet, std::nullopt}}).ok());
        QVERIFY(!alter(topicConfigs(), {}, {{"nope", AlterOp::kDelete, std::nullopt}}).ok());
        QVERIFY(!alter(topicConfigs(), {},
                       {{"retention.ms", AlterOp::kSet, "1"}, {"retention.ms", AlterOp::kDelete, std::nullopt}})
                     .ok());
    }

    void propertiesAreReadAsJavaReadsThem() {
        const auto parsed = parseProperties(
            "# comment\n! another\n\n"
            "a=1\n"
            "  b : two words  \n"
            "c three\n"
            "d\\ e\\=f = x\\ty\\\\z\n"
            "long = one,\\\r\n    two,\\\n\ttwo and a half\r\n"
            "uni=\\u00e9\\uD83D\\uDE00\n"
            "empty\n"
            "last=end\\");
        QVERIFY(parsed.ok());
        QCOMPARE(parsed->size(), std::size_t{8});
        QCOMPARE(valueAt(*parsed, 0), std::string("1"));
        QCOMPARE(parsed->at(0).line, 4);
        QCOMPARE(valueAt(*parsed, 1), std::string("two words  "));
        QCOMPARE(parsed->at(2).key, std::string("c"));
        QCOMPARE(valueAt(*parsed, 2), std::string("three"));
        QCOMPARE(parsed->at(3).key, std::string("d e=f"));
        QCOMPARE(valueAt(*parsed, 3), std::string("x\ty\\z"));
        QCOMPARE(valueAt(*parsed, 4), std::string("one,two,two and a half"));
        QCOMPARE(valueAt(*parsed, 5), std::string("\xc3\xa9\xf0\x9f\x98\x80"));
        QCOMPARE(parsed->at(6).key, std::string("empty"));
        QCOMPARE(valueAt(*parsed, 7), std::string("end"));
    }
    void brokenEscapesAndUnknownKeysNameTheirLine() {
        const auto escape = parseProperties("a=1\nb=\\u12g4\n");
        QVERIFY(!escape.ok());
        QVERIFY(QString::fromStdString(escape.error().message).startsWith("Line 2"));
        QVERIFY(!parseProperties("b=\\ud800x").ok());
        QVERIFY(!parseProperties("b=\\u").ok());
        const auto unknown = loadBrokerSettings("num.partitions=3\n\nnum.partitons=3\n", {});
        QVERIFY(codeOf(unknown) == ConfigErrc::kUnknownKey);
        QCOMPARE(messageOf(unknown),
                 QString("Line 3: \"num.partitons\" is not a broker setting; did you mean \"num.partitions\"?"));
    }
    void assignmentsWinOverTheFile() {
        const auto loaded = loadBrokerSettings("num.partitions=3\nlisteners=PLAINTEXT://:9093\n",
                                               {"num.partitions=4", "broker.rack=a=b"});
        QVERIFY2(loaded.ok(), qPrintable(messageOf(loaded)));
        BrokerLayers layers;
        layers.fixed = *loaded;
        const BrokerConfig config = resolveBrokerConfig(layers);
        QCOMPARE(config.numPartitions, 4);
        QCOMPARE(config.rack, std::string("a=b"));
        QCOMPARE(config.listeners, (std::vector<Listener>{{"PLAINTEXT", "", 9093}}));
        QVERIFY(!loadBrokerSettings("", {"num.partitions"}).ok());
        QVERIFY(!loadBrokerSettings("", {"=1"}).ok());
    }
    void kafkasOwnServerPropertiesAreAccepted() {
        const auto loaded = loadBrokerSettings(
            "process.roles=broker,controller\nnode.id=7\ncontroller.quorum.bootstrap.servers=localhost:9093\n"
            "listeners=PLAINTEXT://:9092,CONTROLLER://:9093\ninter.broker.listener.name=PLAINTEXT\n"
            "advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093\n"
            "controller.listener.names=CONTROLLER\n"
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL\n"
            "num.network.threads=3\nnum.io.threads=8\nsocket.send.buffer.bytes=102400\n"
            "socket.receive.buffer.bytes=102400\nsocket.request.max.bytes=104857600\nlog.dirs=/tmp/kraft-logs\n"
            "num.partitions=1\nnum.recovery.threads.per.data.dir=1\noffsets.topic.replication.factor=1\n"
            "share.coordinator.state.topic.replication.factor=1\ntransaction.state.log.replication.factor=1\n"
            "transaction.state.log.min.isr=1\nlog.retention.hours=168\nlog.segment.bytes=1073741824\n"
            "log.retention.check.interval.ms=300000\n",
            {});
        QVERIFY2(loaded.ok(), qPrintable(messageOf(loaded)));
        BrokerLayers layers;
        layers.fixed = *loaded;
        const BrokerConfig config = resolveBrokerConfig(layers);
        QCOMPARE(config.nodeId.value, 7);
        QCOMPARE(config.dataFolder, std::string("/tmp/kraft-logs"));
        QCOMPARE(config.listeners.size(), std::size_t{1});
        QCOMPARE(config.advertisedListeners, (std::vector<Listener>{{"PLAINTEXT", "localhost", 9092}}));
    }
    void settingsThatWouldProtectNothingAreRefused_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("unknown protocol") << "listeners=CLIENTS://127.0.0.1:9092";
        QTest::newRow("sasl by map")
            << "listeners=CLIENTS://127.0.0.1:9092\nlistener.security.protocol.map=CLIENTS:KERBEROS";
        QTest::newRow("authorizer") << "authorizer.class.name=com.example.MyAuthorizer";
        QTest::newRow("no listener") << "listeners=CONTROLLER://127.0.0.1:9092";
        QTest::newRow("port") << "listeners=PLAINTEXT://127.0.0.1:65536";
        QTest::newRow("no port") << "listeners=PLAINTEXT://127.0.0.1";
        QTest::newRow("no brackets") << "listeners=PLAINTEXT://::1:9092";
        QTest::newRow("two folders") << "log.dirs=/a,/b";
        QTest::newRow("timeouts") << "group.min.session.timeout.ms=10\ngroup.max.session.timeout.ms=9";
        QTest::newRow("per ip") << "max.connections.per.ip.overrides=127.0.0.1";
        QTest::newRow("durability") << "weir.durability=always";
    }
    void settingsThatWouldProtectNothingAreRefused() {
        QFETCH(QString, text);
        QVERIFY(!loadBrokerSettings(text.toStdString(), {}).ok());
    }
    void liveChangesAreForLiveSettingsOnly() {
        QVERIFY(validateLiveBrokerConfig("log.retention.ms", "1000").ok());
        QVERIFY(validateLiveBrokerConfig("log.retention.hours", "1").error().code == ConfigErrc::kNotDynamic);
        QVERIFY(validateLiveBrokerConfig("listeners", "PLAINTEXT://:1").error().code == ConfigErrc::kNotDynamic);
        QVERIFY(validateLiveBrokerConfig("log.retention.msx", "1").error().code == ConfigErrc::kUnknownKey);
        QVERIFY(validateLiveBrokerConfig("message.max.bytes", "-1").error().code == ConfigErrc::kInvalidValue);
    }
    void passwordsAreNeverShown() {
        for (const DescribedConfig& line : describeBroker({{{"ssl.key.password", "canary"}}, {}, {}})) {
            QVERIFY(line.value != std::optional<std::string>("canary"));
        }
    }
};

QTEST_APPLESS_MAIN(TstConfig)
#include "tst_config.moc"
