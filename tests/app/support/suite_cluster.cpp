// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/support/suite_cluster.h"

#include <QFile>
#include <QTest>
#include <algorithm>

#include "app/cluster/embedded_cluster.h"
#include "app/cluster/remote/remote_cluster.h"
#include "app/connections/profiles.h"
#include "app/connections/properties_import.h"
#include "tests/app/support/remote_fixture.h"

namespace weir::test {

namespace {

constexpr int kPatienceMs = 20'000;

app::RemoteOptions foreign(const QString& over) {
    QString text = over;
    if (QFile file(over); file.exists()) {
        if (!file.open(QIODevice::ReadOnly)) {
            qFatal("%s cannot be read", qPrintable(over));
        }
        text = QString::fromUtf8(file.readAll());
    }
    const ui::ImportedConnection made = app::importProperties(text);
    if (made.profile.bootstrap.isEmpty() || !made.notes.isEmpty()) {
        qFatal("%s is no cluster: %s", qPrintable(over), qPrintable(made.notes.join(' ')));
    }
    app::RemoteOptions options = app::optionsOf(made.profile, made.secrets);
    options.name = "Test";
    return options;
}

}  // namespace

void createTopic(app::Cluster& cluster, const std::string& topic, int partitions) {
    NewTopic request;
    request.name = topic;
    request.partitions = partitions;
    // The records of the suites are years old; retention would take them from under a slow run.
    request.configs = {{"retention.ms", "-1"}};
    if (const auto created = cluster.createTopic(request); !created) {
        qFatal("%s", created.error().message.c_str());
    }
    // Kafka's controller answers before its brokers have heard of it.
    const auto isThere = [&] {
        const auto snapshot = cluster.snapshot();
        const TopicSnapshot* const found = snapshot ? (*snapshot)->findTopic(topic) : nullptr;
        return found != nullptr && found->partitions.size() == static_cast<std::size_t>(partitions) &&
               std::all_of(found->partitions.begin(), found->partitions.end(), [&](const PartitionSnapshot& one) {
                   return cluster.offsetFor({topic, one.partition}, {OffsetSpecKind::kLatest, {}}).ok();
               });
    };
    if (!QTest::qWaitFor(isThere, kPatienceMs)) {
        qFatal("%s was made and is not there", topic.c_str());
    }
}

QString SuiteCluster::named() {
    return qEnvironmentVariable("WEIR_SUITE_OVER", QStringLiteral("embedded"));
}

SuiteCluster::SuiteCluster(std::map<std::string, std::string> configs, const QString& over) {
    static const std::map<QString, Door> kDoors{{QStringLiteral("embedded"), Door::kPlain},
                                                {QStringLiteral("weir-plain"), Door::kPlain},
                                                {QStringLiteral("weir-tls"), Door::kTls},
                                                {QStringLiteral("weir-scram"), Door::kScram}};
    if (const auto door = kDoors.find(over); door != kDoors.end()) {
        m_own = std::make_unique<RemoteFixture>(door->second, std::move(configs));
        m_options = m_own->options();
        m_isRemote = over != QStringLiteral("embedded");
        // The fixture owns the broker and outlives what looks at it.
        cluster = m_isRemote ? std::shared_ptr<app::Cluster>(m_own->cluster)
                             : std::make_shared<app::EmbeddedCluster>(
                                   std::shared_ptr<api::Broker>(std::shared_ptr<void>(), &m_own->broker()));
        return;
    }
    m_options = foreign(over);
    cluster = std::make_shared<app::RemoteCluster>(m_options, m_clock);
    m_before = names();
}

SuiteCluster::~SuiteCluster() {
    if (m_own) {
        return;
    }
    const Names now = names();
    for (const std::string& group : now.groups) {
        if (!m_before.groups.contains(group)) {
            static_cast<void>(cluster->deleteGroup(group).ok());
        }
    }
    for (const std::string& topic : now.topics) {
        if (!m_before.topics.contains(topic) && !topic.starts_with("__") && !cluster->deleteTopic(topic)) {
            qWarning("%s is left behind", topic.c_str());
        }
    }
    // The next test may use the same names.
    if (!QTest::qWaitFor([this] { return names().topics == m_before.topics; }, kPatienceMs)) {
        qWarning("the cluster keeps what this test made");
    }
}

api::Broker* SuiteCluster::broker() const {
    return m_own ? &m_own->broker() : nullptr;
}

void SuiteCluster::create(const std::string& topic, int partitions) {
    createTopic(*cluster, topic, partitions);
}

SuiteCluster::Names SuiteCluster::names() const {
    Names all;
    const auto snapshot = cluster->snapshot();
    if (!snapshot) {
        qFatal("%s", snapshot.error().message.c_str());
    }
    for (const auto& topic : (*snapshot)->topics) {
        if (!topic->name.starts_with("__")) {
            all.topics.insert(topic->name);
        }
    }
    for (const auto& group : (*snapshot)->groups) {
        all.groups.insert(group->id);
    }
    return all;
}

}  // namespace weir::test
