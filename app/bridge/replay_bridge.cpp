// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/replay_bridge.h"

#include <QCoreApplication>
#include <QUuid>
#include <algorithm>

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

// Told of two clusters only when both tell who they are.
bool isAnotherCluster(const std::string& known, const std::string& now) {
    return !known.empty() && !now.empty() && known != now;
}

ClusterError anotherCluster(const std::string& name) {
    return {ClusterErrc::kInvalid, 0, name + " is another cluster now than the one that this replay was begun with."};
}

}  // namespace

ReplayBridge::ReplayBridge(Workshop& workshop, JobRegistry& jobs, const ClusterDirectory* others, QString ownId,
                           const QString& file)
    : m_workshop(workshop),
      m_jobs(jobs),
      m_others(others),
      m_ownId(std::move(ownId)),
      m_shelf(std::make_shared<ReplayShelf>(file, workshop.clock())) {
    // The registry goes after this object, and no event comes in between.
    m_workshop.ask<std::vector<StoredReplay>>(
        &m_jobs,
        [this](const ClusterResult<std::vector<StoredReplay>>& kept) {
            for (const StoredReplay& one : *kept) {
                if (find(one.id) == nullptr) {
                    m_left.push_back({one, false});
                }
            }
            Q_EMIT m_jobs.changed();
        },
        [shelf = m_shelf, source = toStd(m_ownId)]() -> ClusterResult<std::vector<StoredReplay>> {
            return shelf->of(source);
        });
}

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

ReplayBridge::Target ReplayBridge::targetOf(const QString& id) const {
    if (id.isEmpty()) {
        return {m_workshop.sharedCluster(), toQt(m_workshop.cluster().capabilities().whyNot(Feature::kEdit))};
    }
    for (const OpenEnd& each : m_others != nullptr ? m_others->openEnds() : std::vector<OpenEnd>()) {
        if (idOf(each) == id) {
            return {each.cluster, each.whyNot};
        }
    }
    return {nullptr, tr("Open the cluster that it goes to first.")};
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
         target = targetOf(spec.toCluster).cluster](JobControl& control) -> ClusterResult<QString> {
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
    const std::shared_ptr<Cluster> target = targetOf(spec.toCluster).cluster;
    QString title = tr("Replay %1 to %2").arg(spec.fromTopic, spec.toTopic);
    if (target != nullptr && target != m_workshop.sharedCluster()) {
        title = tr("Replay %1 to %2 in %3").arg(spec.fromTopic, spec.toTopic, toQt(target->name()));
    }
    StoredReplay replay;
    replay.id = toStd(QUuid::createUuid().toString(QUuid::WithoutBraces));
    replay.title = toStd(title);
    replay.source = toStd(m_ownId);
    replay.target = toStd(spec.toCluster);
    replay.spec = specOf(spec);
    m_left.insert(m_left.begin(), {std::move(replay), false});
    return run(m_left.front());
}

ui::JobId ReplayBridge::run(Left& work) {
    work.isRunning = true;
    work.replay.at = m_workshop.now();
    auto progress = std::make_shared<ReplayCheckpoint>(work.replay.spec.resume);
    return m_jobs.start(
        toQt(work.replay.title),
        [workshop = &m_workshop, shelf = m_shelf, replay = work.replay, progress,
         target = targetOf(toQt(work.replay.target)).cluster](JobControl& control) mutable -> ClusterResult<QString> {
            if (target == nullptr) {
                return fail(closed());
            }
            const std::string here = workshop->cluster().clusterId();
            const std::string there = target->clusterId();
            if (isAnotherCluster(replay.sourceCluster, here)) {
                return fail(anotherCluster(workshop->cluster().name()));
            }
            if (isAnotherCluster(replay.targetCluster, there)) {
                return fail(anotherCluster(target->name()));
            }
            replay.sourceCluster = here;
            replay.targetCluster = there;
            const ReplaySpec spec = replay.spec;
            const auto running = shelf->begin(std::move(replay));
            if (running == nullptr) {
                return fail(ClusterError{ClusterErrc::kRefused, 0, "Another Weir runs this replay now."});
            }
            ReplayProgress saving([&](const ReplayCheckpoint& to) {
                *progress = to;
                running->moved(to);
            });
            auto done = runReplay({workshop->cluster(), *target}, workshop->clock(), spec, control, &saving);
            running->ended(done && !control.isStopped());
            if (!done) {
                return fail(ClusterError(done.error()));
            }
            return control.isStopped() ? ClusterResult<QString>(fail(stoppedHalfWay())) : QString();
        },
        [this, id = work.replay.id, progress](const ClusterResult<QString>& result) { ended(id, *progress, result); });
}

void ReplayBridge::ended(const std::string& id, const ReplayCheckpoint& at, const ClusterResult<QString>& result) {
    Left* const left = find(id);
    if (left == nullptr) {
        return;
    }
    left->isRunning = false;
    left->replay.spec.resume = at;
    left->replay.at = m_workshop.now();
    // One that never began has nothing to go on with.
    if (result || at.isEmpty()) {
        std::erase_if(m_left, [&id](const Left& each) { return each.replay.id == id; });
    }
    Q_EMIT m_jobs.changed();
}

ReplayBridge::Left* ReplayBridge::find(const std::string& id) {
    const auto found =
        std::find_if(m_left.begin(), m_left.end(), [&id](const Left& each) { return each.replay.id == id; });
    return found == m_left.end() ? nullptr : &*found;
}

QString ReplayBridge::whyNot(const StoredReplay& replay) const {
    const MaskSpec& masks = replay.spec.masks;
    if (!masks.fields.empty() && masks.kind == MaskKind::kHash && masks.secret.empty()) {
        return tr(
            "It hashed fields with a secret that is never kept and ended with Weir: what is left would be hashed "
            "differently. Start it again to have all of it alike.");
    }
    if (isAnotherCluster(replay.sourceCluster, m_workshop.cluster().clusterId())) {
        return tr("It was begun on another cluster than the one that answers here now.");
    }
    return targetOf(toQt(replay.target)).whyNot;
}

std::vector<ui::UnfinishedReplay> ReplayBridge::unfinished() const {
    std::vector<ui::UnfinishedReplay> all;
    for (const Left& left : m_left) {
        // The broker inside is another one with every folder: what belongs to another folder waits for it.
        const bool isElsewhere =
            m_ownId.isEmpty() && isAnotherCluster(left.replay.sourceCluster, m_workshop.cluster().clusterId());
        if (!left.isRunning && !isElsewhere) {
            all.push_back({toQt(left.replay.id), toQt(left.replay.title), left.replay.spec.resume.sent, left.replay.at,
                           whyNot(left.replay)});
        }
    }
    return all;
}

ui::JobId ReplayBridge::goOn(const QString& id) {
    Left* const left = find(toStd(id));
    return left != nullptr && !left->isRunning ? run(*left) : ui::JobId{};
}

void ReplayBridge::forget(const QString& id) {
    std::erase_if(m_left, [&](const Left& each) { return !each.isRunning && toQt(each.replay.id) == id; });
    m_workshop.pool().post([shelf = m_shelf, gone = toStd(id)] { shelf->remove(gone); });
    Q_EMIT m_jobs.changed();
}

}  // namespace weir::app
