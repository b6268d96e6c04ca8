// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/opened_folder.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "broker/api/folder_catalog.h"
#include "broker/folder/offsets_log.h"
#include "broker/folder/partition_reader.h"
#include "broker/folder/transaction_log.h"

namespace weir::api {

const char* const LogFolder::kNoBroker =
    "This is a folder of log files, opened for reading: no broker runs here that could do it or tell.";

namespace {

constexpr std::string_view kOffsetsTopic = "__consumer_offsets";
constexpr std::string_view kTransactionsTopic = "__transaction_state";
constexpr std::string_view kMetadataTopic = "__cluster_metadata";

ClusterError stoppedFolder() {
    return {ClusterErrc::kStopped, 0, "The folder was closed."};
}

ClusterError folderError(const storage::StorageError& error) {
    return {error.code == storage::StorageErrc::kForeign ? ClusterErrc::kNotFound : ClusterErrc::kStorage, 0,
            error.message};
}

std::string gigabytes(std::int64_t bytes) {
    const std::int64_t tenths = bytes / 100'000'000;
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

}  // namespace

std::shared_ptr<LogFolder> LogFolder::make(std::string folder, const Clock& clock) {
    return std::make_shared<OpenedFolder>(std::move(folder), clock);
}

OpenedFolder::OpenedFolder(std::string folder, const Clock& clock)
    : m_path(std::move(folder)), m_clock(clock), m_operations(*this) {}

OpenedFolder::~OpenedFolder() {
    stop();
    if (m_reader.joinable()) {
        m_reader.join();
    }
}

void OpenedFolder::stop() {
    m_stop = true;
    const std::lock_guard lock(m_mutex);
    m_changed.notify_all();
}

std::string OpenedFolder::clusterId() const {
    const std::lock_guard lock(m_mutex);
    return m_found.clusterId;
}

ClusterResult<void> OpenedFolder::list() {
    const std::lock_guard lock(m_mutex);
    if (m_stop) {
        return fail(stoppedFolder());
    }
    if (m_isListed) {
        return m_unusable ? ClusterResult<void>(fail(ClusterError(*m_unusable))) : ClusterResult<void>();
    }
    m_isListed = true;
    std::error_code none;
    const io::Path real = std::filesystem::canonical(m_path, none);
    m_real = none ? io::Path(m_path) : real;
    auto found = folder::findLogs(m_disk, m_real);
    if (!found) {
        m_unusable = folderError(found.error());
        return fail(ClusterError(*m_unusable));
    }
    m_found = *std::move(found);
    for (const folder::PartitionFolder& each : m_found.logs) {
        auto log = std::make_unique<Log>();
        log->folder = each;
        log->size = folder::sizeOnDisk(m_disk, each.path);
        m_bytes += log->size;
        m_topics[each.partition.topic].push_back(log.get());
        m_logs.emplace(each.partition, std::move(log));
    }
    m_reader = std::thread([this] { readAll(); });
    return {};
}

// The logs that tell of groups first, then the small ones: so most of the picture is there soon.
void OpenedFolder::readAll() {
    std::vector<Log*> order;
    for (const auto& [partition, log] : m_logs) {
        order.push_back(log.get());
    }
    const auto rank = [](const Log* log) { return std::pair(log->folder.partition.topic != kOffsetsTopic, log->size); };
    std::stable_sort(order.begin(), order.end(), [&rank](const Log* a, const Log* b) { return rank(a) < rank(b); });
    readMetadata();
    bool hasGroups = false;
    for (Log* const log : order) {
        if (!hasGroups && log->folder.partition.topic != kOffsetsTopic) {
            readGroups();
            hasGroups = true;
        }
        static_cast<void>(contentsOf(*log).ok());
        if (m_stop) {
            return;
        }
    }
    if (!hasGroups) {
        readGroups();
    }
    const std::lock_guard lock(m_mutex);
    m_isRead = true;
    m_changed.notify_all();
}

// The controller's log holds the topics' settings: its newest snapshot, and what was written behind it.
void OpenedFolder::readMetadata() {
    folder::MetadataLog metadata;
    const auto log = m_logs.find({std::string(kMetadataTopic), PartitionId(0)});
    if (log != m_logs.end()) {
        const auto take = [&metadata](const RecordView& record) {
            if (record.value) {
                metadata.add(*record.value);
            }
        };
        Offset from{0};
        if (const auto snapshot = newestSnapshot(m_disk, log->second->folder.path)) {
            forEachCommitted(snapshot->contents, log->first, take);
            from = snapshot->end;
        }
        if (const auto contents = contentsOf(*log->second)) {
            forEachCommitted(**contents, log->first, [&](const RecordView& record) {
                if (record.offset >= from) {
                    take(record);
                }
            });
        }
    }
    auto settings = std::make_shared<FolderSettings>();
    for (auto& [name, topic] : metadata.topics()) {
        settings->topics[name] = {topic.partitions, {topic.settings.begin(), topic.settings.end()}};
    }
    settings->brokerDefaults.insert(metadata.brokerDefaults().begin(), metadata.brokerDefaults().end());
    const std::lock_guard lock(m_mutex);
    if (!settings->topics.empty()) {
        keep(std::move(settings));
    }
    if (metadata.unknown() > 0) {
        m_found.notes.push_back(std::to_string(metadata.unknown()) + " records of " + std::string(kMetadataTopic) +
                                " are of a kind that Weir does not know.");
    }
    m_changed.notify_all();
}

void OpenedFolder::keep(std::shared_ptr<const FolderSettings> settings) {
    std::set<TopicPartition> present;
    for (const auto& [partition, log] : m_logs) {
        present.insert(partition);
    }
    m_missing = settings->whatIsMissing(present);
    m_settings = std::move(settings);
    m_hasLookedForSettings = true;
    ++m_version;
}

ClusterResult<std::vector<ConfigEntry>> OpenedFolder::describeTopicConfig(const std::string& topic) {
    if (auto listed = list(); !listed) {
        return fail(ClusterError(listed.error()));
    }
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_hasLookedForSettings || m_stop; });
    if (m_stop) {
        return fail(stoppedFolder());
    }
    if (m_settings == nullptr) {
        return fail(ClusterError{ClusterErrc::kUnsupported, 0,
                                 "The settings of topics stand in the controller's log, __cluster_metadata, which is "
                                 "not in this folder."});
    }
    return m_settings->entriesOf(topic);
}

void OpenedFolder::readGroups() {
    std::map<TopicId, std::string> names;
    for (const auto& [topic, logs] : m_topics) {
        names.emplace(logs.front()->folder.topicId, topic);
    }
    folder::OffsetsLog offsets(std::move(names));
    const auto logs = m_topics.find(std::string(kOffsetsTopic));
    if (logs != m_topics.end()) {
        for (Log* const log : logs->second) {
            if (const Contents contents = known(*log)) {
                forEachCommitted(*contents, log->folder.partition,
                                 [&offsets](const RecordView& record) { offsets.add(record); });
            }
        }
    }
    std::map<std::string, GroupSnapshot> byId;
    for (GroupSnapshot& each : offsets.groups()) {
        byId.emplace(each.id, std::move(each));
    }
    readCatalog(byId);
    std::vector<std::shared_ptr<const GroupSnapshot>> groups;
    for (auto& [id, each] : byId) {
        groups.push_back(std::make_shared<const GroupSnapshot>(std::move(each)));
    }
    const std::lock_guard lock(m_mutex);
    m_groups = std::move(groups);
    m_unknownOffsets = offsets.unknown();
    // A catalog, which was the last place to look, has been read by now.
    m_hasLookedForSettings = true;
    m_changed.notify_all();
}

// A folder of Weir's own has no internal topics: what they hold stands in its catalog.
void OpenedFolder::readCatalog(std::map<std::string, GroupSnapshot>& groups) {
    auto catalog = readFolderCatalog(m_real, m_clock, m_random);
    if (!catalog) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    if (!*catalog) {
        m_found.notes.push_back(catalog->error().message);
        return;
    }
    m_found.clusterId = (**catalog).clusterId;
    keep(std::make_shared<const FolderSettings>(std::move((**catalog).settings)));
    for (GroupSnapshot& each : (**catalog).groups) {
        groups.insert_or_assign(each.id, std::move(each));
    }
}

void OpenedFolder::forEachCommitted(const folder::PartitionContents& contents, const TopicPartition& partition,
                                    const std::function<void(const RecordView&)>& take) {
    ReadRequest request;
    request.partition = partition;
    request.from = contents.logStart;
    request.maxRecords = 10'000;
    while (request.from < contents.end && !m_stop) {
        const auto chunk = folder::readRecords(m_disk, contents, request, nullptr);
        if (!chunk) {
            return;
        }
        for (const RecordView& record : (*chunk)->records) {
            const TransactionOutcome outcome = (*chunk)->batches[record.batch].outcome;
            if (outcome == TransactionOutcome::kNone || outcome == TransactionOutcome::kCommitted) {
                take(record);
            }
        }
        if ((*chunk)->next <= request.from) {
            return;
        }
        request.from = (*chunk)->next;
    }
}

OpenedFolder::Contents OpenedFolder::known(const Log& log) const {
    const std::lock_guard lock(m_mutex);
    return log.contents;
}

std::optional<ClusterError> OpenedFolder::whyFailed(const Log& log) const {
    const std::lock_guard lock(m_mutex);
    return log.failure;
}

ClusterResult<OpenedFolder::Log*> OpenedFolder::find(const TopicPartition& partition) {
    if (auto listed = list(); !listed) {
        return fail(ClusterError(listed.error()));
    }
    const auto found = m_logs.find(partition);
    if (found == m_logs.end()) {
        constexpr std::int16_t kUnknownTopicOrPartition = 3;
        return fail(ClusterError{ClusterErrc::kNotFound, kUnknownTopicOrPartition,
                                 "The folder holds no partition " + std::to_string(partition.partition.value) +
                                     " of topic '" + partition.topic + "'."});
    }
    return found->second.get();
}

ClusterResult<OpenedFolder::Contents> OpenedFolder::contentsOf(Log& log) {
    const std::lock_guard reading(log.reading);
    if (Contents contents = known(log)) {
        return contents;
    }
    if (auto failure = whyFailed(log)) {
        return fail(*std::move(failure));
    }
    auto scanned = folder::PartitionScan(m_disk, log.folder, {m_read, m_stop}).run();
    if (scanned && !*scanned) {
        return fail(stoppedFolder());
    }
    const std::lock_guard lock(m_mutex);
    ++m_version;
    if (!scanned) {
        log.failure = folderError(scanned.error());
        return fail(ClusterError(*log.failure));
    }
    log.contents = std::make_shared<const folder::PartitionContents>(**std::move(scanned));
    return log.contents;
}

ClusterResult<void> OpenedFolder::waitUntilRead() {
    if (auto listed = list(); !listed) {
        return listed;
    }
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_isRead || m_stop; });
    return m_isRead ? ClusterResult<void>() : fail(stoppedFolder());
}

ClusterResult<std::vector<FolderDamage>> OpenedFolder::damage() {
    if (auto listed = list(); !listed) {
        return fail(ClusterError(listed.error()));
    }
    std::vector<FolderDamage> all;
    for (const auto& [partition, log] : m_logs) {
        if (const Contents contents = known(*log)) {
            all.insert(all.end(), contents->damage.begin(), contents->damage.end());
        }
    }
    return all;
}

ClusterResult<std::shared_ptr<const RecordChunk>> OpenedFolder::read(const ReadRequest& request,
                                                                     const RecordSieve* sieve) {
    const auto log = find(request.partition);
    const auto contents = log ? contentsOf(**log) : ClusterResult<Contents>(fail(ClusterError(log.error())));
    return contents ? folder::readRecords(m_disk, **contents, request, sieve) : fail(ClusterError(contents.error()));
}

ClusterResult<Offset> OpenedFolder::offsetFor(const TopicPartition& partition, const OffsetSpec& spec) {
    const auto log = find(partition);
    const auto contents = log ? contentsOf(**log) : ClusterResult<Contents>(fail(ClusterError(log.error())));
    return contents ? folder::findOffset(m_disk, **contents, spec) : fail(ClusterError(contents.error()));
}

ClusterResult<std::vector<SegmentInfo>> OpenedFolder::segments(const TopicPartition& partition) {
    const auto log = find(partition);
    const auto contents = log ? contentsOf(**log) : ClusterResult<Contents>(fail(ClusterError(log.error())));
    if (!contents) {
        return fail(ClusterError(contents.error()));
    }
    std::vector<SegmentInfo> all;
    for (const folder::SegmentContents& each : (*contents)->segments) {
        all.push_back({each.base, each.next, static_cast<std::int64_t>(each.size), each.maxTimestamp, false});
    }
    return all;
}

ClusterResult<std::vector<ProducerInfo>> OpenedFolder::producersOf(const TopicPartition& partition) {
    const auto log = find(partition);
    const auto contents = log ? contentsOf(**log) : ClusterResult<Contents>(fail(ClusterError(log.error())));
    return contents ? ClusterResult<std::vector<ProducerInfo>>((*contents)->producers)
                    : fail(ClusterError(contents.error()));
}

ClusterResult<std::vector<TransactionInfo>> OpenedFolder::coordinated() {
    if (auto listed = list(); !listed) {
        return fail(ClusterError(listed.error()));
    }
    folder::TransactionLog transactions;
    const auto logs = m_topics.find(std::string(kTransactionsTopic));
    if (logs != m_topics.end()) {
        for (Log* const log : logs->second) {
            const auto contents = contentsOf(*log);
            if (contents) {
                forEachCommitted(**contents, log->folder.partition,
                                 [&transactions](const RecordView& record) { transactions.add(record); });
            }
        }
    }
    return transactions.transactions();
}

std::vector<FolderOperations::Open> OpenedFolder::open() {
    std::vector<FolderOperations::Open> all;
    for (const auto& [partition, log] : m_logs) {
        const Contents contents = known(*log);
        if (contents == nullptr || contents->lastStable >= contents->end) {
            continue;
        }
        for (const ProducerInfo& each : contents->producers) {
            if (each.txnFirstOffset != kNoOffset) {
                all.push_back({each, {partition, each.txnFirstOffset, each.txnFirstOffset == contents->lastStable}});
            }
        }
    }
    return all;
}

std::shared_ptr<const TopicSnapshot> OpenedFolder::describe(const std::vector<Log*>& logs) const {
    auto topic = std::make_shared<TopicSnapshot>();
    topic->name = logs.front()->folder.partition.topic;
    topic->id = logs.front()->folder.topicId;
    topic->isInternal = topic->name.starts_with("__");
    for (const Log* const log : logs) {
        PartitionSnapshot partition;
        partition.partition = log->folder.partition.partition;
        partition.sizeBytes = log->size;
        partition.leader = BrokerId(-1);
        if (log->folder.isCompacted) {
            topic->cleanupPolicy = "compact";
        }
        if (log->contents != nullptr) {
            const folder::PartitionContents& contents = *log->contents;
            partition.leaderEpoch = contents.leaderEpoch;
            partition.logStart = contents.logStart;
            partition.highWatermark = contents.end;
            partition.lastStable = contents.lastStable;
            partition.segments = static_cast<std::int32_t>(contents.segments.size());
            partition.lastAppend = contents.maxTimestamp;
            topic->countIsExact = topic->countIsExact && contents.records == contents.end - contents.logStart;
        } else {
            topic->countIsExact = false;
            partition.offlineReason = log->failure ? log->failure->message : std::string();
        }
        topic->partitions.push_back(std::move(partition));
    }
    if (m_settings != nullptr) {
        m_settings->describe(*topic);
    }
    return topic;
}

std::string OpenedFolder::progress() const {
    return "The folder is being read: " + gigabytes(m_read) + " of " + gigabytes(m_bytes) +
           " GB so far. What is not read yet is missing from the counts, and damage in it is not known.";
}

std::vector<Problem> OpenedFolder::problems() const {
    using Severity = Problem::Severity;
    std::vector<Problem> all;
    if (!m_isRead) {
        all.push_back({Severity::kInfo, kNoTimestamp, "Folder", progress()});
    }
    for (const auto& [partition, log] : m_logs) {
        if (log->contents == nullptr) {
            continue;
        }
        const std::string subject = partition.topic + '-' + std::to_string(partition.partition.value);
        for (const FolderDamage& each : log->contents->damage) {
            all.push_back(
                {each.hidesRecords() ? Severity::kError : Severity::kWarning, kNoTimestamp, subject, each.sentence()});
        }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Problem& a, const Problem& b) { return a.severity > b.severity; });
    for (const std::string& note : m_found.notes) {
        all.push_back({Severity::kInfo, kNoTimestamp, "Folder", note});
    }
    if (!m_missing.empty()) {
        all.push_back({Severity::kInfo, kNoTimestamp, "Folder", m_missing});
    }
    if (m_unknownOffsets > 0) {
        all.push_back({Severity::kInfo, kNoTimestamp, std::string(kOffsetsTopic),
                       std::to_string(m_unknownOffsets) + " of its records are of a kind that Weir does not know."});
    }
    return all;
}

ClusterResult<SnapshotPtr> OpenedFolder::snapshot() {
    if (auto listed = list(); !listed) {
        return fail(ClusterError(listed.error()));
    }
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->takenAt = Timestamp(m_clock.wallNowMs());
    snapshot->steadyMs =
        std::chrono::duration_cast<std::chrono::milliseconds>(m_clock.steadyNow().time_since_epoch()).count();
    const std::lock_guard lock(m_mutex);
    if (m_version != m_shownVersion) {
        m_shown.clear();
        for (const auto& [name, logs] : m_topics) {
            m_shown.push_back(describe(logs));
        }
        m_shownVersion = m_version;
    }
    snapshot->topics = m_shown;
    snapshot->groups = m_groups;
    snapshot->problems = problems();
    snapshot->totals.diskBytes = m_bytes;
    std::error_code none;
    const auto space = std::filesystem::space(m_path, none);
    snapshot->totals.diskFreeBytes = none ? 0 : static_cast<std::int64_t>(space.available);
    return SnapshotPtr(std::move(snapshot));
}

}  // namespace weir::api
