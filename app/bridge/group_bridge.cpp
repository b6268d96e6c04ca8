// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/group_bridge.h"

#include "app/bridge/group_offsets.h"

namespace weir::app {

void GroupBridge::lag(const QString& group, QObject* context, ui::Callback<std::vector<ui::PartitionLag>> done) {
    m_workshop.ask<std::vector<ui::PartitionLag>>(
        context, std::move(done),
        [workshop = &m_workshop, id = toStd(group)] { return lagOf(workshop->cluster(), id, workshop->now()); });
}

void GroupBridge::previewReset(const ui::ResetSpec& spec, QObject* context,
                               ui::Callback<std::vector<ui::OffsetBeforeAfter>> done) {
    m_workshop.ask<Rows>(context, std::move(done), [workshop = &m_workshop, spec] {
        return app::previewReset(workshop->cluster(), spec, workshop->now());
    });
}

void GroupBridge::change(QObject* context, ui::Callback<void> done, std::function<ClusterResult<void>(Cluster&)> work,
                         std::function<void()> finish) {
    m_workshop.ask<void>(
        this,
        [this, waiting = Workshop::Guard(context), done = std::move(done),
         finish = std::move(finish)](ClusterResult<void> result) {
            if (result) {
                finish();
                m_live.refresh();
            }
            if (waiting.isAlive()) {
                done(std::move(result));
            }
        },
        [workshop = &m_workshop, work = std::move(work)] { return work(workshop->cluster()); });
}

void GroupBridge::applyReset(const QString& group, const Rows& rows, QObject* context, ui::Callback<void> done) {
    change(
        context, std::move(done),
        [id = toStd(group), rows](Cluster& cluster) { return setOffsets(cluster, id, rows, ResetSide::kAfter); },
        [this, group, rows] { m_undo.insert(group, rows); });
}

void GroupBridge::undoReset(const QString& group, QObject* context, ui::Callback<void> done) {
    const auto known = m_undo.constFind(group);
    const Rows rows = known == m_undo.constEnd() ? Rows{} : *known;
    change(
        context, std::move(done),
        [id = toStd(group), rows](Cluster& cluster) -> ClusterResult<void> {
            if (rows.empty()) {
                return fail(ClusterError{ClusterErrc::kInvalid, 0, "There is no reset of group " + id + " to undo."});
            }
            return setOffsets(cluster, id, rows, ResetSide::kBefore);
        },
        [this, group] { m_undo.remove(group); });
}

void GroupBridge::remove(const QString& group, QObject* context, ui::Callback<void> done) {
    change(
        context, std::move(done), [id = toStd(group)](Cluster& cluster) { return cluster.deleteGroup(id); },
        [this, group] { m_undo.remove(group); });
}

void GroupBridge::removeMember(const QString& group, const QString& memberId, QObject* context,
                               ui::Callback<void> done) {
    change(
        context, std::move(done),
        [id = toStd(group), member = toStd(memberId)](Cluster& cluster) { return cluster.removeMember(id, member); },
        [] {});
}

}  // namespace weir::app
