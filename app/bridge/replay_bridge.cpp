// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/replay_bridge.h"

#include <QCoreApplication>

#include "app/replay/replay.h"

namespace weir::app {

namespace {

/// As pages name it: an empty name is their own cluster.
QString idOf(const OpenEnd& end) {
    return end.id.isEmpty() ? QStringLiteral("this-computer") : end.id;
}

ClusterError stoppedHalfWay() {
    return {ClusterErrc::kCancelled, 0, {}};
}

ClusterError closed() {
    return {ClusterErrc::kStopped, 0, "The cluster to write to was closed."};
}

QString tr(const char* text) {
    return QCoreApplication::translate("weir::app::ReplayBridge", text);
}

ui::DryRun dryRunOf(const DryRunResult& from) {
    ui::DryRun to;
    to.records = from.records;
    to.bytes = from.bytes;
    to.first = from.first;
    to.last = from.last;
    to.scanned = from.scanned;
    to.leftOut = from.leftOut;
    to.sample = toQt(from.sample);
    to.expectedMs = from.expectedMs;
    for (const std::string& warning : from.warnings) {
        to.warnings.append(toQt(warning));
    }
    return to;
}

}  // namespace

ReplaySpec ReplayBridge::specOf(const ui::ReplaySpec& from) const {
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
    for (const QString& field : from.maskedFields) {
        to.masks.fields.push_back(toStd(field));
    }
    if (from.masksByHash) {
        to.masks.kind = MaskKind::kHash;
        // Of this replay alone: two copies cannot be held against each other.
        constexpr std::size_t kWords = 4;
        to.masks.secret.resize(kWords * sizeof(std::uint64_t));
        for (std::size_t i = 0; i < kWords; ++i) {
            storeBigEndian(to.masks.secret.data() + i * sizeof(std::uint64_t),
                           static_cast<std::int64_t>(m_workshop.random().next()));
        }
    }
    return to;
}

std::shared_ptr<Cluster> ReplayBridge::targetOf(const ui::ReplaySpec& spec) const {
    if (spec.toCluster.isEmpty()) {
        return m_workshop.sharedCluster();
    }
    for (const OpenEnd& each : m_others != nullptr ? m_others->openEnds() : std::vector<OpenEnd>()) {
        if (idOf(each) == spec.toCluster) {
            return each.cluster;
        }
    }
    return nullptr;
}

std::vector<ui::ReplayTarget> ReplayBridge::targets() const {
    std::vector<ui::ReplayTarget> all;
    for (const OpenEnd& each : m_others != nullptr ? m_others->openEnds() : std::vector<OpenEnd>()) {
        if (each.id != m_ownId) {
            all.push_back({idOf(each), each.name, each.whyNot});
        }
    }
    return all;
}

void ReplayBridge::dryRun(const ui::ReplaySpec& spec, QObject* context, ui::Callback<ui::DryRun> done) {
    auto answer = std::make_shared<ui::DryRun>();
    m_jobs.start(
        tr("Dry run of %1").arg(spec.fromTopic),
        [workshop = &m_workshop, answer, to = specOf(spec),
         target = targetOf(spec)](JobControl& control) -> ClusterResult<QString> {
            if (target == nullptr) {
                return fail(closed());
            }
            auto result = dryRunReplay({workshop->cluster(), *target}, workshop->clock(), to, control);
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
    Unfinished work{specOf(spec), tr("Replay %1 to %2").arg(spec.fromTopic, spec.toTopic), targetOf(spec)};
    if (work.target != nullptr && work.target != m_workshop.sharedCluster()) {
        work.title = tr("Replay %1 to %2 in %3").arg(spec.fromTopic, spec.toTopic, toQt(work.target->name()));
    }
    return run(std::move(work));
}

ui::JobId ReplayBridge::run(Unfinished work) {
    m_unfinished.reset();
    auto progress = std::make_shared<ReplayProgress>();
    return m_jobs.start(
        work.title,
        [workshop = &m_workshop, work, progress](JobControl& control) -> ClusterResult<QString> {
            if (work.target == nullptr) {
                return fail(closed());
            }
            auto done =
                runReplay({workshop->cluster(), *work.target}, workshop->clock(), work.spec, control, progress.get());
            if (!done) {
                return fail(ClusterError(done.error()));
            }
            return control.isStopped() ? ClusterResult<QString>(fail(stoppedHalfWay())) : QString();
        },
        [this, work, progress](const ClusterResult<QString>& ended) mutable {
            const auto next = progress->next();
            if (!ended && !(next.empty() && work.spec.resumeAt.empty())) {
                for (const auto& [partition, offset] : next) {
                    work.spec.resumeAt.insert_or_assign(partition, offset);
                }
                m_unfinished = std::move(work);
            }
        });
}

QString ReplayBridge::unfinished() const {
    return m_unfinished ? m_unfinished->title : QString();
}

ui::JobId ReplayBridge::goOn() {
    return m_unfinished ? run(Unfinished(*m_unfinished)) : ui::JobId{};
}

}  // namespace weir::app
