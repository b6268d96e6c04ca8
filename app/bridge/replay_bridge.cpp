// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/replay_bridge.h"

#include <QCoreApplication>

#include "app/replay/replay.h"

namespace weir::app {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("weir::app::ReplayBridge", text);
}

ReplaySpec specOf(const ui::ReplaySpec& from) {
    ReplaySpec to;
    to.fromTopic = toStd(from.fromTopic);
    to.partitions = from.partitions;
    to.fromOffset = from.fromOffset;
    to.untilOffset = from.untilOffset;
    to.fromTime = from.fromTime;
    to.untilTime = from.untilTime;
    to.filter = toStd(from.filter);
    to.filterIsExpression = from.filterIsExpression;
    to.toTopic = toStd(from.toTopic);
    to.pace = from.pace == ui::ReplayPace::kOriginalTiming ? ReplayPace::kOriginalTiming
              : from.pace == ui::ReplayPace::kRate         ? ReplayPace::kRate
                                                           : ReplayPace::kAsFastAsPossible;
    to.factor = from.factor;
    to.ratePerSecond = from.ratePerSecond;
    to.keepPartitions = from.keepPartitions;
    to.shiftTimestampsToNow = from.shiftTimestampsToNow;
    to.loop = from.loop;
    return to;
}

ui::DryRun dryRunOf(const DryRunResult& from) {
    ui::DryRun to;
    to.records = from.records;
    to.bytes = from.bytes;
    to.first = from.first;
    to.last = from.last;
    to.scanned = from.scanned;
    to.expectedMs = from.expectedMs;
    for (const std::string& warning : from.warnings) {
        to.warnings.append(toQt(warning));
    }
    return to;
}

}  // namespace

void ReplayBridge::dryRun(const ui::ReplaySpec& spec, QObject* context, ui::Callback<ui::DryRun> done) {
    auto answer = std::make_shared<ui::DryRun>();
    m_jobs.start(
        tr("Dry run of %1").arg(spec.fromTopic),
        [workshop = &m_workshop, answer, to = specOf(spec)](JobControl& control) -> ClusterResult<QString> {
            auto result = dryRunReplay(workshop->cluster(), workshop->clock(), to, control);
            if (!result) {
                return fail(ClusterError(result.error()));
            }
            *answer = dryRunOf(*result);
            return tr("%1 records would be sent.").arg(answer->records);
        },
        [answer, done = std::move(done), waiting = Workshop::Guard(context)](const ClusterResult<QString>& result) {
            if (!waiting.isAlive()) {
                return;
            }
            if (result) {
                done(*answer);
            } else {
                done(fail(ClusterError(result.error())));
            }
        });
}

ui::JobId ReplayBridge::start(const ui::ReplaySpec& spec) {
    return m_jobs.start(tr("Replay %1 to %2").arg(spec.fromTopic, spec.toTopic),
                        [workshop = &m_workshop, to = specOf(spec)](JobControl& control) -> ClusterResult<QString> {
                            auto done = runReplay(workshop->cluster(), workshop->clock(), to, control);
                            return done ? ClusterResult<QString>(QString()) : fail(ClusterError(done.error()));
                        });
}

}  // namespace weir::app
