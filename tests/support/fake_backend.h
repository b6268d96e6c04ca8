// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QMap>
#include <QPointer>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tests/support/fake_operations.h"
#include "tests/support/fake_schemas.h"
#include "ui/backend/backend.h"

/// ui/backend over values in memory, for tests of pages: what a test puts in comes out, what a page asks for is kept,
/// and answers come later from the event loop as the contract says. Without sampleCluster() it is an empty cluster.
namespace weir::ui::test {

/// What a page asked for, in words, oldest first: "create trades", "remove trades", "reset billing".
class Asked {
public:
    void add(const QString& what) { m_all.append(what); }
    [[nodiscard]] const QStringList& all() const { return m_all; }
    [[nodiscard]] bool has(const QString& what) const { return m_all.contains(what); }
    /// The next request fails with this sentence.
    void failNext(const QString& sentence) { m_failure = sentence; }
    [[nodiscard]] std::optional<ClusterError> takeFailure();

private:
    QStringList m_all;
    QString m_failure;
};

class FakeLiveFeed : public LiveFeed {
public:
    using LiveFeed::LiveFeed;
    [[nodiscard]] SnapshotPtr current() const override { return m_snapshot; }
    [[nodiscard]] Rate totalRate() const override { return total; }
    [[nodiscard]] Rate topicRate(const QString& topic) const override { return rates.value(topic); }
    [[nodiscard]] std::vector<double> topicSpark(const QString& topic) const override { return sparks.value(topic); }
    [[nodiscard]] std::int64_t groupLag(const QString& group) const override;
    void history(const HistoryQuery& query, QObject* context, Callback<std::vector<HistoryPoint>> done) override;
    [[nodiscard]] QString staleReason() const override { return stale; }

    /// Replaces the snapshot and emits changed().
    void set(Snapshot snapshot);
    /// A copy to change and set() again.
    [[nodiscard]] Snapshot copy() const { return *m_snapshot; }

    Rate total;
    QHash<QString, Rate> rates;
    QHash<QString, std::vector<double>> sparks;
    QString stale;

private:
    SnapshotPtr m_snapshot = std::make_shared<const Snapshot>();
};

class FakeTopicAdmin : public TopicAdmin {
public:
    FakeTopicAdmin(FakeLiveFeed& live, Asked& asked) : m_live(live), m_asked(asked) {}
    void create(const NewTopic& topic, QObject* context, Callback<void> done) override;
    void remove(const QString& topic, QObject* context, Callback<void> done) override;
    void undoRemove(const QString& topic, QObject* context, Callback<void> done) override;
    void purge(const QString& topic, std::optional<PartitionId> partition, Offset before, QObject* context,
               Callback<void> done) override;
    void addPartitions(const QString& topic, int total, QObject* context, Callback<void> done) override;
    void describeConfig(const QString& topic, QObject* context, Callback<std::vector<ConfigEntry>> done) override;
    void alterConfig(const QString& topic, const std::vector<ConfigChange>& changes, bool validateOnly,
                     QObject* context, Callback<void> done) override;
    void describeBrokerConfig(QObject* context, Callback<std::vector<ConfigEntry>> done) override;
    void alterBrokerConfig(const std::vector<ConfigChange>& changes, QObject* context, Callback<void> done) override;
    void segments(const TopicPartition& partition, QObject* context, Callback<std::vector<SegmentInfo>> done) override;
    void disconnectClient(std::uint64_t connectionId, QObject* context, Callback<void> done) override;

    std::vector<ConfigEntry> configs;

private:
    FakeLiveFeed& m_live;
    Asked& m_asked;
    QHash<QString, std::shared_ptr<const TopicSnapshot>> m_removed;
};

/// Rows come from `rowAt`, so a trillion of them costs nothing.
struct FakeRecords {
    qint64 count = 0;
    std::function<RecordRow(qint64)> rowAt;
};

class FakeRecordFeed : public RecordFeed {
    Q_OBJECT

public:
    explicit FakeRecordFeed(const QHash<QString, FakeRecords>& topics) : m_topics(topics) {}
    void open(const RecordQuery& query) override;
    void stop() override;
    void setPaused(bool paused) override { m_progress.notShown = paused ? m_progress.notShown : 0; }
    void goOn() override;
    void showNewer() override;
    /// What the next progress() says.
    void setProgress(const ScanProgress& progress);
    [[nodiscard]] qint64 rowCount() const override { return m_count; }
    void request(qint64 firstRow, int count) override;
    void locate(const StartAt& where) override;
    [[nodiscard]] ScanProgress progress() const override { return m_progress; }
    /// More rows arrived at the end, as in a live tail.
    void grow(qint64 rows);

private:
    [[nodiscard]] RecordRow rowAt(qint64 row) const;

    const QHash<QString, FakeRecords>& m_topics;
    RecordQuery m_query;
    qint64 m_count = 0;
    std::vector<qint64> m_matches;
    bool m_filtered = false;
    ScanProgress m_progress;
};

class FakeRecordBrowser : public RecordBrowser {
public:
    explicit FakeRecordBrowser(Asked& asked) : m_asked(asked) {}
    std::unique_ptr<RecordFeed> makeFeed() override;
    void inspect(const RowAddress& address, QObject* context, Callback<RecordDetail> done) override;
    void previousOfKey(const RowAddress& address, QObject* context,
                       Callback<std::optional<RecordDetail>> done) override;
    void timeline(const QString& topic, int buckets, QObject* context,
                  Callback<std::vector<TimelineBucket>> done) override;
    void fields(const QString& topic, QObject* context, Callback<QStringList> done) override;
    [[nodiscard]] FilterCheck checkFilter(const QString& expression) const override;
    void tryFilter(const QString& expression, const RowAddress& sample, QObject* context,
                   Callback<FilterTrial> done) override;
    void copyText(const std::vector<RowAddress>& rows, CopyForm form, QObject* context,
                  Callback<QString> done) override;
    void exportTo(const RecordQuery& query, const QString& path, ExportForm form, QObject* context,
                  Callback<qint64> done) override;

    QHash<QString, FakeRecords> topics;
    /// Its values are read with the schema registry.
    std::string schemaTopic;
    /// Of the list that was made last.
    QPointer<FakeRecordFeed> lastFeed;
    QStringList fieldPaths;

private:
    Asked& m_asked;
};

class FakeGroupAdmin : public GroupAdmin {
public:
    FakeGroupAdmin(FakeLiveFeed& live, Asked& asked) : m_live(live), m_asked(asked) {}
    void lag(const QString& group, QObject* context, Callback<std::vector<PartitionLag>> done) override;
    void previewReset(const ResetSpec& spec, QObject* context, Callback<std::vector<OffsetBeforeAfter>> done) override;
    void applyReset(const QString& group, const std::vector<OffsetBeforeAfter>& rows, QObject* context,
                    Callback<void> done) override;
    void undoReset(const QString& group, QObject* context, Callback<void> done) override;
    [[nodiscard]] bool canUndoReset(const QString& group) const override { return m_undo.contains(group); }
    void remove(const QString& group, QObject* context, Callback<void> done) override;
    void removeMember(const QString& group, const QString& memberId, QObject* context, Callback<void> done) override;

private:
    [[nodiscard]] std::vector<PartitionLag> lagNow(const QString& group) const;
    void write(const QString& group, const std::vector<OffsetBeforeAfter>& rows, bool after);

    FakeLiveFeed& m_live;
    Asked& m_asked;
    QHash<QString, std::vector<OffsetBeforeAfter>> m_undo;
};

class FakeJobs : public Jobs {
public:
    using Jobs::Jobs;
    [[nodiscard]] std::vector<JobStatus> all() const override { return list; }
    void pause(JobId job) override { setState(job, JobState::kPaused); }
    void resume(JobId job) override { setState(job, JobState::kRunning); }
    void stop(JobId job) override { setState(job, JobState::kStopped); }
    void clearEnded() override;
    JobId begin(const QString& title);
    void setState(JobId job, JobState state);

    std::vector<JobStatus> list;
};

class FakePublisher : public Publisher {
public:
    FakePublisher(FakeJobs& jobs, Asked& asked) : m_jobs(jobs), m_asked(asked) {}
    void publish(const QString& topic, const OutgoingRecord& record, const ProduceOptions& options, QObject* context,
                 Callback<PublishedRecord> done) override;
    JobId startRepeat(const RepeatSpec& spec) override;
    JobId startFile(const FileSpec& spec) override;
    [[nodiscard]] ClusterResult<QString> previewTemplate(const QString& text) const override;
    void previewFile(const FileSpec& spec, QObject* context, Callback<QStringList> done) override;

    std::vector<OutgoingRecord> published;
    std::optional<RepeatSpec> lastRepeat;
    std::optional<FileSpec> lastFile;

private:
    FakeJobs& m_jobs;
    Asked& m_asked;
};

class FakeReplayer : public Replayer {
public:
    FakeReplayer(FakeJobs& jobs, Asked& asked) : m_jobs(jobs), m_asked(asked) {}
    void dryRun(const ReplaySpec& spec, QObject* context, Callback<DryRun> done) override;
    JobId start(const ReplaySpec& spec) override;
    [[nodiscard]] std::vector<ReplayTarget> targets() const override { return others; }
    [[nodiscard]] std::vector<UnfinishedReplay> unfinished() const override { return left; }
    JobId goOn(const QString& id) override {
        m_asked.add(QStringLiteral("goOn ") + id);
        forget(id);
        return {};
    }
    void forget(const QString& id) override {
        std::erase_if(left, [&id](const UnfinishedReplay& each) { return each.id == id; });
    }

    std::vector<ReplayTarget> others;
    std::vector<UnfinishedReplay> left;
    DryRun answer;
    std::optional<ReplaySpec> last;

private:
    FakeJobs& m_jobs;
    Asked& m_asked;
};

class FakeFeeds : public Feeds {
public:
    FakeFeeds(FakeJobs& jobs, Asked& asked) : m_jobs(jobs), m_asked(asked) {}
    [[nodiscard]] std::vector<FeedDescription> all() const override { return descriptions; }
    void start(const QString& feed, const FeedOptions& options, QObject* context, Callback<JobId> done) override;
    void setRate(const QString& feed, double rate) override;
    void stop(const QString& feed) override;
    [[nodiscard]] bool isRunning(const QString& feed) const override { return running.contains(feed); }
    [[nodiscard]] double rateOf(const QString& feed) const override { return running.value(feed); }

    std::vector<FeedDescription> descriptions;
    QMap<QString, double> running;

private:
    FakeJobs& m_jobs;
    Asked& m_asked;
};

class FakePlotStream : public PlotStream {
public:
    void open(const PlotQuery& query) override;
    void setPaused(bool paused) override { m_paused = paused; }
    [[nodiscard]] bool isPaused() const { return m_paused; }

private:
    bool m_paused = false;
};

class FakePlots : public Plots {
public:
    std::unique_ptr<PlotStream> makeStream() override { return std::make_unique<FakePlotStream>(); }
    void numericFields(const QString& topic, QObject* context, Callback<QStringList> done) override;
    QStringList fields;
};

class FakeSettings : public Settings {
public:
    using Settings::Settings;
    [[nodiscard]] QVariant value(const QString& key, const QVariant& fallback) const override;
    void setValue(const QString& key, const QVariant& value) override;
    QMap<QString, QVariant> values;
};

class FakeBackend : public Backend {
public:
    FakeBackend();
    /// Five topics, three groups, four clients, a million records: enough to fill every page.
    static std::unique_ptr<FakeBackend> sampleCluster();

    [[nodiscard]] ClusterFacts facts() const override { return clusterFacts; }
    FakeLiveFeed& live() override { return m_live; }
    FakeTopicAdmin& topics() override { return m_topics; }
    FakeRecordBrowser& records() override { return m_records; }
    FakeGroupAdmin& groups() override { return m_groups; }
    FakeOperations& operations() override { return m_operations; }
    FakeSchemas& schemas() override { return m_schemas; }
    FakePublisher& publisher() override { return m_publisher; }
    FakeReplayer& replayer() override { return m_replayer; }
    FakeFeeds& feeds() override { return m_feeds; }
    FakePlots& plots() override { return m_plots; }
    FakeJobs& jobs() override { return m_jobs; }
    FakeSettings& settings() override { return m_settings; }

    ClusterFacts clusterFacts;
    Asked asked;

private:
    FakeLiveFeed m_live;
    FakeJobs m_jobs;
    FakeSettings m_settings;
    FakeTopicAdmin m_topics{m_live, asked};
    FakeRecordBrowser m_records{asked};
    FakeGroupAdmin m_groups{m_live, asked};
    FakeOperations m_operations{asked};
    FakeSchemas m_schemas{asked};
    FakePublisher m_publisher{m_jobs, asked};
    FakeReplayer m_replayer{m_jobs, asked};
    FakeFeeds m_feeds{m_jobs, asked};
    FakePlots m_plots;
};

/// A share group "image-workers" and a streams group "order-totals" beside the others.
void addGroupsOfEveryType(FakeBackend& backend);

}  // namespace weir::ui::test
