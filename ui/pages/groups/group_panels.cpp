// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/group_panels.h"

#include <QComboBox>
#include <QVBoxLayout>

#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

void say(SidePanel& panel, const QString& sentence, Tint tint) {
    auto* label = makeLabel(sentence, FontRole::kBody, tint, &panel);
    label->setWordWrap(true);
    panel.body()->addWidget(label);
    panel.body()->addSpacing(Theme::kGap);
}

}  // namespace

DeleteGroupsPanel::DeleteGroupsPanel(Backend& backend, const QStringList& groups, QWidget* parent)
    : SidePanel(groups.size() == 1 ? tr("Delete %1").arg(groups.front())
                                   : tr("Delete %1").arg(plural(groups.size(), tr("group"), tr("groups"))),
                parent),
      m_backend(backend) {
    const SnapshotPtr snapshot = backend.live().current();
    QStringList stay;
    for (const QString& id : groups) {
        const GroupSnapshot* group = snapshot->findGroup(id.toStdString());
        (group != nullptr && !group->members.empty() ? stay : m_groups).append(id);
    }
    say(*this,
        tr("The group and its committed offsets go. A consumer that comes back starts where its "
           "auto.offset.reset says. This cannot be undone."),
        Tint::kTextSecondary);
    for (const QString& id : m_groups) {
        const GroupSnapshot* group = snapshot->findGroup(id.toStdString());
        const auto offsets = group != nullptr ? static_cast<qint64>(group->offsets.size()) : 0;
        auto* row = makeLabel(tr("%1 · %2").arg(id, plural(offsets, tr("committed offset"), tr("committed offsets"))),
                              FontRole::kMono, Tint::kText, this);
        row->setWordWrap(true);
        body()->addWidget(row);
    }
    if (!stay.isEmpty()) {
        body()->addSpacing(Theme::kGap);
        say(*this,
            tr("Stays, because it has members; stop its consumers first: %1").arg(stay.join(QStringLiteral(", "))),
            Tint::kWarnText);
    }
    setPrimary(m_groups.size() > 1 ? tr("Delete %1 groups").arg(formatCount(m_groups.size())) : tr("Delete group"),
               ButtonKind::kDanger);
    setPrimaryEnabled(!m_groups.isEmpty(), tr("A group with members cannot be deleted."));
    connect(this, &SidePanel::accepted, this, &DeleteGroupsPanel::run);
}

void DeleteGroupsPanel::run() {
    if (m_groups.isEmpty() || m_open > 0) {
        return;
    }
    setBusy(true);
    clearError();
    m_failures.clear();
    m_open = static_cast<int>(m_groups.size());
    for (const QString& group : QStringList(m_groups)) {
        m_backend.groups().remove(group, this,
                                  [this, group](const ClusterResult<void>& answer) { answered(group, answer); });
    }
}

void DeleteGroupsPanel::answered(const QString& group, const ClusterResult<void>& answer) {
    if (answer.ok()) {
        m_deleted.append(group);
        m_groups.removeAll(group);
    } else {
        m_failures.append(group + QStringLiteral(": ") + QString::fromStdString(answer.error().message));
    }
    if (--m_open > 0) {
        return;
    }
    if (!m_deleted.isEmpty()) {
        Q_EMIT finished(std::exchange(m_deleted, {}));
    }
    if (m_failures.isEmpty()) {
        close();
    } else {
        showError(m_failures.join(QLatin1Char('\n')));
    }
}

RemoveMemberPanel::RemoveMemberPanel(Backend& backend, const GroupSnapshot& group, const QString& member,
                                     QWidget* parent)
    : SidePanel(tr("Remove a member"), parent), m_backend(backend), m_group(QString::fromStdString(group.id)) {
    m_member = new QComboBox(this);
    for (const GroupMemberSnapshot& each : group.members) {
        const QString id = QString::fromStdString(each.memberId);
        m_member->addItem(
            tr("%1 · %2").arg(QString::fromStdString(each.clientId),
                              plural(static_cast<qint64>(each.assigned.size()), tr("partition"), tr("partitions"))),
            id);
        m_member->setItemData(m_member->count() - 1, id, Qt::ToolTipRole);
    }
    m_member->setCurrentIndex(std::max(0, m_member->findData(member)));
    addField(tr("Member"), m_member);
    body()->addSpacing(12);
    say(*this, tr("Its partitions go to the other members. A consumer that still runs notices and joins again."),
        Tint::kTextSecondary);
    setPrimary(tr("Remove member"), ButtonKind::kDanger);
    setPrimaryEnabled(m_member->count() > 0, tr("The group has no members."));
    connect(this, &SidePanel::accepted, this, &RemoveMemberPanel::run);
}

void RemoveMemberPanel::run() {
    if (m_member->count() == 0) {
        return;
    }
    setBusy(true);
    clearError();
    const QString name = m_member->currentText();
    m_backend.groups().removeMember(m_group, m_member->currentData().toString(), this,
                                    [this, name](const ClusterResult<void>& answer) {
                                        if (answer.ok()) {
                                            Q_EMIT finished(name);
                                            close();
                                        } else {
                                            showError(QString::fromStdString(answer.error().message));
                                        }
                                    });
}

}  // namespace weir::ui
