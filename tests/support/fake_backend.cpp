// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_backend.h"

#include <QDateTime>
#include <QPointer>
#include <QTimer>
#include <algorithm>
#include <cmath>

namespace weir::ui::test {
namespace {

template <class T>
void answer(QObject* context, Callback<T> done, ClusterResult<T> result) {
    QTimer::singleShot(0, context, [done = std::move(done), result = std::move(result)] { done(result); });
}

template <class T>
void answerOr(Asked& asked, QObject* context, Callback<T> done, ClusterResult<T> result) {
    if (const auto failure = asked.takeFailure()) {
        return answer<T>(context, std::move(done), ClusterResult<T>(fail(*failure)));
    }
    answer<T>(context, std::move(done), std::move(result));
}

std::int64_t now() {
    return QDateTime::currentMSecsSinceEpoch();
}

}  // namespace

std::optional<ClusterError> Asked::takeFailure() {
    if (m_failure.isEmpty()) {
        return std::nullopt;
    }
    return ClusterError{ClusterErrc::kRefused, 0, std::exchange(m_failure, {}).toStdString()};
}

std::int64_t FakeLiveFeed::groupLag(const QString& group) const {
    const GroupSnapshot* snapshot = m_snapshot->findGroup(group.toStdString());
    if (snapshot == nullptr || snapshot->offsets.empty()) {
        return -1;
    }
    std::int64_t sum = 0;
    for (const CommittedOffset& commit : snapshot->offsets) {
        if (const TopicSnapshot* topic = m_snapshot->findTopic(commit.partition.topic)) {
            sum += topic->partitions.at(static_cast<std::size_t>(commit.partition.partition.value)).highWatermark -
                   commit.offset;
        }
    }
    return sum;
}

void FakeLiveFeed::history(const HistoryQuery& query, QObject* context, Callback<std::vector<HistoryPoint>> done) {
    std::vector<HistoryPoint> points;
    const std::int64_t span = std::max<std::int64_t>(1, query.to - query.from);
    const int count = std::min(query.maxPoints, 300);
    for (int i = 0; i < count; ++i) {
        const double t = static_cast<double>(i) / 14.0;
        const double base = query.series == Series::kGroupLag        ? 400
                            : query.series == Series::kTotalBytesOut ? 7e5
                                                                     : 4e5;
        points.push_back({query.from + span * i / count, base * (1.2 + std::sin(t) * 0.5 + std::sin(t * 3.1) * 0.15)});
    }
    answer<std::vector<HistoryPoint>>(context, std::move(done), std::move(points));
}

void FakeLiveFeed::set(Snapshot snapshot) {
    const auto byName = [](const auto& a, const auto& b) { return a->name < b->name; };
    std::sort(snapshot.topics.begin(), snapshot.topics.end(), byName);
    snapshot.takenAt = Timestamp(now());
    m_snapshot = std::make_shared<const Snapshot>(std::move(snapshot));
    Q_EMIT changed();
}

void FakeTopicAdmin::create(const NewTopic& topic, QObject* context, Callback<void> done) {
    m_asked.add(QStringLiteral("create ") + QString::fromStdString(topic.name));
    if (const auto failure = m_asked.takeFailure()) {
        return answer<void>(context, std::move(done), fail(*failure));
    }
    Snapshot snapshot = m_live.copy();
    auto made = std::make_shared<TopicSnapshot>();
    made->name = topic.name;
    made->cleanupPolicy = "delete";
    made->partitions.resize(static_cast<std::size_t>(std::max(1, topic.partitions)));
    for (std::size_t i = 0; i < made->partitions.size(); ++i) {
        made->partitions[i].partition = PartitionId(static_cast<std::int32_t>(i));
    }
    snapshot.topics.push_back(std::move(made));
    m_live.set(std::move(snapshot));
    answer<void>(context, std::move(done), {});
}

void FakeTopicAdmin::remove(const QString& topic, QObject* context, Callback<void> done) {
    m_asked.add(QStringLiteral("remove ") + topic);
    if (const auto failure = m_asked.takeFailure()) {
        return answer<void>(context, std::move(done), fail(*failure));
    }
    Snapshot snapshot = m_live.copy();
    for (const auto& each : snapshot.topics) {
        if (each->name == topic.toStdString()) {
            m_removed.insert(topic, each);
        }
    }
    std::erase_if(snapshot.topics, [&](const auto& each) { return each->name == topic.toStdString(); });
    m_live.set(std::move(snapshot));
    answer<void>(context, std::move(done), {});
}

void FakeTopicAdmin::undoRemove(const QString& topic, QObject* context, Callback<void> done) {
    m_asked.add(QStringLiteral("undoRemove ") + topic);
    if (m_removed.contains(topic)) {
        Snapshot snapshot = m_live.copy();
        snapshot.topics.push_back(m_removed.take(topic));
        m_live.set(std::move(snapshot));
    }
    answer<void>(context, std::move(done), {});
}

void FakeTopicAdmin::purge(const QString& topic, std::optional<PartitionId> partition, Offset before, QObject* context,
                           Callback<void> done) {
    m_asked.add(QStringLiteral("purge %1 %2 %3").arg(topic).arg(partition ? partition->value : -1).arg(before.value));
    answerOr<void>(m_asked, context, std::move(done), {});
}

void FakeTopicAdmin::addPartitions(const QString& topic, int total, QObject* context, Callback<void> done) {
    m_asked.add(QStringLiteral("addPartitions %1 %2").arg(topic).arg(total));
    answerOr<void>(m_asked, context, std::move(done), {});
}

void FakeTopicAdmin::describeConfig(const QString& topic, QObject* context, Callback<std::vector<ConfigEntry>> done) {
    m_asked.add(QStringLiteral("describeConfig ") + topic);
    answerOr<std::vector<ConfigEntry>>(m_asked, context, std::move(done), configs);
}

void FakeTopicAdmin::alterConfig(const QString& topic, const std::vector<ConfigChange>& changes, bool validateOnly,
                                 QObject* context, Callback<void> done) {
    for (const ConfigChange& change : changes) {
        m_asked.add(QStringLiteral("%1 %2 %3=%4")
                        .arg(validateOnly ? QStringLiteral("validateConfig") : QStringLiteral("alterConfig"), topic,
                             QString::fromStdString(change.name), QString::fromStdString(change.value.value_or(""))));
    }
    answerOr<void>(m_asked, context, std::move(done), {});
}

void FakeTopicAdmin::describeBrokerConfig(QObject* context, Callback<std::vector<ConfigEntry>> done) {
    answerOr<std::vector<ConfigEntry>>(m_asked, context, std::move(done), configs);
}

void FakeTopicAdmin::alterBrokerConfig(const std::vector<ConfigChange>& changes, QObject* context,
                                       Callback<void> done) {
    alterConfig(QStringLiteral("broker"), changes, false, context, std::move(done));
}

void FakeTopicAdmin::segments(const TopicPartition& partition, QObject* context,
                              Callback<std::vector<SegmentInfo>> done) {
    std::vector<SegmentInfo> segments;
    for (int i = 0; i < 5; ++i) {
        const Offset base(i * 50000LL);
        segments.push_back({base, base + 50000, (5LL - i) * 12'000'000, Timestamp(now() - (5 - i) * 600'000), i == 4});
    }
    Q_UNUSED(partition);
    answerOr<std::vector<SegmentInfo>>(m_asked, context, std::move(done), std::move(segments));
}

void FakeTopicAdmin::disconnectClient(std::uint64_t connectionId, QObject* context, Callback<void> done) {
    m_asked.add(QStringLiteral("disconnect %1").arg(connectionId));
    answerOr<void>(m_asked, context, std::move(done), {});
}

std::vector<PartitionLag> FakeGroupAdmin::lagNow(const QString& group) const {
    std::vector<PartitionLag> rows;
    const SnapshotPtr snapshot = m_live.current();
    const GroupSnapshot* found = snapshot->findGroup(group.toStdString());
    if (found == nullptr) {
        return rows;
    }
    for (const CommittedOffset& commit : found->offsets) {
        PartitionLag row;
        row.partition = commit.partition;
        row.committed = commit.offset;
        const TopicSnapshot* topic = snapshot->findTopic(commit.partition.topic);
        row.end = topic->partitions.at(static_cast<std::size_t>(commit.partition.partition.value)).highWatermark;
        row.lag = row.end - commit.offset;
        row.timeLagMs = row.lag == 0 ? 0 : row.lag * 3;
        for (const GroupMemberSnapshot& member : found->members) {
            if (std::find(member.assigned.begin(), member.assigned.end(), commit.partition) != member.assigned.end()) {
                row.memberId = QString::fromStdString(member.memberId);
                row.clientId = QString::fromStdString(member.clientId);
                row.host = QString::fromStdString(member.host);
            }
        }
        rows.push_back(row);
    }
    return rows;
}

void FakeGroupAdmin::lag(const QString& group, QObject* context, Callback<std::vector<PartitionLag>> done) {
    answerOr<std::vector<PartitionLag>>(m_asked, context, std::move(done), lagNow(group));
}

void FakeGroupAdmin::previewReset(const ResetSpec& spec, QObject* context,
                                  Callback<std::vector<OffsetBeforeAfter>> done) {
    std::vector<OffsetBeforeAfter> rows;
    for (const PartitionLag& row : lagNow(spec.group)) {
        Offset after = row.end;
        if (spec.kind == ResetKind::kEarliest) {
            after = Offset(0);
        } else if (spec.kind == ResetKind::kOffset) {
            after = spec.offset;
        } else if (spec.kind == ResetKind::kShiftBy && row.committed) {
            after = *row.committed + spec.shift;
        }
        after = std::clamp(after, Offset(0), row.end);
        rows.push_back({row.partition, row.committed, after, Offset(0), row.end});
    }
    answerOr<std::vector<OffsetBeforeAfter>>(m_asked, context, std::move(done), std::move(rows));
}

void FakeGroupAdmin::write(const QString& group, const std::vector<OffsetBeforeAfter>& rows, bool after) {
    Snapshot snapshot = m_live.copy();
    for (auto& each : snapshot.groups) {
        if (each->id != group.toStdString()) {
            continue;
        }
        auto changed = std::make_shared<GroupSnapshot>(*each);
        for (const OffsetBeforeAfter& row : rows) {
            for (CommittedOffset& commit : changed->offsets) {
                if (commit.partition == row.partition) {
                    commit.offset = (after ? row.after : row.before).value_or(kNoOffset);
                }
            }
        }
        each = std::move(changed);
    }
    m_live.set(std::move(snapshot));
}

void FakeGroupAdmin::applyReset(const QString& group, const std::vector<OffsetBeforeAfter>& rows, QObject* context,
                                Callback<void> done) {
    m_asked.add(QStringLiteral("reset ") + group);
    if (const auto failure = m_asked.takeFailure()) {
        return answer<void>(context, std::move(done), fail(*failure));
    }
    m_undo.insert(group, rows);
    write(group, rows, true);
    answer<void>(context, std::move(done), {});
}

void FakeGroupAdmin::undoReset(const QString& group, QObject* context, Callback<void> done) {
    m_asked.add(QStringLiteral("undoReset ") + group);
    write(group, m_undo.take(group), false);
    answer<void>(context, std::move(done), {});
}

void FakeGroupAdmin::remove(const QString& group, QObject* context, Callback<void> done) {
    m_asked.add(QStringLiteral("removeGroup ") + group);
    if (const auto failure = m_asked.takeFailure()) {
        return answer<void>(context, std::move(done), fail(*failure));
    }
    Snapshot snapshot = m_live.copy();
    std::erase_if(snapshot.groups, [&](const auto& each) { return each->id == group.toStdString(); });
    m_live.set(std::move(snapshot));
    answer<void>(context, std::move(done), {});
}

void FakeGroupAdmin::removeMember(const QString& group, const QString& memberId, QObject* context,
                                  Callback<void> done) {
    m_asked.add(QStringLiteral("removeMember %1 %2").arg(group, memberId));
    answerOr<void>(m_asked, context, std::move(done), {});
}

JobId FakeJobs::begin(const QString& title) {
    JobStatus job;
    job.id = JobId(static_cast<std::int64_t>(list.size()) + 1);
    job.title = title;
    list.push_back(job);
    Q_EMIT changed();
    return job.id;
}

void FakeJobs::setState(JobId job, JobState state) {
    for (JobStatus& each : list) {
        if (each.id == job) {
            each.state = state;
        }
    }
    Q_EMIT changed();
}

void FakeJobs::clearEnded() {
    std::erase_if(
        list, [](const JobStatus& job) { return job.state != JobState::kRunning && job.state != JobState::kPaused; });
    Q_EMIT changed();
}

void FakePublisher::publish(const QString& topic, const OutgoingRecord& record, const ProduceOptions&, QObject* context,
                            Callback<PublishedRecord> done) {
    m_asked.add(QStringLiteral("publish ") + topic);
    published.push_back(record);
    const auto offset = static_cast<std::int64_t>(published.size()) - 1;
    answerOr<PublishedRecord>(
        m_asked, context, std::move(done),
        PublishedRecord{record.partition.value_or(PartitionId(0)), Offset(offset), Timestamp(now())});
}

JobId FakePublisher::startRepeat(const RepeatSpec& spec) {
    m_asked.add(QStringLiteral("repeat ") + spec.topic);
    lastRepeat = spec;
    return m_jobs.begin(QStringLiteral("Publish to ") + spec.topic);
}

JobId FakePublisher::startFile(const FileSpec& spec) {
    m_asked.add(QStringLiteral("file ") + spec.path);
    lastFile = spec;
    return m_jobs.begin(QStringLiteral("Publish %1 to %2").arg(spec.path, spec.topic));
}

ClusterResult<QString> FakePublisher::previewTemplate(const QString& text) const {
    if (text.contains(QStringLiteral("{{nope}}"))) {
        return fail(ClusterError{ClusterErrc::kInvalid, 0, "There is no generator \"nope\"."});
    }
    return QString(text).replace(QStringLiteral("{{seq}}"), QStringLiteral("1"));
}

void FakePublisher::previewFile(const FileSpec&, QObject* context, Callback<QStringList> done) {
    answerOr<QStringList>(m_asked, context, std::move(done), QStringList{QStringLiteral("AAPL  {\"price\":187.2}")});
}

void FakeReplayer::dryRun(const ReplaySpec& spec, QObject* context, Callback<DryRun> done) {
    last = spec;
    m_asked.add(QStringLiteral("dryRun ") + spec.fromTopic);
    answerOr<DryRun>(m_asked, context, std::move(done), answer);
}

JobId FakeReplayer::start(const ReplaySpec& spec) {
    last = spec;
    m_asked.add(QStringLiteral("replay %1 %2").arg(spec.fromTopic, spec.toTopic));
    return m_jobs.begin(QStringLiteral("Replay %1 to %2").arg(spec.fromTopic, spec.toTopic));
}

void FakeFeeds::start(const QString& feed, const FeedOptions& options, QObject* context, Callback<JobId> done) {
    m_asked.add(QStringLiteral("startFeed ") + feed);
    if (const auto failure = m_asked.takeFailure()) {
        return answer<JobId>(context, std::move(done), fail(*failure));
    }
    running.insert(feed, options.rate);
    Q_EMIT changed();
    answer<JobId>(context, std::move(done), m_jobs.begin(QStringLiteral("Feed ") + feed));
}

void FakeFeeds::setRate(const QString& feed, double rate) {
    running.insert(feed, rate);
    Q_EMIT changed();
}

void FakeFeeds::stop(const QString& feed) {
    m_asked.add(QStringLiteral("stopFeed ") + feed);
    running.remove(feed);
    Q_EMIT changed();
}

QVariant FakeSettings::value(const QString& key, const QVariant& fallback) const {
    return values.value(key, fallback);
}

void FakeSettings::setValue(const QString& key, const QVariant& value) {
    values.insert(key, value);
    Q_EMIT changed(key);
}

FakeBackend::FakeBackend() {
    clusterFacts.name = QStringLiteral("This computer");
    clusterFacts.bootstrap = QStringLiteral("localhost:9092");
    clusterFacts.clusterId = QStringLiteral("8sQ3vX1kTfe9mN2pLw7aZg");
    clusterFacts.version = QStringLiteral("0.1.0");
    clusterFacts.dataFolder = QStringLiteral("/home/ada/.local/share/weir");
}

}  // namespace weir::ui::test
