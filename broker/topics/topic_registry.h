// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/base/random.h"
#include "broker/base/threads.h"
#include "broker/catalog/catalog.h"
#include "broker/config/alter.h"
#include "broker/config/broker_config.h"
#include "broker/config/describe.h"
#include "broker/model/admin.h"
#include "broker/storage/log_directory.h"
#include "broker/topics/partition_access.h"
#include "broker/topics/published.h"
#include "broker/topics/retired_folders.h"
#include "broker/topics/topic.h"
#include "broker/topics/topic_errors.h"

namespace weir::topics {

struct ReconcilePlan;

enum class Mode { kApply, kValidateOnly };

/// What a start found and did, for the log and for the person.
struct StartReport {
    std::size_t topics = 0;
    std::size_t partitions = 0;
    std::vector<std::string> adoptedTopics;
    /// Folders that belong to no topic, and where they are kept now.
    std::vector<std::string> quarantined;
    /// Partitions whose folder was not there; they start empty.
    std::vector<TopicPartition> madeAnew;
    struct Offline {
        TopicPartition partition;
        std::string reason;
    };
    std::vector<Offline> offline;
};

/// What came of one topic of a creation.
struct CreatedTopic {
    std::string name;
    /// Zero when it was only checked.
    TopicId id;
    std::int32_t partitions = 0;
    config::ConfigMap overrides;
};

/// A topic that came back. Its groups' commits are the coordinator's to take (GroupManager::setOffsets).
struct UndeletedTopic {
    TopicPtr topic;
    std::vector<catalog::GroupOffset> offsets;
};

/// Which topics there are, and their settings and the broker's: the one place that changes them. A change is in the
/// catalog before anything else sees it, so a crash at any moment leaves a topic there or not, never half; what is left
/// over in folders is put in order at the next start and reported.
///
/// Threads: snapshot(), brokerConfig() and the describing calls are for any thread at any time and never wait for the
/// disk. The changing calls take turns and do wait. Observers are called on the changing thread, after the change.
class TopicRegistry {
public:
    /// All of it outlives the registry and every snapshot.
    struct Environment {
        catalog::Catalog& catalog;
        storage::LogDirectory& directory;
        PartitionAccess& partitions;
        const Clock& clock;
        Random& random;
        Logger logger;
        Threads threads = Threads::kOwn;
    };
    struct Observer {
        /// The topic is gone for clients: forget its commits, sessions and whatever else hangs on it.
        std::function<void(const Topic&)> deleted = [](const Topic&) {};
        /// Asked before settings of the broker are kept: whether they can be put into force.
        std::function<Result<void, config::ConfigError>(const config::BrokerLayers&)> judgeBrokerConfig =
            [](const config::BrokerLayers&) { return Result<void, config::ConfigError>(); };
        /// A live broker setting has changed.
        std::function<void(const config::BrokerConfig&)> brokerConfigChanged = [](const config::BrokerConfig&) {};
    };

    /// Partitions that a topic can have at most.
    static constexpr std::int32_t kMaxPartitions = 10'000;

    /// Puts catalog and folders in order and opens every partition, several at a time. A partition that cannot be
    /// opened is offline; the others serve. `fixed` are the checked settings of the file and the command line.
    static TopicResult<std::unique_ptr<TopicRegistry>> open(Environment environment, config::ConfigMap fixed);
    /// As a killed process would leave it; close() is the clean way.
    ~TopicRegistry();
    TopicRegistry(const TopicRegistry&) = delete;
    TopicRegistry& operator=(const TopicRegistry&) = delete;

    /// Before the first change.
    void observe(Observer observer) { m_observer = std::move(observer); }
    [[nodiscard]] const StartReport& startReport() const { return m_report; }

    [[nodiscard]] std::shared_ptr<const TopicsSnapshot> snapshot() const { return m_topics.get(); }
    /// Another number whenever snapshot() is another one.
    [[nodiscard]] std::uint64_t snapshotVersion() const { return m_topics.version(); }
    [[nodiscard]] std::shared_ptr<const config::BrokerConfig> brokerConfig() const { return m_brokerConfig.get(); }
    /// The broker's settings as text, for whoever resolves settings of its own from them.
    [[nodiscard]] std::shared_ptr<const config::BrokerLayers> brokerLayers() const { return m_layers.get(); }

    // Topics. Answers stand in the order of the request, one for each topic.
    std::vector<TopicResult<CreatedTopic>> create(const std::vector<NewTopic>& topics, Mode mode);
    /// The topic, made with the broker's defaults if it is not there and auto.create.topics.enable allows it.
    TopicResult<TopicPtr> findOrCreate(const std::string& name);
    TopicResult<void> remove(const std::string& name);
    /// Brings back the topic of that name that was deleted last, while weir.undo.ms lasts and the disk has room.
    TopicResult<UndeletedTopic> undelete(const std::string& name);
    /// Deleted topics that can still be brought back, the newest first.
    TopicResult<std::vector<catalog::DeletedTopicRow>> deleted();
    /// `total` is the wanted count, above the present one (Kafka's createPartitions).
    TopicResult<void> addPartitions(const std::string& name, std::int32_t total, Mode mode);

    // Settings. An empty list of changes is no change.
    TopicResult<void> alterTopic(const std::string& name, const std::vector<config::Alteration>& changes, Mode mode);
    /// The topic's overrides become exactly these (legacy AlterConfigs).
    TopicResult<void> replaceTopicConfig(const std::string& name, const config::ConfigMap& overrides, Mode mode);
    TopicResult<void> alterBroker(catalog::ConfigScope scope, const std::vector<config::Alteration>& changes,
                                  Mode mode);
    TopicResult<void> replaceBrokerConfig(catalog::ConfigScope scope, const config::ConfigMap& settings, Mode mode);
    TopicResult<std::vector<config::DescribedConfig>> describeTopicConfig(const std::string& name) const;
    /// What a topic with these overrides would be described as: for the answer of a creation.
    [[nodiscard]] std::vector<config::DescribedConfig> describeOverrides(const config::ConfigMap& overrides) const;
    [[nodiscard]] std::vector<config::DescribedConfig> describeBrokerConfig() const;
    [[nodiscard]] std::vector<config::DescribedConfig> describeBrokerDefaults() const;

    /// Retention, flushes and expiry in every partition, then the removal of topics whose undo time is over. Call it
    /// about once a second from the housekeeping thread; with nothing to do it costs microseconds a partition.
    void housekeep(Timestamp now);
    /// Clean stop: closes every partition and marks the folder clean if that worked. Later changes: kStopped.
    TopicResult<void> close();

private:
    TopicRegistry(Environment environment, config::BrokerLayers layers);

    TopicResult<void> start();
    TopicResult<void> putInOrder(const ReconcilePlan& plan);
    void openTopics(const std::vector<catalog::TopicRow>& rows);
    [[nodiscard]] Topic::Slot openSlot(const TopicPartition& id, const TopicId& topicId,
                                       const PartitionOptions& options) const;

    /// Tries the partitions again that could not be opened because the disk was full.
    void openWhatHasRoom();

    [[nodiscard]] std::shared_ptr<const config::TopicConfig> configFor(const config::ConfigMap& overrides) const;
    TopicResult<CreatedTopic> checkNew(const NewTopic& topic, const TopicsSnapshot& present) const;
    [[nodiscard]] std::vector<std::shared_ptr<Topic>> drawUp(const std::vector<CreatedTopic>& created) const;
    void openNew(const std::vector<std::shared_ptr<Topic>>& topics) const;
    TopicResult<void> settle(const Topic& topic);
    TopicResult<void> buryWithoutLock(const TopicPtr& topic);
    TopicResult<void> setOverrides(const TopicPtr& topic, const config::ConfigMap& overrides, Mode mode);
    TopicResult<void> setBroker(catalog::ConfigScope scope, const config::ConfigMap& settings, Mode mode);
    void applyBrokerLayers(config::BrokerLayers layers);
    [[nodiscard]] bool isShortOfRoom();
    [[nodiscard]] std::vector<io::Path> forgetDeleted(Timestamp now);
    /// How many threads share a piece of work.
    [[nodiscard]] std::size_t helpers(std::size_t most) const {
        return m_environment.threads == Threads::kOwn ? most : 1;
    }

    Environment m_environment;
    Observer m_observer;
    StartReport m_report;
    RetiredFolders m_retired;
    Published<config::BrokerLayers> m_layers;
    Published<config::BrokerConfig> m_brokerConfig;
    Published<config::TopicConfig> m_defaultConfig;
    Published<TopicsSnapshot> m_topics;

    /// Changes take turns; guards what is below.
    std::mutex m_admin;
    bool m_stopped = false;
    /// Something deleted may wait for its removal.
    bool m_purgePending = true;
    Clock::Steady m_lookForRoomAt{};
};

}  // namespace weir::topics
