// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/record_bridge.h"

#include <QCoreApplication>
#include <QFileInfo>

#include "app/bridge/record_copy.h"
#include "app/bridge/record_feed_bridge.h"
#include "app/bridge/record_lookup.h"
#include "app/bridge/row_text.h"
#include "app/cluster/schema_reader.h"
#include "app/exchange/export_job.h"
#include "app/plot/plot_reader.h"
#include "app/search/filter.h"

namespace weir::app {

namespace {

/// How far back the previous record of a key is looked for.
constexpr std::int64_t kMaxLookBack = 1'000'000;

QString tr(const char* text) {
    return QCoreApplication::translate("weir::app::RecordBridge", text);
}

}  // namespace

std::unique_ptr<ui::RecordFeed> RecordBridge::makeFeed() {
    return std::make_unique<RecordFeedBridge>(m_workshop);
}

void RecordBridge::inspect(const ui::RowAddress& address, QObject* context, ui::Callback<ui::RecordDetail> done) {
    m_workshop.ask<ui::RecordDetail>(context, std::move(done),
                                     [workshop = &m_workshop, address]() -> ClusterResult<ui::RecordDetail> {
                                         Cluster& cluster = workshop->cluster();
                                         const auto found = findRecord(cluster, address);
                                         if (!found) {
                                             return fail(ClusterError(found.error()));
                                         }
                                         SchemaDecoder schemas(cluster);
                                         return detailOf(cluster.bootstrap(), *found->chunk, found->record, &schemas);
                                     });
}

void RecordBridge::previousOfKey(const ui::RowAddress& address, QObject* context,
                                 ui::Callback<std::optional<ui::RecordDetail>> done) {
    using Detail = std::optional<ui::RecordDetail>;
    m_workshop.ask<Detail>(context, std::move(done), [workshop = &m_workshop, address]() -> ClusterResult<Detail> {
        Cluster& cluster = workshop->cluster();
        const auto found = findPreviousOfKey(cluster, address, kMaxLookBack);
        if (!found) {
            return fail(ClusterError(found.error()));
        }
        if (!*found) {
            return Detail();
        }
        SchemaDecoder schemas(cluster);
        return Detail(detailOf(cluster.bootstrap(), *(*found)->chunk, (*found)->record, &schemas));
    });
}

void RecordBridge::timeline(const QString& topic, int buckets, QObject* context,
                            ui::Callback<std::vector<ui::TimelineBucket>> done) {
    m_workshop.ask<std::vector<ui::TimelineBucket>>(context, std::move(done),
                                                    [workshop = &m_workshop, name = toStd(topic), buckets] {
                                                        return timelineOf(workshop->cluster(), name, buckets);
                                                    });
}

void RecordBridge::fields(const QString& topic, QObject* context, ui::Callback<QStringList> done) {
    m_workshop.ask<QStringList>(context, std::move(done),
                                [workshop = &m_workshop, name = toStd(topic)]() -> ClusterResult<QStringList> {
                                    const auto seen = seenFields(workshop->cluster(), name);
                                    if (!seen) {
                                        return fail(ClusterError(seen.error()));
                                    }
                                    QStringList paths;
                                    for (const std::string& path : *seen) {
                                        paths.append(toQt(path));
                                    }
                                    return paths;
                                });
}

ui::FilterCheck RecordBridge::checkFilter(const QString& expression) const {
    ui::FilterCheck check;
    if (expression.trimmed().isEmpty()) {
        return check;
    }
    const QByteArray text = expression.toUtf8();
    const auto filter = Filter::compile({text.constData(), static_cast<std::size_t>(text.size())}, m_workshop.now());
    if (!filter) {
        check.ok = false;
        check.error = toQt(filter.error().message);
        // Bytes of UTF-8 to characters of the line edit.
        check.errorColumn = static_cast<int>(QString::fromUtf8(text.left(filter.error().column)).size());
    }
    return check;
}

void RecordBridge::tryFilter(const QString& expression, const ui::RowAddress& sample, QObject* context,
                             ui::Callback<ui::FilterTrial> done) {
    m_workshop.ask<ui::FilterTrial>(
        context, std::move(done),
        [workshop = &m_workshop, text = toStd(expression), sample]() -> ClusterResult<ui::FilterTrial> {
            const auto filter = Filter::compile(text, workshop->now());
            if (!filter) {
                return fail(ClusterError{ClusterErrc::kInvalid, 0, filter.error().message});
            }
            const auto found = findRecord(workshop->cluster(), sample);
            if (!found) {
                return fail(ClusterError(found.error()));
            }
            Filter::Scratch scratch;
            const PartitionId partition = sample.partition.partition;
            SchemaReader schemas(workshop->cluster(), sample.partition.topic);
            const RecordView record = schemas.readable(found->record);
            return ui::FilterTrial{filter->matches(record, partition, scratch),
                                   toQt(filter->explain(record, partition, scratch))};
        });
}

void RecordBridge::copyText(const std::vector<ui::RowAddress>& rows, ui::CopyForm form, QObject* context,
                            ui::Callback<QString> done) {
    m_workshop.ask<QString>(context, std::move(done), [workshop = &m_workshop, rows, form] {
        return copyRecords(workshop->cluster(), rows, form);
    });
}

void RecordBridge::exportTo(const ui::RecordQuery& query, const QString& path, ui::ExportForm form, QObject* context,
                            ui::Callback<qint64> done) {
    auto written = std::make_shared<std::int64_t>(0);
    m_jobs.start(
        tr("Export %1 to %2").arg(query.topic, QFileInfo(path).fileName()),
        [workshop = &m_workshop, query, path, form, written](JobControl& control) -> ClusterResult<QString> {
            auto matcher = Matcher::make(toStd(query.filter), query.isExpression, workshop->now());
            if (!matcher) {
                return fail(ClusterError{ClusterErrc::kInvalid, 0, matcher.error().message});
            }
            auto spans = RecordSession::spansOf(workshop->sharedCluster(), workshop->clock(), query);
            if (!spans) {
                return fail(ClusterError(spans.error()));
            }
            ExportSpec spec;
            spec.topic = toStd(query.topic);
            spec.spans = *std::move(spans);
            spec.isolation = query.isolation;
            spec.stopAfterMatches = query.stopAfterMatches;
            spec.path = toStd(path);
            spec.isCsv = path.endsWith(QStringLiteral(".csv"), Qt::CaseInsensitive);
            spec.asStored = form == ui::ExportForm::kStored;
            const auto count = exportRecords(workshop->cluster(), spec, *matcher, control);
            if (!count) {
                return fail(ClusterError(count.error()));
            }
            *written = *count;
            return tr("%1 records written to %2").arg(*count).arg(path);
        },
        [written, done = std::move(done), waiting = Workshop::Guard(context)](const ClusterResult<QString>& result) {
            if (!waiting.isAlive()) {
                return;
            }
            if (result) {
                done(static_cast<qint64>(*written));
            } else {
                done(fail(ClusterError(result.error())));
            }
        });
}

}  // namespace weir::app
