// SPDX-License-Identifier: GPL-3.0-or-later
#include <mutex>
#include <new>
#include <optional>

#include "broker/io/files.h"
#include "broker/topics/in_parallel.h"
#include "broker/topics/reconcile.h"
#include "broker/topics/registry_errors.h"
#include "broker/topics/topic_config.h"
#include "broker/topics/topic_registry.h"

/// Start and stop of the registry.
namespace weir::topics {

namespace {

constexpr std::size_t kOpeningThreads = 16;

}  // namespace

TopicRegistry::TopicRegistry(Environment environment, config::BrokerLayers layers)
    : m_environment(std::move(environment)),
      m_retired(m_environment.directory),
      m_layers(std::make_shared<const config::BrokerLayers>(layers)),
      m_brokerConfig(std::make_shared<const config::BrokerConfig>(config::resolveBrokerConfig(layers))),
      m_defaultConfig(std::make_shared<const config::TopicConfig>(config::resolveTopicConfig({}, layers))),
      m_topics(std::make_shared<const TopicsSnapshot>()) {}

TopicRegistry::~TopicRegistry() = default;

TopicResult<std::unique_ptr<TopicRegistry>> TopicRegistry::open(Environment environment, config::ConfigMap fixed) {
    auto live = environment.catalog.brokerSettings();
    if (!live) {
        return fail(fromCatalog(live.error()));
    }
    config::BrokerLayers layers{std::move(live->broker), std::move(live->brokerDefault), std::move(fixed)};
    std::unique_ptr<TopicRegistry> registry(new TopicRegistry(std::move(environment), std::move(layers)));
    if (auto started = registry->start(); !started) {
        return fail(started.error());
    }
    return registry;
}

TopicResult<void> TopicRegistry::start() {
    const auto rows = m_environment.catalog.topics();
    if (!rows) {
        return fail(fromCatalog(rows.error()));
    }
    const auto deleted = m_environment.catalog.deletedTopics();
    if (!deleted) {
        return fail(fromCatalog(deleted.error()));
    }
    const auto folders = m_environment.directory.list();
    if (!folders) {
        return fail(TopicErrc::kStorage, folders.error().message);
    }
    const UnknownFolders unknown =
        m_environment.catalog.report().isNew ? UnknownFolders::kAdopt : UnknownFolders::kQuarantine;
    const ReconcilePlan plan = reconcile(*rows, *deleted, *folders, unknown, m_environment.random);
    if (auto done = putInOrder(plan); !done) {
        return done;
    }
    openTopics(plan.topics);
    return {};
}

TopicResult<void> TopicRegistry::putInOrder(const ReconcilePlan& plan) {
    const Logger& logger = m_environment.logger;
    for (const TopicPartition& partition : plan.retired) {
        if (auto done = m_environment.directory.retire(partition); !done) {
            return fail(TopicErrc::kStorage, done.error().message);
        }
    }
    const io::Path quarantine = m_environment.directory.root() / ".quarantine";
    for (const TopicPartition& partition : plan.strays) {
        const io::Path folder = m_environment.directory.pathOf(partition);
        auto moved = io::moveInto(m_environment.directory.fileSystem(), folder, quarantine);
        if (!moved) {
            return fail(TopicErrc::kStorage, moved.error().message);
        }
        logger.warn("{} belongs to no topic and is kept as {}", folder.string(), moved->string());
        m_report.quarantined.push_back(moved->string());
    }
    if (!plan.adopted.empty()) {
        std::vector<catalog::TopicRow> rows = plan.adopted;
        for (catalog::TopicRow& row : rows) {
            row.createdAt = Timestamp(m_environment.clock.wallNowMs());
            m_report.adoptedTopics.push_back(row.name);
        }
        if (auto done = m_environment.catalog.createTopics(rows); !done) {
            return fail(fromCatalog(done.error()));
        }
        logger.warn("{} topics were found on the disk and taken over with default settings", rows.size());
    }
    for (const TopicPartition& partition : plan.missing) {
        logger.warn("{}-{} has no folder and starts empty", partition.topic, partition.partition.value);
    }
    m_report.madeAnew = plan.missing;
    return {};
}

Topic::Slot TopicRegistry::openSlot(const TopicPartition& id, const TopicId& topicId,
                                    const PartitionOptions& options) const {
    // Short enough to need no memory itself.
    std::string why = "out of memory";
    bool waitsForRoom = false;
    try {
        auto opened = m_environment.partitions.open(id, topicId, options);
        if (opened) {
            return {*std::move(opened), {}};
        }
        waitsForRoom = opened.error().code == PartitionErrc::kNoRoom;
        why = std::move(opened).error().message;
    } catch (const std::bad_alloc&) {
        // A disk's failure or this: the partition is not served.
    }
    m_environment.logger.error("{}-{} is offline: {}", id.topic, id.partition.value, why);
    return {nullptr, std::move(why), waitsForRoom};
}

void TopicRegistry::openWhatHasRoom() {
    // A start that finds no room again costs the reading of a log's end: not every second.
    constexpr std::chrono::seconds kPause{5};
    constexpr std::uint64_t kRoom = std::uint64_t{1} << 20;
    const auto space = m_environment.directory.space();
    const auto now = m_environment.clock.steadyNow();
    const std::lock_guard lock(m_admin);
    if (m_stopped || !space || space->freeBytes < kRoom || now < m_lookForRoomAt) {
        return;
    }
    m_lookForRoomAt = now + kPause;
    std::vector<TopicPtr> changed;
    for (const TopicPtr& topic : snapshot()->topics()) {
        auto fuller = std::make_shared<Topic>(*topic);
        const PartitionOptions options = partitionOptionsOf(*topic->config, *brokerConfig());
        bool isFuller = false;
        std::int32_t partition = 0;
        for (Topic::Slot& slot : fuller->partitions) {
            const TopicPartition id{topic->name, PartitionId(partition++)};
            if (slot.waitsForRoom) {
                slot = openSlot(id, topic->id, options);
                isFuller = true;
            }
        }
        if (isFuller) {
            changed.push_back(std::move(fuller));
        }
    }
    m_topics.set(snapshot()->with(changed, {}));
}

void TopicRegistry::openTopics(const std::vector<catalog::TopicRow>& rows) {
    struct Job {
        TopicPartition id;
        TopicId topicId;
        PartitionOptions options;
        Topic::Slot* slot;
    };
    const auto broker = brokerConfig();
    std::vector<std::shared_ptr<Topic>> topics;
    std::vector<Job> jobs;
    for (const catalog::TopicRow& row : rows) {
        auto topic = std::make_shared<Topic>(Topic{row.name, row.id, row.createdAt, row.configs, {}, {}});
        topic->config = configFor(topic->overrides);
        topic->partitions.resize(static_cast<std::size_t>(row.partitions));
        const PartitionOptions options = partitionOptionsOf(*topic->config, *broker);
        for (std::int32_t i = 0; i < row.partitions; ++i) {
            jobs.push_back(
                {{row.name, PartitionId(i)}, row.id, options, &topic->partitions[static_cast<std::size_t>(i)]});
        }
        topics.push_back(std::move(topic));
    }
    inParallel(jobs.size(), helpers(kOpeningThreads),
               [&](std::size_t i) { *jobs[i].slot = openSlot(jobs[i].id, jobs[i].topicId, jobs[i].options); });
    for (const Job& job : jobs) {
        if (!job.slot->partition) {
            m_report.offline.push_back({job.id, job.slot->offlineReason});
        }
    }
    m_report.topics = topics.size();
    m_report.partitions = jobs.size();
    m_topics.set(std::make_shared<const TopicsSnapshot>(std::vector<TopicPtr>(topics.begin(), topics.end())));
}

TopicResult<void> TopicRegistry::close() {
    const std::lock_guard lock(m_admin);
    if (m_stopped) {
        return {};
    }
    m_stopped = true;
    std::vector<std::shared_ptr<Partition>> open;
    bool allOpen = true;
    for (const TopicPtr& topic : snapshot()->topics()) {
        for (const Topic::Slot& slot : topic->partitions) {
            if (slot.partition) {
                open.push_back(slot.partition);
            } else {
                allOpen = false;
            }
        }
    }
    std::mutex mutex;
    std::optional<TopicError> first;
    inParallel(open.size(), helpers(kOpeningThreads), [&](std::size_t i) {
        if (auto closed = m_environment.partitions.close(*open[i]); !closed) {
            const std::lock_guard guard(mutex);
            first = TopicError{TopicErrc::kStorage, closed.error().message};
        }
    });
    m_topics.set(std::make_shared<const TopicsSnapshot>());
    if (first) {
        return fail(*first);
    }
    // A partition that never opened was not looked through; the next start must do it.
    if (!allOpen) {
        return {};
    }
    if (auto marked = m_environment.directory.markClean(); !marked) {
        return fail(TopicErrc::kStorage, marked.error().message);
    }
    return {};
}

}  // namespace weir::topics
