// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/publish_bridge.h"

#include <QCoreApplication>
#include <QFileInfo>

#include "app/publish/file_job.h"
#include "app/publish/repeat_job.h"

namespace weir::app {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("weir::app::PublishBridge", text);
}

std::optional<std::string> optionalText(const std::optional<QString>& text) {
    return text ? std::optional(toStd(*text)) : std::nullopt;
}

std::optional<SchemaChoice> choiceOf(const std::optional<ui::SchemaChoice>& from) {
    return from ? std::optional(SchemaChoice{toStd(from->subject), from->version}) : std::nullopt;
}

RecordFileSpec fileSpecOf(const ui::FileSpec& from) {
    RecordFileSpec to;
    to.path = toStd(from.path);
    to.format = from.format == ui::FileFormat::kCsv      ? RecordFileFormat::kCsv
                : from.format == ui::FileFormat::kNdjson ? RecordFileFormat::kNdjson
                                                         : RecordFileFormat::kLines;
    to.keyField = toStd(from.keyField);
    to.separator = from.separator.toLatin1() == '\0' ? ',' : from.separator.toLatin1();
    return to;
}

}  // namespace

void PublishBridge::publish(const QString& topic, const OutgoingRecord& record, const ProduceOptions& options,
                            QObject* context, ui::Callback<PublishedRecord> done) {
    m_workshop.ask<PublishedRecord>(
        context, std::move(done),
        [workshop = &m_workshop, name = toStd(topic), record, options]() -> ClusterResult<PublishedRecord> {
            auto published = workshop->cluster().produce(name, {record}, options);
            if (!published) {
                return fail(ClusterError(published.error()));
            }
            return published->empty() ? PublishedRecord{} : published->front();
        });
}

ui::JobId PublishBridge::startRepeat(const ui::RepeatSpec& from) {
    RepeatSpec spec;
    spec.topic = toStd(from.topic);
    spec.key = optionalText(from.key);
    spec.value = optionalText(from.value);
    spec.keySchema = choiceOf(from.keySchema);
    spec.valueSchema = choiceOf(from.valueSchema);
    spec.headers = from.headers;
    spec.partition = from.partition;
    spec.options = from.options;
    spec.rate = from.rate;
    spec.count = from.count;
    return m_jobs.start(tr("Publish to %1 again and again").arg(from.topic),
                        [workshop = &m_workshop, spec](JobControl& control) -> ClusterResult<QString> {
                            // The system's source of randomness is too slow for 100,000 records a second.
                            SeededRandom random(workshop->random().next());
                            auto done = repeatPublish(workshop->cluster(), workshop->clock(), random, spec, control);
                            return done ? ClusterResult<QString>(QString()) : fail(ClusterError(done.error()));
                        });
}

ui::JobId PublishBridge::startFile(const ui::FileSpec& from) {
    FilePublishSpec spec;
    spec.topic = toStd(from.topic);
    spec.file = fileSpecOf(from);
    spec.keySchema = choiceOf(from.keySchema);
    spec.valueSchema = choiceOf(from.valueSchema);
    spec.options = from.options;
    spec.rate = from.rate;
    return m_jobs.start(
        tr("Publish %1 to %2").arg(QFileInfo(from.path).fileName(), from.topic),
        [workshop = &m_workshop, spec](JobControl& control) -> ClusterResult<QString> {
            auto done = publishFile(workshop->cluster(), workshop->clock(), spec, control);
            if (!done) {
                return fail(ClusterError(done.error()));
            }
            return control.errors() == 0
                       ? QString()
                       : tr("Some rows could not be published. The first: %1").arg(toQt(control.message()));
        });
}

ClusterResult<QString> PublishBridge::previewTemplate(const QString& text) const {
    auto compiled = TemplateText::compile(toStd(text));
    if (!compiled) {
        return fail(ClusterError{ClusterErrc::kInvalid, 0, compiled.error()});
    }
    std::string out;
    compiled->render(1, m_workshop.now(), m_workshop.random(), out);
    return toQt(out);
}

void PublishBridge::previewFile(const ui::FileSpec& from, QObject* context, ui::Callback<QStringList> done) {
    m_workshop.ask<QStringList>(context, std::move(done),
                                [workshop = &m_workshop, spec = fileSpecOf(from), key = choiceOf(from.keySchema),
                                 value = choiceOf(from.valueSchema)]() -> ClusterResult<QStringList> {
                                    auto encoder = RecordEncoder::make(workshop->cluster(), key, value);
                                    if (!encoder) {
                                        return fail(ClusterError(encoder.error()));
                                    }
                                    constexpr std::size_t kRows = 20;
                                    const auto lines = app::previewFile(spec, kRows, &*encoder);
                                    if (!lines) {
                                        return fail(ClusterError{ClusterErrc::kInvalid, 0, lines.error()});
                                    }
                                    QStringList shown;
                                    for (const std::string& line : *lines) {
                                        shown.append(toQt(line));
                                    }
                                    return shown;
                                });
}

}  // namespace weir::app
