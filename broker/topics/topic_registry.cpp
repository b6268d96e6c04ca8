// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/topics/topic_registry.h"

#include <algorithm>
#include <new>
#include <set>

#include "broker/io/files.h"
#include "broker/model/topic_name.h"
#include "broker/topics/in_parallel.h"
#include "broker/topics/registry_errors.h"
#include "broker/topics/topic_config.h"

/// Topics: made, deleted, brought back, enlarged.
namespace weir::topics {

namespace {

/// Making a log waits for several syncs; many at a time share them.
constexpr std::size_t kCreatingThreads = 16;

TopicError stopped() {
    return {TopicErrc::kStopped, "The broker is stopping."};
}

TopicResult<std::int32_t> partitionCount(std::int32_t asked, std::int32_t standard) {
    if (asked == -1) {
        return standard;
    }
    if (asked < 1) {
        return fail(TopicErrc::kInvalidPartitions, "A topic needs at least one partition.");
    }
    if (asked > TopicRegistry::kMaxPartitions) {
        return fail(TopicErrc::kInvalidPartitions,
                    "A topic can have at most " + std::to_string(TopicRegistry::kMaxPartitions) + " partitions.");
    }
    return asked;
}

TopicResult<config::ConfigMap> overridesOf(const std::vector<ConfigChange>& changes) {
    config::ConfigMap overrides;
    for (const ConfigChange& change : changes) {
        if (!change.value) {
            return fail(TopicErrc::kInvalidConfig, change.name + " needs a value.");
        }
        if (!overrides.emplace(change.name, *change.value).second) {
            return fail(TopicErrc::kInvalidRequest, change.name + " is given twice.");
        }
    }
    return overrides;
}

}  // namespace

TopicResult<CreatedTopic> TopicRegistry::checkNew(const NewTopic& topic, const TopicsSnapshot& present) const {
    if (const auto why = whyNotATopicName(topic.name)) {
        return fail(TopicErrc::kInvalidName, *why);
    }
    if (present.byName(topic.name)) {
        return fail(TopicErrc::kAlreadyExists, "The topic \"" + topic.name + "\" exists already.");
    }
    if (const auto other = present.colliding(topic.name)) {
        return fail(TopicErrc::kInvalidName, "\"" + topic.name + "\" is too much like the topic \"" + other->name +
                                                 "\": '.' and '_' count as the same.");
    }
    auto partitions = partitionCount(topic.partitions, brokerConfig()->numPartitions);
    if (!partitions) {
        return fail(partitions.error());
    }
    if (topic.replicationFactor != -1 && topic.replicationFactor < 1) {
        return fail(TopicErrc::kInvalidReplicationFactor, "A topic needs at least one replica.");
    }
    auto overrides = overridesOf(topic.configs);
    if (!overrides) {
        return fail(overrides.error());
    }
    auto checked = config::validateTopicConfig(*overrides, *m_layers.get());
    if (!checked) {
        return fail(fromConfig(checked.error()));
    }
    return CreatedTopic{topic.name, {}, *partitions, *std::move(checked)};
}

/// Everything of these topics but their partitions.
std::vector<std::shared_ptr<Topic>> TopicRegistry::drawUp(const std::vector<CreatedTopic>& created) const {
    std::vector<std::shared_ptr<Topic>> topics;
    for (const CreatedTopic& one : created) {
        auto topic = std::make_shared<Topic>(
            Topic{one.name, one.id, Timestamp(m_environment.clock.wallNowMs()), one.overrides, {}, {}});
        topic->config = configFor(topic->overrides);
        topic->partitions.resize(static_cast<std::size_t>(one.partitions));
        topics.push_back(std::move(topic));
    }
    return topics;
}

/// Opens the partitions of all these topics, several at a time. What could not be opened stays empty.
void TopicRegistry::openNew(const std::vector<std::shared_ptr<Topic>>& topics) const {
    struct Job {
        TopicPartition id;
        const Topic* topic;
        PartitionOptions options;
        Topic::Slot* slot;
    };
    try {
        std::vector<Job> jobs;
        for (const auto& topic : topics) {
            const PartitionOptions options = partitionOptionsOf(*topic->config, *brokerConfig());
            std::int32_t partition = 0;
            for (Topic::Slot& slot : topic->partitions) {
                jobs.push_back({{topic->name, PartitionId(partition++)}, topic.get(), options, &slot});
            }
        }
        inParallel(jobs.size(), helpers(kCreatingThreads),
                   [&](std::size_t i) { *jobs[i].slot = openSlot(jobs[i].id, jobs[i].topic->id, jobs[i].options); });
    } catch (const std::bad_alloc&) {
        m_environment.logger.error("no memory to make topics");
    }
}

/// The row is in the catalog and opening was tried. Either all partitions came into being, or the row and what was made
/// go again.
TopicResult<void> TopicRegistry::settle(const Topic& topic) {
    const auto broken = std::find_if(topic.partitions.begin(), topic.partitions.end(),
                                     [](const Topic::Slot& slot) { return slot.partition == nullptr; });
    if (broken == topic.partitions.end()) {
        return {};
    }
    for (const Topic::Slot& slot : topic.partitions) {
        if (slot.partition) {
            (void)m_environment.partitions.remove(*slot.partition);
        }
    }
    if (auto done = m_environment.catalog.forgetTopic(topic.id); !done) {
        m_environment.logger.error("{} is half made and will be whole at the next start", topic.name);
    }
    m_purgePending = true;
    return fail(TopicErrc::kStorage, "The topic \"" + topic.name + "\" could not be made: " + broken->offlineReason);
}

std::vector<TopicResult<CreatedTopic>> TopicRegistry::create(const std::vector<NewTopic>& asked, Mode mode) {
    const std::lock_guard lock(m_admin);
    std::multiset<std::string_view> names;
    for (const NewTopic& topic : asked) {
        names.insert(topic.name);
    }
    std::vector<TopicResult<CreatedTopic>> results;
    std::vector<catalog::TopicRow> rows;
    auto present = snapshot();
    for (const NewTopic& topic : asked) {
        if (m_stopped) {
            results.emplace_back(fail(stopped()));
            continue;
        }
        if (names.count(topic.name) > 1) {
            results.emplace_back(fail(TopicErrc::kInvalidRequest, "\"" + topic.name + "\" is named twice."));
            continue;
        }
        results.push_back(checkNew(topic, *present));
        if (results.back()) {
            CreatedTopic& created = *results.back();
            // Names of one request must not be too much alike either.
            present = present->with({std::make_shared<const Topic>(Topic{created.name, {}, {}, {}, {}, {}})}, {});
            if (mode == Mode::kApply) {
                created.id = Uuid::random(m_environment.random);
                rows.push_back({created.id, created.name, created.partitions,
                                Timestamp(m_environment.clock.wallNowMs()), created.overrides});
            }
        }
    }
    if (rows.empty()) {
        return results;
    }
    // All that takes memory comes before the catalog knows of them: a topic is in both or in neither.
    std::vector<CreatedTopic> wanted;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (results[i]) {
            wanted.push_back(*results[i]);
            places.push_back(i);
        }
    }
    const auto topics = drawUp(wanted);
    std::vector<TopicPtr> made(topics.begin(), topics.end());
    auto next = snapshot()->with(made, {});
    if (auto written = m_environment.catalog.createTopics(rows); !written) {
        for (const std::size_t place : places) {
            results[place] = fail(fromCatalog(written.error()));
        }
        return results;
    }
    openNew(topics);
    for (std::size_t i = 0; i < topics.size(); ++i) {
        if (auto settled = settle(*topics[i]); !settled) {
            results[places[i]] = fail(settled.error());
            std::erase(made, topics[i]);
        }
    }
    m_topics.set(made.size() == topics.size() ? std::move(next) : snapshot()->with(made, {}));
    return results;
}

TopicResult<TopicPtr> TopicRegistry::findOrCreate(const std::string& name) {
    if (auto topic = snapshot()->byName(name)) {
        return topic;
    }
    if (!brokerConfig()->autoCreateTopics) {
        return fail(unknownTopic(name));
    }
    NewTopic wanted;
    wanted.name = name;
    const auto created = create({wanted}, Mode::kApply);
    // Somebody else may have been quicker; that is as good.
    if (auto topic = snapshot()->byName(name)) {
        return topic;
    }
    return created.front() ? TopicResult<TopicPtr>(fail(unknownTopic(name))) : fail(created.front().error());
}

TopicResult<void> TopicRegistry::buryWithoutLock(const TopicPtr& topic) {
    const std::int64_t now = m_environment.clock.wallNowMs();
    const std::int64_t undoMs = brokerConfig()->undoMs;
    catalog::DeletedTopicRow row;
    row.topic = {topic->id, topic->name, static_cast<std::int32_t>(topic->partitions.size()), topic->createdAt,
                 topic->overrides};
    row.deletedAt = Timestamp(now);
    row.keepUntil = Timestamp(undoMs > INT64_MAX - now ? INT64_MAX : now + undoMs);
    for (const Topic::Slot& slot : topic->partitions) {
        row.logStarts.push_back(slot.partition ? m_environment.partitions.logStart(*slot.partition) : Offset(0));
    }
    auto without = snapshot()->with({}, {topic->name});
    if (auto done = m_environment.catalog.deleteTopic(row); !done) {
        return fail(fromCatalog(done.error()));
    }
    m_topics.set(std::move(without));
    m_purgePending = true;
    const auto setAside = [&](std::size_t i) {
        const auto& partition = topic->partitions[i].partition;
        const TopicPartition id{topic->name, PartitionId(static_cast<std::int32_t>(i))};
        std::string failure;
        if (partition) {
            if (auto done = m_environment.partitions.remove(*partition); !done) {
                failure = done.error().message;
            }
        } else if (auto done = m_environment.directory.retire(id); !done) {  // One that never opened has files, too.
            failure = done.error().message;
        }
        if (!failure.empty()) {
            m_environment.logger.warn("the files of {}-{} could not be set aside yet: {}", id.topic, i, failure);
        }
    };
    try {
        inParallel(topic->partitions.size(), helpers(kCreatingThreads), setAside);
    } catch (const std::bad_alloc&) {
        m_environment.logger.warn("the files of {} could not be set aside yet: no memory", topic->name);
    }
    return {};
}

TopicResult<void> TopicRegistry::remove(const std::string& name) {
    TopicPtr topic;
    {
        const std::lock_guard lock(m_admin);
        if (m_stopped) {
            return fail(stopped());
        }
        if (!brokerConfig()->deleteTopics) {
            return fail(TopicErrc::kDeletionDisabled, "delete.topic.enable is false.");
        }
        topic = snapshot()->byName(name);
        if (!topic) {
            return fail(unknownTopic(name));
        }
        if (auto done = buryWithoutLock(topic); !done) {
            return done;
        }
    }
    m_observer.deleted(*topic);
    return {};
}

TopicResult<std::vector<catalog::DeletedTopicRow>> TopicRegistry::deleted() {
    auto rows = m_environment.catalog.deletedTopics();
    if (!rows) {
        return fail(fromCatalog(rows.error()));
    }
    const std::int64_t now = m_environment.clock.wallNowMs();
    std::erase_if(*rows, [&](const catalog::DeletedTopicRow& row) { return row.keepUntil.value <= now; });
    std::stable_sort(rows->begin(), rows->end(),
                     [](const auto& a, const auto& b) { return a.deletedAt > b.deletedAt; });
    return *std::move(rows);
}

TopicResult<UndeletedTopic> TopicRegistry::undelete(const std::string& name) {
    const std::lock_guard lock(m_admin);
    if (m_stopped) {
        return fail(stopped());
    }
    if (snapshot()->byName(name) || snapshot()->colliding(name)) {
        return fail(TopicErrc::kAlreadyExists, "A topic \"" + name + "\", or one too much like it, exists again.");
    }
    auto candidates = deleted();
    if (!candidates) {
        return fail(candidates.error());
    }
    const auto row = std::find_if(candidates->begin(), candidates->end(),
                                  [&](const catalog::DeletedTopicRow& r) { return r.topic.name == name; });
    if (row == candidates->end()) {
        return fail(TopicErrc::kGone, "There is no deleted topic \"" + name + "\" that could still be brought back.");
    }
    // Folders first: a crash in between finds them by their topic id in the list of the deleted and sets them aside
    // again.
    auto folders = m_retired.restore(name, row->topic.id);
    if (!folders) {
        return fail(TopicErrc::kStorage, folders.error().message);
    }
    for (std::size_t i = 0; i < row->logStarts.size(); ++i) {
        const TopicPartition id{name, PartitionId(static_cast<std::int32_t>(i))};
        if (row->logStarts[i] > Offset(0) && folders->contains(id.partition)) {
            if (auto done = m_environment.directory.setLogStart(id, row->logStarts[i]); !done) {
                return fail(TopicErrc::kStorage, done.error().message);
            }
        }
    }
    auto undeleted = m_environment.catalog.undeleteTopic(row->topic.id);
    if (!undeleted) {
        return fail(fromCatalog(undeleted.error()));
    }
    auto topic = std::make_shared<Topic>(
        Topic{name, row->topic.id, row->topic.createdAt, row->topic.configs, configFor(row->topic.configs), {}});
    const PartitionOptions options = partitionOptionsOf(*topic->config, *brokerConfig());
    for (std::int32_t i = 0; i < row->topic.partitions; ++i) {
        topic->partitions.push_back(openSlot({name, PartitionId(i)}, topic->id, options));
    }
    m_topics.set(snapshot()->with({topic}, {}));
    return UndeletedTopic{topic, std::move(undeleted->offsets)};
}

TopicResult<void> TopicRegistry::addPartitions(const std::string& name, std::int32_t total, Mode mode) {
    const std::lock_guard lock(m_admin);
    if (m_stopped) {
        return fail(stopped());
    }
    const TopicPtr topic = snapshot()->byName(name);
    if (!topic) {
        return fail(unknownTopic(name));
    }
    const auto present = static_cast<std::int32_t>(topic->partitions.size());
    if (total <= present) {
        return fail(TopicErrc::kInvalidPartitions,
                    "The topic has " + std::to_string(present) + " partitions already; their number can only grow.");
    }
    if (auto legal = partitionCount(total, total); !legal) {
        return fail(legal.error());
    }
    if (mode == Mode::kValidateOnly) {
        return {};
    }
    auto larger = std::make_shared<Topic>(*topic);
    larger->partitions.reserve(static_cast<std::size_t>(total));
    auto next = snapshot()->with({larger}, {});
    if (auto done = m_environment.catalog.setPartitions(topic->id, total); !done) {
        return fail(fromCatalog(done.error()));
    }
    const PartitionOptions options = partitionOptionsOf(*topic->config, *brokerConfig());
    for (std::int32_t i = present; i < total; ++i) {
        larger->partitions.push_back(openSlot({name, PartitionId(i)}, topic->id, options));
        if (larger->partitions.back().partition) {
            continue;
        }
        TopicError error{TopicErrc::kStorage,
                         "Not all partitions could be made: " + larger->partitions.back().offlineReason};
        for (std::int32_t made = present; made < i; ++made) {
            (void)m_environment.partitions.remove(*larger->partitions[static_cast<std::size_t>(made)].partition);
        }
        m_purgePending = true;
        (void)m_environment.catalog.setPartitions(topic->id, present);
        return fail(std::move(error));
    }
    m_topics.set(std::move(next));
    return {};
}

void TopicRegistry::housekeep(Timestamp now) {
    const auto topics = snapshot();
    bool waitsForRoom = false;
    for (const TopicPtr& topic : topics->topics()) {
        for (const Topic::Slot& slot : topic->partitions) {
            waitsForRoom = waitsForRoom || slot.waitsForRoom;
            if (slot.partition) {
                m_environment.partitions.housekeep(*slot.partition, now);
            }
        }
    }
    if (waitsForRoom) {
        openWhatHasRoom();
    }
    std::vector<io::Path> forgotten;
    {
        const std::lock_guard lock(m_admin);
        if (!m_purgePending || m_stopped) {
            return;
        }
        forgotten = forgetDeleted(now);
    }
    // Gigabytes may take their time; nobody else looks at these folders any more.
    for (const io::Path& folder : forgotten) {
        if (auto done = io::removeTree(m_environment.directory.fileSystem(), folder); !done) {
            m_environment.logger.warn("{} could not be removed yet: {}", folder.string(), done.error().message);
            const std::lock_guard lock(m_admin);
            m_purgePending = true;
        }
    }
}

/// The disk has so little room left that what could be brought back may cost what is coming in.
bool TopicRegistry::isShortOfRoom() {
    constexpr std::uint64_t kLittle = std::uint64_t{1} << 30;
    constexpr std::uint64_t kPartOfAll = 20;
    const auto space = m_environment.directory.space();
    return space && space->freeBytes < std::min(kLittle, space->totalBytes / kPartOfAll);
}

/// Forgets the topics whose undo time is over, and the one that was deleted first where its room is needed: one each
/// time, as that may be room enough. Answers the folders that belong to no topic that could still come back.
std::vector<io::Path> TopicRegistry::forgetDeleted(Timestamp now) {
    auto rows = m_environment.catalog.deletedTopics();
    if (!rows) {
        m_environment.logger.warn("deleted topics could not be looked through: {}", rows.error().message);
        return {};
    }
    std::set<TopicId> keep;
    const auto oldest = std::ranges::min_element(*rows, {}, &catalog::DeletedTopicRow::deletedAt);
    const bool isShort = !rows->empty() && isShortOfRoom();
    for (const catalog::DeletedTopicRow& row : *rows) {
        const bool isOver = row.keepUntil <= now;
        const bool givesRoom = !isOver && isShort && &row == &*oldest;
        if (!(isOver || givesRoom) || !m_environment.catalog.forgetDeletedTopic(row.topic.id)) {
            keep.insert(row.topic.id);
        } else if (givesRoom) {
            m_environment.logger.warn("deleted topic {} can no longer be brought back: the disk needs its room",
                                      row.topic.name);
        }
    }
    auto folders = m_retired.forgotten(keep);
    if (!folders) {
        m_environment.logger.warn("deleted topics' folders could not be listed: {}", folders.error().message);
        return {};
    }
    m_purgePending = !keep.empty();
    return *std::move(folders);
}

}  // namespace weir::topics
