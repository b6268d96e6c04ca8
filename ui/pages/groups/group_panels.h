// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend/backend.h"
#include "ui/widgets/side_panel.h"

class QComboBox;

namespace weir::ui {

/// Lists the groups and what is lost with them: their committed offsets. Cannot be undone; groups with members are said
/// to stay.
class DeleteGroupsPanel : public SidePanel {
    Q_OBJECT

public:
    DeleteGroupsPanel(Backend& backend, const QStringList& groups, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished(const QStringList& deleted);

private:
    void run();
    void answered(const QString& group, const ClusterResult<void>& answer);

    Backend& m_backend;
    QStringList m_groups;
    QStringList m_deleted;
    QStringList m_failures;
    int m_open = 0;
};

/// Makes one member leave, as if it had stopped; it may join again.
class RemoveMemberPanel : public SidePanel {
    Q_OBJECT

public:
    RemoveMemberPanel(Backend& backend, const GroupSnapshot& group, const QString& member, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished(const QString& member);

private:
    void run();

    Backend& m_backend;
    QString m_group;
    QComboBox* m_member;
};

}  // namespace weir::ui
