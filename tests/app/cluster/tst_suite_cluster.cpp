// SPDX-License-Identifier: GPL-3.0-or-later
// What a Cluster does, call by call, over any cluster: one suite for all of them.
#include <QSignalSpy>
#include <QTest>
#include <algorithm>
#include <map>
#include <set>

#include "app/bridge/app_backend.h"
#include "app/bridge/group_offsets.h"
#include "app/settings/app_settings.h"
#include "broker/api/operations.h"
#include "tests/app/support/suite_cluster.h"
#include "tests/app/support/suite_records.h"

using namespace weir;
using namespace weir::app;

namespace {

bool same(const std::optional<ByteView>& a, const std::optional<ByteView>& b) {
    return a.has_value() == b.has_value() && (!a || std::equal(a->begin(), a->end(), b->begin(), b->end()));
}

}  // namespace

class TstSuiteCluster : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recordsComeBackAsTheyWerePublished() {
        test::SuiteCluster t;
        const std::string topic = "t";
        t.create(topic, 3);
        const auto sent = test::someRecords(1500, 5, 3);
        std::map<std::pair<std::int32_t, std::int64_t>, const OutgoingRecord*> expected;
        for (std::size_t at = 0; at < sent.size(); at += 300) {
            const std::vector<OutgoingRecord> some(sent.begin() + static_cast<std::ptrdiff_t>(at),
                                                   sent.begin() + static_cast<std::ptrdiff_t>(at + 300));
            const auto published = t.cluster->produce(
                topic, some, {static_cast<Compression>(at / 300), at % 2 == 0 ? Acks::kAll : Acks::kLeader});
            QVERIFY2(published.ok(), published.ok() ? "" : published.error().message.c_str());
            for (std::size_t i = 0; i < some.size(); ++i) {
                QCOMPARE((*published)[i].partition, *some[i].partition);
                expected[{(*published)[i].partition.value, (*published)[i].offset.value}] = &sent[at + i];
            }
        }
        QCOMPARE(expected.size(), sent.size());
        std::size_t read = 0;
        std::set<Compression> codecs;
        for (std::int32_t p = 0; p < 3; ++p) {
            ReadRequest request;
            request.partition = {topic, PartitionId(p)};
            request.from = Offset(0);
            request.maxRecords = 70;
            for (;;) {
                const auto chunk = t.cluster->read(request);
                QVERIFY2(chunk.ok(), chunk.ok() ? "" : chunk.error().message.c_str());
                if ((*chunk)->records.empty()) {
                    QCOMPARE((*chunk)->next, (*chunk)->highWatermark);
                    break;
                }
                for (const RecordView& record : (*chunk)->records) {
                    const auto* const original = expected.at({p, record.offset.value});
                    const auto view = [](const std::optional<Bytes>& bytes) {
                        return bytes ? std::optional<ByteView>(*bytes) : std::nullopt;
                    };
                    QVERIFY(same(record.key, view(original->key)) && same(record.value, view(original->value)));
                    QVERIFY(decodeHeaders(record) == original->headers);
                    QCOMPARE(record.timestamp, original->timestamp);
                    codecs.insert((*chunk)->batches[record.batch].compression);
                    ++read;
                }
                request.from = (*chunk)->next;
            }
        }
        QCOMPARE(read, sent.size());
        QCOMPARE(codecs.size(), std::size_t{5});
    }

    void everythingOfATopicCanBeChanged() {
        test::SuiteCluster t;
        const std::string topic = "t";
        t.create(topic, 2);
        NewTopic again;
        again.name = topic;
        again.partitions = 1;
        again.replicationFactor = 1;
        QCOMPARE(t.cluster->createTopic(again).error().code, ClusterErrc::kAlreadyExists);
        QVERIFY(t.cluster->addPartitions(topic, 4).ok());
        const auto before = t.cluster->describeTopicConfig(topic);
        QVERIFY(before.ok());
        const auto find = [](const std::vector<ConfigEntry>& all, const std::string& name) {
            return *std::find_if(all.begin(), all.end(), [&](const ConfigEntry& one) { return one.name == name; });
        };
        QCOMPARE(find(*before, "retention.ms").value, std::optional<std::string>("-1"));
        QCOMPARE(find(*before, "retention.ms").source, ConfigEntry::Source::kTopic);
        QVERIFY(!find(*before, "retention.ms").documentation.empty());
        QVERIFY(!t.cluster->alterTopicConfig(topic, {{"retention.ms", "soon"}}, false).ok());
        QVERIFY(t.cluster->alterTopicConfig(topic, {{"retention.ms", "5000"}}, true).ok());
        QVERIFY(
            t.cluster
                ->alterTopicConfig(topic, {{"retention.ms", std::nullopt}, {"cleanup.policy", "compact,delete"}}, false)
                .ok());
        const auto after = t.cluster->describeTopicConfig(topic);
        QCOMPARE(find(*after, "cleanup.policy").value, std::optional<std::string>("compact,delete"));
        QVERIFY(find(*after, "retention.ms").source != ConfigEntry::Source::kTopic);
        QVERIFY(t.cluster->alterTopicConfig(topic, {{"cleanup.policy", "delete"}}, false).ok());
        QVERIFY(t.cluster->describeBrokerConfig().ok());

        // Kafka's controller answers before its brokers have heard that keys are no longer needed.
        const auto takesNoKeys = [&t, &topic] {
            std::vector<OutgoingRecord> keyless(2);
            for (std::int32_t p = 0; p < 2; ++p) {
                keyless[static_cast<std::size_t>(p)].partition = PartitionId(p);
                keyless[static_cast<std::size_t>(p)].timestamp = Timestamp(1);
            }
            return test::whyNotPublished(*t.cluster, topic, keyless).isEmpty();
        };
        QVERIFY(QTest::qWaitFor(takesNoKeys, 20'000));
        QCOMPARE(test::whyNotPublished(*t.cluster, topic, test::someRecords(200, 3, 2)), QString());
        const TopicPartition first{topic, PartitionId(0)};
        const auto cut = t.cluster->deleteRecordsBefore(first, Offset(10));
        QVERIFY2(cut.ok(), cut.ok() ? "" : cut.error().message.c_str());
        QCOMPARE(*cut, Offset(10));
        QCOMPARE(*t.cluster->offsetFor(first, {OffsetSpecKind::kEarliest, {}}), Offset(10));
        const auto end = *t.cluster->offsetFor(first, {OffsetSpecKind::kLatest, {}});
        const auto snapshot = t.cluster->snapshot();
        const TopicSnapshot* const seen = (*snapshot)->findTopic(topic);
        QVERIFY(seen != nullptr);
        QCOMPARE(seen->partitions.size(), std::size_t{4});
        QCOMPARE(seen->partitions[0].logStart, Offset(10));
        QCOMPARE(seen->partitions[0].highWatermark, end);
        ReadRequest request;
        request.partition = first;
        request.from = Offset(0);
        QCOMPARE(t.cluster->read(request).error().kafkaCode, 1);
        request.from = Offset(10);
        request.maxRecords = 1;
        const auto one = *t.cluster->read(request);
        QCOMPARE(*t.cluster->offsetFor(first, {OffsetSpecKind::kAtTimestamp, one->records.front().timestamp}),
                 Offset(10));
        QCOMPARE(*t.cluster->offsetFor(first, {OffsetSpecKind::kMaxTimestamp, {}}), end - 1);
        QVERIFY(t.cluster->deleteTopic(topic).ok());
        QCOMPARE(t.cluster->read(request).error().code, ClusterErrc::kNotFound);
        QCOMPARE(t.cluster->produce(topic, {OutgoingRecord()}, {}).error().code, ClusterErrc::kNotFound);
    }

    void aGroupIsSeenResetAndRemoved() {
        test::SuiteCluster t;
        const std::string topic = "t";
        const std::string group = "g";
        t.create(topic, 2);
        QCOMPARE(test::whyNotPublished(*t.cluster, topic, test::someRecords(100, 9, 2)), QString());
        const TopicPartition first{topic, PartitionId(0)};
        const TopicPartition second{topic, PartitionId(1)};
        QVERIFY(t.cluster->alterGroupOffsets(group, {{first, Offset(7)}, {second, Offset(3)}}).ok());
        const auto snapshot = t.cluster->snapshot();
        const GroupSnapshot* const seen = (*snapshot)->findGroup(group);
        QVERIFY(seen != nullptr);
        QCOMPARE(seen->state, GroupState::kEmpty);
        QCOMPARE(seen->offsets.size(), std::size_t{2});
        const auto lags = lagOf(*t.cluster, group, Timestamp(1'800'000'000'000));
        QVERIFY(lags.ok());
        QCOMPARE(lags->size(), std::size_t{2});
        QCOMPARE(lags->front().lag, t.cluster->offsetFor(first, {OffsetSpecKind::kLatest, {}})->value - 7);
        QVERIFY(lags->front().timeLagMs > 0);
        ui::ResetSpec spec;
        spec.group = QString::fromStdString(group);
        spec.kind = ui::ResetKind::kShiftBy;
        spec.shift = -2;
        const auto rows = previewReset(*t.cluster, spec, Timestamp(0));
        QVERIFY(rows.ok());
        QVERIFY(setOffsets(*t.cluster, group, *rows, ResetSide::kAfter).ok());
        QCOMPARE(lagOf(*t.cluster, group, Timestamp(0))->front().committed, std::optional<Offset>(Offset(5)));
        QVERIFY(t.cluster->alterGroupOffsets(group, {{second, std::nullopt}}).ok());
        QCOMPARE((*t.cluster->snapshot())->findGroup(group)->offsets.size(), std::size_t{1});
        QVERIFY(t.cluster->deleteGroup(group).ok());
        QVERIFY((*t.cluster->snapshot())->findGroup(group) == nullptr);
        QVERIFY(!t.cluster->deleteGroup(group).ok());
    }

    void theWholeBackendWorks() {
        test::SuiteCluster t;
        const SystemClock clock;
        const std::string topic = "t";
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        AppBackend backend(t.cluster, settings, clock, random, {});
        t.create(topic, 2);
        QCOMPARE(test::whyNotPublished(*t.cluster, topic, test::someRecords(300, 2, 2)), QString());
        QTRY_VERIFY(backend.live().current()->findTopic(topic) != nullptr);
        auto feed = backend.records().makeFeed();
        QSignalSpy opened(feed.get(), &ui::RecordFeed::opened);
        ui::RecordQuery query;
        query.topic = QString::fromStdString(topic);
        query.start.kind = ui::StartKind::kLive;
        feed->open(query);
        QVERIFY(opened.wait());
        QTRY_COMPARE(feed->rowCount(), 300);
        QCOMPARE(test::whyNotPublished(*t.cluster, topic, test::someRecords(50, 4, 2)), QString());
        QTRY_COMPARE(feed->rowCount(), 350);
        QTRY_VERIFY(backend.live().topicSpark(query.topic).size() > 0);
        QVERIFY(backend.live().staleReason().isEmpty());
    }

    void administratorsAreAnswered() {
        test::SuiteCluster t;
        api::Operations& ask = **t.cluster->operations();
        const std::string user = "alice";
        const auto has = [&ask, &user] {
            const auto users = ask.users();
            return users && std::any_of(users->begin(), users->end(), [&](const UserInfo& one) {
                       return one.name == user && one.logins.front().iterations == 8192;
                   });
        };
        // Kafka's controller answers before its brokers have heard of it.
        const auto put = ask.putLogin({user, LoginMechanism::kScramSha256, 8192, "a password"});
        QVERIFY2(put.ok(), put.ok() ? "" : put.error().message.c_str());
        QTRY_VERIFY(has());
        QCOMPARE(ask.putLogin({user, LoginMechanism::kScramSha256, 100, "x"}).error().code, ClusterErrc::kInvalid);
        QVERIFY(ask.removeLogin(user, LoginMechanism::kScramSha256).ok());
        QTRY_VERIFY(!has());

        const QuotaTarget whose{std::nullopt, "client", std::nullopt};
        const auto limit = [&] {
            const auto quotas = ask.quotas();
            for (const QuotaInfo& one : quotas ? *quotas : std::vector<QuotaInfo>()) {
                if (one.target == whose) {
                    return one.limits.at("producer_byte_rate");
                }
            }
            return 0.0;
        };
        QVERIFY(ask.setQuotas(whose, {{"producer_byte_rate", 5000.0}}).ok());
        QTRY_COMPARE(limit(), 5000.0);
        QVERIFY(ask.setQuotas(whose, {{"producer_byte_rate", std::nullopt}}).ok());
        QTRY_COMPARE(limit(), 0.0);

        const auto rules = ask.accessRules();
        QVERIFY2(rules.ok(), rules.ok() ? "" : rules.error().message.c_str());
        // No authorizer in any of ours.
        QVERIFY(t.broker() == nullptr || !rules->areEnforced);
        const auto transactions = ask.transactions();
        QVERIFY2(transactions.ok(), transactions.ok() ? "" : transactions.error().message.c_str());

        t.create("t", 1);
        QCOMPARE(test::whyNotPublished(*t.cluster, "t", test::someRecords(10, 3, 1)), QString());
        const auto producers = ask.producers({"t", PartitionId(0)});
        QVERIFY2(producers.ok(), producers.ok() ? "" : producers.error().message.c_str());
        QCOMPARE(ask.producers({"none", PartitionId(0)}).error().code, ClusterErrc::kNotFound);
        QCOMPARE(ask.streams("none").error().code, ClusterErrc::kNotFound);
        QVERIFY(ask.describeGroupConfig("g").ok());
    }
};

QTEST_GUILESS_MAIN(TstSuiteCluster)
#include "tst_suite_cluster.moc"
