// SPDX-License-Identifier: GPL-3.0-or-later
// Prints what Weir makes of a cluster (WEIR_SUITE_OVER) in the words of Apache Kafka's own tools, so that
// compare_with_tools.py can hold one against the other. `weir_cluster_facts WHAT ARGUMENT...`
#include <QCoreApplication>
#include <QStringList>
#include <cstdio>

#include "app/bridge/group_offsets.h"
#include "app/search/ordered_reader.h"
#include "app/search/scanner.h"
#include "tests/app/support/suite_cluster.h"

using namespace weir;
using namespace weir::app;

namespace {

template <class T>
const T& need(const ClusterResult<T>& result) {
    if (!result) {
        qFatal("%s", result.error().message.c_str());
    }
    return *result;
}

std::string textOr(const std::optional<ByteView>& bytes) {
    return bytes ? std::string(asText(*bytes)) : std::string("null");
}

/// Fresh for every question, as a page that was just opened.
class Facts {
public:
    Facts() : m_cluster(*m_suite.cluster) {}

    /// As ConsoleConsumer prints records with everything that it can print.
    void browse(const std::string& topic, Isolation isolation) {
        OrderedReader reader(m_cluster, topic, spansOf(topic), isolation);
        for (auto item = reader.next(); need(item).has_value(); item = reader.next()) {
            const auto& [partition, record] = std::tie((*item)->partition, (*item)->record);
            std::string headers;
            for (const Header& each : decodeHeaders(record)) {
                headers += (headers.empty() ? "" : ",") + each.key + ':' +
                           (each.value ? std::string(asText(ByteView(*each.value))) : "null");
            }
            std::printf("CreateTime:%lld\tPartition:%d\tOffset:%lld\t%s\t%s\t%s\n",
                        static_cast<long long>(record.timestamp.value), partition.value,
                        static_cast<long long>(record.offset.value), headers.empty() ? "NO_HEADERS" : headers.c_str(),
                        textOr(record.key).c_str(), textOr(record.value).c_str());
        }
    }

    void search(const std::string& topic, const std::string& text) {
        RowIndex index(m_cluster, topic);
        index.setSpans(spansOf(topic));
        const auto matcher = Matcher::make(text, false, Timestamp(0));
        Scanner scanner(m_cluster, topic, *matcher, {});
        ScanStats stats;
        JobControl control;
        const auto done = scanner.run(index, 0, index.rowCount(), control, stats, [](std::vector<Match>&& some) {
            for (const Match& each : some) {
                std::printf("%d:%lld\n", each.partition.value, static_cast<long long>(each.offset.value));
            }
            return true;
        });
        if (!done) {
            qFatal("%s", done.error().message.c_str());
        }
    }

    /// As GetOffsetShell prints them; `time` in its words: -1 latest, -2 earliest, -3 the largest timestamp.
    void offsets(const std::string& topic, const std::string& time) {
        OffsetSpec spec{OffsetSpecKind::kAtTimestamp, Timestamp(std::stoll(time))};
        if (spec.at.value < 0) {
            spec.kind = spec.at.value == -1   ? OffsetSpecKind::kLatest
                        : spec.at.value == -2 ? OffsetSpecKind::kEarliest
                                              : OffsetSpecKind::kMaxTimestamp;
        }
        for (const PartitionSpan& span : spansOf(topic)) {
            const Offset found = need(m_cluster.offsetFor({topic, span.partition}, spec));
            std::printf("%s:%d:%s\n", topic.c_str(), span.partition.value,
                        found == kNoOffset ? "" : std::to_string(found.value).c_str());
        }
    }

    /// Topic, partition, committed offset, end and lag: the columns of ConsumerGroupCommand --describe.
    void lag(const std::string& group) {
        const auto lags = lagOf(m_cluster, group, Timestamp(0));
        for (const ui::PartitionLag& each : need(lags)) {
            std::printf("%s %d %lld %lld %lld\n", each.partition.topic.c_str(), each.partition.partition.value,
                        static_cast<long long>(each.committed.value_or(kNoOffset).value),
                        static_cast<long long>(each.end.value), static_cast<long long>(each.lag));
        }
    }

    /// Topic, partition and new offset: the columns of ConsumerGroupCommand --reset-offsets.
    void reset(const std::string& group, const QString& kind, qint64 value, bool isApplied) {
        static const QStringList kKinds{"earliest", "latest", "offset", "time", "shift", "duration"};
        ui::ResetSpec spec;
        spec.group = QString::fromStdString(group);
        spec.kind = static_cast<ui::ResetKind>(kKinds.indexOf(kind));
        spec.offset = Offset(value);
        spec.time = Timestamp(value);
        spec.shift = value;
        spec.durationMs = value;
        const auto rows = previewReset(m_cluster, spec, Timestamp(m_clock.wallNowMs()));
        for (const ui::OffsetBeforeAfter& each : need(rows)) {
            std::printf("%s %d %lld\n", each.partition.topic.c_str(), each.partition.partition.value,
                        static_cast<long long>(each.after.value_or(kNoOffset).value));
        }
        if (isApplied) {
            const auto done = setOffsets(m_cluster, group, *rows, ResetSide::kAfter);
            if (!done) {
                qFatal("%s", done.error().message.c_str());
            }
        }
    }

private:
    std::vector<PartitionSpan> spansOf(const std::string& topic) {
        const auto snapshot = m_cluster.snapshot();
        const TopicSnapshot* const found = need(snapshot)->findTopic(topic);
        if (found == nullptr) {
            qFatal("%s is not there", topic.c_str());
        }
        std::vector<PartitionSpan> spans;
        for (const PartitionSnapshot& each : found->partitions) {
            const TopicPartition at{topic, each.partition};
            spans.push_back({each.partition, need(m_cluster.offsetFor(at, {OffsetSpecKind::kEarliest, {}})),
                             need(m_cluster.offsetFor(at, {OffsetSpecKind::kLatest, {}}))});
        }
        return spans;
    }

    test::SuiteCluster m_suite;
    SystemClock m_clock;
    Cluster& m_cluster;
};

}  // namespace

int main(int argc, char** argv) {
    const QCoreApplication app(argc, argv);
    QStringList words = QCoreApplication::arguments().mid(1);
    const QString what = words.value(0);
    const std::string subject = words.value(1).toStdString();
    Facts facts;
    if (what == "browse" || what == "browse-committed") {
        facts.browse(subject, what == "browse" ? Isolation::kReadUncommitted : Isolation::kReadCommitted);
    } else if (what == "search") {
        facts.search(subject, words.value(2).toStdString());
    } else if (what == "offsets") {
        facts.offsets(subject, words.value(2).toStdString());
    } else if (what == "lag") {
        facts.lag(subject);
    } else if (what == "preview" || what == "reset") {
        facts.reset(subject, words.value(2), words.value(3).toLongLong(), what == "reset");
    } else {
        qFatal("browse, browse-committed, search, offsets, lag, preview or reset");
    }
    return 0;
}
