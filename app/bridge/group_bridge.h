// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>

#include "app/bridge/live_feed_bridge.h"
#include "app/bridge/workshop.h"
#include "ui/backend/group_admin.h"

namespace weir::app {

/// Groups: lag, reset with preview and undo, removal. Remembers the last reset of each group for this session.
class GroupBridge final : public QObject, public ui::GroupAdmin {
    Q_OBJECT

public:
    GroupBridge(Workshop& workshop, LiveFeedBridge& live) : m_workshop(workshop), m_live(live) {}

    void lag(const QString& group, QObject* context, ui::Callback<std::vector<ui::PartitionLag>> done) override;
    void previewReset(const ui::ResetSpec& spec, QObject* context,
                      ui::Callback<std::vector<ui::OffsetBeforeAfter>> done) override;
    void applyReset(const QString& group, const std::vector<ui::OffsetBeforeAfter>& rows, QObject* context,
                    ui::Callback<void> done) override;
    void undoReset(const QString& group, QObject* context, ui::Callback<void> done) override;
    [[nodiscard]] bool canUndoReset(const QString& group) const override { return m_undo.contains(group); }
    void remove(const QString& group, QObject* context, ui::Callback<void> done) override;
    void removeMember(const QString& group, const QString& memberId, QObject* context,
                      ui::Callback<void> done) override;

private:
    using Rows = std::vector<ui::OffsetBeforeAfter>;
    /// `finish` runs on success even when nobody waits for the answer any more: undo must know what happened.
    void change(QObject* context, ui::Callback<void> done, std::function<ClusterResult<void>(Cluster&)> work,
                std::function<void()> finish);

    Workshop& m_workshop;
    LiveFeedBridge& m_live;
    QHash<QString, Rows> m_undo;
};

}  // namespace weir::app
