// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/assignment_matrix.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <set>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr int kCell = 24;
constexpr int kHead = 48;

}  // namespace

AssignmentMatrix::AssignmentMatrix(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Who reads what"));
    connect(&Theme::of(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void AssignmentMatrix::setGroup(const GroupSnapshot* group) {
    std::set<TopicPartition> all;
    if (group != nullptr) {
        for (const GroupMemberSnapshot& member : group->members) {
            all.insert(member.assigned.begin(), member.assigned.end());
        }
        for (const CommittedOffset& commit : group->offsets) {
            all.insert(commit.partition);
        }
    }
    std::vector<TopicPartition> partitions(all.begin(), all.end());
    std::vector<Member> members;
    Member nobody{QString(), tr("nobody"), QString(), std::vector<bool>(partitions.size(), true), 0};
    for (const GroupMemberSnapshot& each : group != nullptr ? group->members : std::vector<GroupMemberSnapshot>()) {
        Member member{QString::fromStdString(each.memberId), QString::fromStdString(each.clientId),
                      QString::fromStdString(each.host), std::vector<bool>(partitions.size(), false),
                      static_cast<int>(each.assigned.size())};
        for (const TopicPartition& partition : each.assigned) {
            const auto at = std::lower_bound(partitions.begin(), partitions.end(), partition) - partitions.begin();
            member.has[static_cast<std::size_t>(at)] = true;
            nobody.has[static_cast<std::size_t>(at)] = false;
        }
        members.push_back(std::move(member));
    }
    std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) { return a.name < b.name; });
    nobody.count = static_cast<int>(std::count(nobody.has.begin(), nobody.has.end(), true));
    m_hasNobody = nobody.count > 0;
    if (m_hasNobody) {
        members.push_back(std::move(nobody));
    }
    if (partitions == m_partitions && members == m_members) {
        return;
    }
    m_partitions = std::move(partitions);
    m_members = std::move(members);
    setAccessibleDescription(inWords().join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

QStringList AssignmentMatrix::inWords() const {
    QStringList lines;
    for (const Member& member : m_members) {
        QStringList names;
        for (std::size_t i = 0; i < m_partitions.size(); ++i) {
            if (member.has[i]) {
                names.append(QStringLiteral("%1-%2")
                                 .arg(QString::fromStdString(m_partitions[i].topic))
                                 .arg(m_partitions[i].partition.value));
            }
        }
        lines.append(member.name + QStringLiteral(": ") +
                     (names.isEmpty() ? tr("idle") : names.join(QStringLiteral(", "))));
    }
    return lines;
}

int AssignmentMatrix::labelWidth() const {
    const QFontMetrics metrics(Theme::of().font(FontRole::kMono));
    int width = Theme::of().px(120);
    for (const Member& member : m_members) {
        width = std::max(width, metrics.horizontalAdvance(member.name) + Theme::of().px(120));
    }
    return std::min(width, Theme::of().px(420));
}

QRect AssignmentMatrix::cell(int row, int column) const {
    const int size = Theme::of().px(kCell);
    return {labelWidth() + column * size, Theme::of().px(kHead) + row * size, size, size};
}

QSize AssignmentMatrix::sizeHint() const {
    const QRect last = cell(static_cast<int>(m_members.size()), static_cast<int>(m_partitions.size()));
    return {last.left() + 24, last.top() + 24};
}

void AssignmentMatrix::paintHead(QPainter& painter) const {
    const Theme& theme = Theme::of();
    painter.setFont(theme.font(FontRole::kSecondary));
    for (std::size_t i = 0; i < m_partitions.size(); ++i) {
        const QRect box = cell(0, static_cast<int>(i));
        if (i == 0 || m_partitions[i].topic != m_partitions[i - 1].topic) {
            std::size_t end = i;
            while (end < m_partitions.size() && m_partitions[end].topic == m_partitions[i].topic) {
                ++end;
            }
            const int width = static_cast<int>(end - i) * box.width() - 4;
            painter.setPen(theme.color(Tint::kText));
            painter.drawText(QRect(box.left() + 2, 0, width, theme.px(24)), Qt::AlignLeft | Qt::AlignVCenter,
                             painter.fontMetrics().elidedText(QString::fromStdString(m_partitions[i].topic),
                                                              Qt::ElideMiddle, width));
            painter.setPen(theme.color(Tint::kLine));
            painter.drawLine(box.left() + 2, theme.px(24), box.left() + width, theme.px(24));
        }
        painter.setPen(theme.color(Tint::kTextSecondary));
        painter.drawText(QRect(box.left(), theme.px(24), box.width(), theme.px(24)), Qt::AlignCenter,
                         QString::number(m_partitions[i].partition.value));
    }
}

void AssignmentMatrix::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintHead(painter);
    for (std::size_t row = 0; row < m_members.size(); ++row) {
        const Member& member = m_members[row];
        const QRect first = cell(static_cast<int>(row), 0);
        const bool isNobody = m_hasNobody && row + 1 == m_members.size();
        const QRect label(0, first.top(), first.left() - 12, first.height());
        const QString count = isNobody            ? tr("not read")
                              : member.count == 0 ? tr("idle")
                                                  : plural(member.count, tr("partition"), tr("partitions"));
        painter.setFont(theme.font(FontRole::kSecondary));
        painter.setPen(theme.color(isNobody || member.count == 0 ? Tint::kWarnText : Tint::kTextSecondary));
        painter.drawText(label, Qt::AlignRight | Qt::AlignVCenter, count);
        const int room = label.width() - painter.fontMetrics().horizontalAdvance(count) - 8;
        painter.setFont(theme.font(isNobody ? FontRole::kBody : FontRole::kMono));
        painter.setPen(theme.color(isNobody ? Tint::kTextSecondary : Tint::kText));
        painter.drawText(label, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(member.name, Qt::ElideMiddle, room));
        for (std::size_t column = 0; column < m_partitions.size(); ++column) {
            const QRectF box = QRectF(cell(static_cast<int>(row), static_cast<int>(column))).adjusted(2, 2, -2, -2);
            const QColor colour = theme.seriesColor(m_partitions[column].partition.value);
            painter.setPen(member.has[column] && isNobody ? QPen(theme.color(Tint::kWarn), 1.4, Qt::DotLine)
                           : member.has[column]           ? QPen(Qt::NoPen)
                                                          : QPen(theme.color(Tint::kLine), 1));
            painter.setBrush(member.has[column] && !isNobody ? QBrush(colour) : QBrush(Qt::NoBrush));
            painter.drawRoundedRect(box, 4, 4);
        }
    }
}

bool AssignmentMatrix::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int row = (help->pos().y() - Theme::of().px(kHead)) / Theme::of().px(kCell);
        const bool over = help->pos().y() >= Theme::of().px(kHead) && row < static_cast<int>(m_members.size());
        const Member* member = over ? &m_members[static_cast<std::size_t>(row)] : nullptr;
        QToolTip::showText(help->globalPos(),
                           member == nullptr || member->id.isEmpty()
                               ? QString()
                               : (member->id + QLatin1Char('\n') + member->host).toHtmlEscaped(),
                           this);
        return true;
    }
    return QWidget::event(event);
}

void AssignmentMatrix::contextMenuEvent(QContextMenuEvent* event) {
    const int row = (event->pos().y() - Theme::of().px(kHead)) / Theme::of().px(kCell);
    if (event->pos().y() >= Theme::of().px(kHead) && row < static_cast<int>(m_members.size()) &&
        !m_members[static_cast<std::size_t>(row)].id.isEmpty()) {
        Q_EMIT memberMenu(m_members[static_cast<std::size_t>(row)].id, event->globalPos());
    }
}

}  // namespace weir::ui
