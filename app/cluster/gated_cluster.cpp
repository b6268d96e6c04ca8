// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/gated_cluster.h"

namespace weir::app {

namespace {

Failure<ClusterError> refusal(std::string why) {
    return fail(ClusterError{ClusterErrc::kRefused, 0, std::move(why)});
}

}  // namespace

ChangeGate readOnlyGate(const std::string& cluster) {
    return [sentence = "The connection to " + cluster + " is read-only: nothing there is changed through it."] {
        return sentence;
    };
}

/// The same gate before what an administrator changes.
class GatedCluster::Operations final : public api::Operations {
public:
    Operations(api::Operations& inner, const ChangeGate& whyNot) : m_inner(inner), m_whyNot(whyNot) {}

    ClusterResult<std::vector<TransactionInfo>> transactions() override { return m_inner.transactions(); }
    ClusterResult<void> abortTransaction(const TransactionInfo& transaction) override {
        return change([&] { return m_inner.abortTransaction(transaction); });
    }
    ClusterResult<std::vector<ProducerInfo>> producers(const TopicPartition& partition) override {
        return m_inner.producers(partition);
    }
    ClusterResult<std::vector<CompactionInfo>> compaction(const std::string& topic) override {
        return m_inner.compaction(topic);
    }
    ClusterResult<std::vector<ShareDelivery>> shareDeliveries(const std::string& group) override {
        return m_inner.shareDeliveries(group);
    }
    ClusterResult<StreamsInfo> streams(const std::string& group) override { return m_inner.streams(group); }
    ClusterResult<std::vector<ConfigEntry>> describeGroupConfig(const std::string& group) override {
        return m_inner.describeGroupConfig(group);
    }
    ClusterResult<void> alterGroupConfig(const std::string& group, const std::vector<ConfigChange>& changes,
                                         bool validateOnly) override {
        const auto go = [&] { return m_inner.alterGroupConfig(group, changes, validateOnly); };
        return validateOnly ? go() : change(go);
    }
    ClusterResult<std::vector<UserInfo>> users() override { return m_inner.users(); }
    ClusterResult<void> putLogin(const NewLogin& login) override {
        return change([&] { return m_inner.putLogin(login); });
    }
    ClusterResult<void> removeLogin(const std::string& user, LoginMechanism mechanism) override {
        return change([&] { return m_inner.removeLogin(user, mechanism); });
    }
    ClusterResult<AccessRules> accessRules() override { return m_inner.accessRules(); }
    ClusterResult<void> addRule(const AccessRule& rule) override {
        return change([&] { return m_inner.addRule(rule); });
    }
    ClusterResult<void> removeRule(const AccessRule& rule) override {
        return change([&] { return m_inner.removeRule(rule); });
    }
    ClusterResult<std::vector<QuotaInfo>> quotas() override { return m_inner.quotas(); }
    ClusterResult<void> setQuotas(const QuotaTarget& target,
                                  const std::map<std::string, std::optional<double>>& limits) override {
        return change([&] { return m_inner.setQuotas(target, limits); });
    }
    ClusterResult<QuorumInfo> quorum() override { return m_inner.quorum(); }
    ClusterResult<FeaturesInfo> features() override { return m_inner.features(); }
    ClusterResult<std::vector<LogDir>> logDirs() override { return m_inner.logDirs(); }

private:
    template <class Change>
    ClusterResult<void> change(Change go) {
        if (std::string why = m_whyNot(); !why.empty()) {
            return refusal(std::move(why));
        }
        return go();
    }

    api::Operations& m_inner;
    const ChangeGate& m_whyNot;
};

/// And before the registry.
class GatedCluster::Schemas final : public api::Schemas {
public:
    Schemas(api::Schemas& inner, const ChangeGate& whyNot) : m_inner(inner), m_whyNot(whyNot) {}

    [[nodiscard]] std::string url() const override { return m_inner.url(); }
    ClusterResult<SchemaRegistryState> state() override { return m_inner.state(); }
    ClusterResult<std::vector<SchemaVersion>> versions(const std::string& subject) override {
        return m_inner.versions(subject);
    }
    ClusterResult<SchemaVerdict> check(const NewSchema& schema) override { return m_inner.check(schema); }
    ClusterResult<SchemaVersion> add(const NewSchema& schema) override {
        return change<SchemaVersion>([&] { return m_inner.add(schema); });
    }
    ClusterResult<std::vector<int>> remove(const std::string& subject, std::optional<int> version) override {
        return change<std::vector<int>>([&] { return m_inner.remove(subject, version); });
    }
    ClusterResult<void> restore(const std::string& subject, const std::vector<int>& versions) override {
        return change<void>([&] { return m_inner.restore(subject, versions); });
    }
    ClusterResult<void> setCompatibility(const std::string& subject, const std::string& level) override {
        return change<void>([&] { return m_inner.setCompatibility(subject, level); });
    }
    ClusterResult<std::shared_ptr<const api::SchemaEncoder>> encoder(const std::string& subject,
                                                                     std::optional<int> version) override {
        return m_inner.encoder(subject, version);
    }
    std::optional<ClusterResult<DecodedValue>> decode(const std::string& topic, RecordPart part,
                                                      ByteView bytes) override {
        return m_inner.decode(topic, part, bytes);
    }

private:
    template <class T, class Change>
    ClusterResult<T> change(Change go) {
        if (std::string why = m_whyNot(); !why.empty()) {
            return refusal(std::move(why));
        }
        return go();
    }

    api::Schemas& m_inner;
    const ChangeGate& m_whyNot;
};

GatedCluster::GatedCluster(std::shared_ptr<Cluster> inner, ChangeGate whyNot)
    : m_inner(std::move(inner)), m_whyNot(std::move(whyNot)) {}

GatedCluster::~GatedCluster() = default;

template <class T, class Change>
ClusterResult<T> GatedCluster::change(Change go) {
    if (std::string why = m_whyNot(); !why.empty()) {
        return refusal(std::move(why));
    }
    return go();
}

ClusterResult<void> GatedCluster::createTopic(const NewTopic& topic) {
    return change<void>([&] { return m_inner->createTopic(topic); });
}
ClusterResult<void> GatedCluster::deleteTopic(const std::string& name) {
    return change<void>([&] { return m_inner->deleteTopic(name); });
}
ClusterResult<void> GatedCluster::undeleteTopic(const std::string& name) {
    return change<void>([&] { return m_inner->undeleteTopic(name); });
}
ClusterResult<void> GatedCluster::addPartitions(const std::string& topic, std::int32_t total) {
    return change<void>([&] { return m_inner->addPartitions(topic, total); });
}
ClusterResult<void> GatedCluster::alterTopicConfig(const std::string& topic, const std::vector<ConfigChange>& changes,
                                                   bool validateOnly) {
    const auto go = [&] { return m_inner->alterTopicConfig(topic, changes, validateOnly); };
    return validateOnly ? go() : change<void>(go);
}
ClusterResult<void> GatedCluster::alterBrokerConfig(const std::vector<ConfigChange>& changes, bool validateOnly) {
    const auto go = [&] { return m_inner->alterBrokerConfig(changes, validateOnly); };
    return validateOnly ? go() : change<void>(go);
}
ClusterResult<Offset> GatedCluster::deleteRecordsBefore(const TopicPartition& partition, Offset before) {
    return change<Offset>([&] { return m_inner->deleteRecordsBefore(partition, before); });
}
ClusterResult<std::vector<PublishedRecord>> GatedCluster::produce(const std::string& topic,
                                                                  const std::vector<OutgoingRecord>& records,
                                                                  const ProduceOptions& options) {
    return change<std::vector<PublishedRecord>>([&] { return m_inner->produce(topic, records, options); });
}
ClusterResult<void> GatedCluster::alterGroupOffsets(const std::string& group,
                                                    const std::vector<OffsetChange>& changes) {
    return change<void>([&] { return m_inner->alterGroupOffsets(group, changes); });
}
ClusterResult<void> GatedCluster::deleteGroup(const std::string& group) {
    return change<void>([&] { return m_inner->deleteGroup(group); });
}
ClusterResult<void> GatedCluster::removeMember(const std::string& group, const std::string& memberId) {
    return change<void>([&] { return m_inner->removeMember(group, memberId); });
}
ClusterResult<void> GatedCluster::disconnect(std::uint64_t connectionId) {
    return change<void>([&] { return m_inner->disconnect(connectionId); });
}

ClusterResult<api::Operations*> GatedCluster::operations() {
    const auto inner = m_inner->operations();
    if (!inner) {
        return fail(ClusterError(inner.error()));
    }
    const std::lock_guard lock(m_mutex);
    if (m_operations == nullptr) {
        m_operations = std::make_unique<Operations>(**inner, m_whyNot);
    }
    return static_cast<api::Operations*>(m_operations.get());
}

ClusterResult<api::Schemas*> GatedCluster::schemas() {
    const auto inner = m_inner->schemas();
    if (!inner) {
        return fail(ClusterError(inner.error()));
    }
    const std::lock_guard lock(m_mutex);
    if (m_schemas == nullptr) {
        m_schemas = std::make_unique<Schemas>(**inner, m_whyNot);
    }
    return static_cast<api::Schemas*>(m_schemas.get());
}

}  // namespace weir::app
