// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/clients/traffic_map.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <array>

#include "ui/theme/theme.h"

namespace weir::ui {

namespace {

constexpr int kBoxHeight = 26;
constexpr int kRowHeight = 34;
constexpr int kHeadHeight = 24;

}  // namespace

TrafficMap::TrafficMap(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setAccessibleName(tr("Who writes to what, and who reads it"));
}

int TrafficMap::node(Side side, const QString& name, bool isGroup) {
    int row = 0;
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        if (m_nodes[i].side == side) {
            if (m_nodes[i].name == name && m_nodes[i].isGroup == isGroup) {
                return static_cast<int>(i);
            }
            ++row;
        }
    }
    m_nodes.push_back({side, name, isGroup, row});
    return static_cast<int>(m_nodes.size()) - 1;
}

void TrafficMap::setSnapshot(const Snapshot& snapshot) {
    const std::vector<Node> nodesBefore = std::move(m_nodes);
    const std::vector<Edge> edgesBefore = std::move(m_edges);
    m_nodes.clear();
    m_edges.clear();
    const auto connect = [this](int from, int to) {
        const Edge edge{from, to};
        if (std::find(m_edges.begin(), m_edges.end(), edge) == m_edges.end()) {
            m_edges.push_back(edge);
        }
    };
    for (const ConnectionSnapshot& client : snapshot.connections) {
        const QString name = QString::fromStdString(client.clientId.empty() ? client.remoteAddress : client.clientId);
        for (const std::string& topic : client.producedTopics) {
            const int from = node(Side::kProducer, name, false);
            connect(from, node(Side::kTopic, QString::fromStdString(topic), false));
        }
        for (const std::string& topic : client.fetchedTopics) {
            const int from = node(Side::kTopic, QString::fromStdString(topic), false);
            if (client.groups.empty()) {
                connect(from, node(Side::kReader, name, false));
            }
            for (const std::string& group : client.groups) {
                connect(from, node(Side::kReader, QString::fromStdString(group), true));
            }
        }
    }
    if (m_nodes != nodesBefore || m_edges != edgesBefore) {
        m_hover = -1;
        setMinimumHeight(sizeHint().height());
        updateGeometry();
        update();
    }
}

QSize TrafficMap::sizeHint() const {
    int rows = 2;
    for (const Node& n : m_nodes) {
        rows = std::max(rows, n.row + 1);
    }
    return {600, Theme::of().px(kHeadHeight + rows * kRowHeight)};
}

QRect TrafficMap::box(const Node& n) const {
    const Theme& theme = Theme::of();
    const int wide = std::max(theme.px(120), width() / 4);
    const int x = n.side == Side::kProducer ? 0 : n.side == Side::kTopic ? (width() - wide) / 2 : width() - wide;
    return {x, theme.px(kHeadHeight + n.row * kRowHeight), wide, theme.px(kBoxHeight)};
}

int TrafficMap::nodeAt(QPoint point) const {
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        if (box(m_nodes[i]).contains(point)) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

void TrafficMap::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(FontRole::kSecondary));
    painter.setPen(theme.color(Tint::kTextSecondary));
    const QRect head(0, 0, width(), theme.px(kHeadHeight - 6));
    painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter, tr("Producers"));
    painter.drawText(head, Qt::AlignHCenter | Qt::AlignVCenter, tr("Topics"));
    painter.drawText(head, Qt::AlignRight | Qt::AlignVCenter, tr("Groups and readers"));
    for (const Edge& edge : m_edges) {
        const Node& from = m_nodes[static_cast<std::size_t>(edge.from)];
        const Node& to = m_nodes[static_cast<std::size_t>(edge.to)];
        const QPointF start(box(from).right(), box(from).center().y());
        const QPointF end(box(to).left(), box(to).center().y());
        const bool lit = m_hover < 0 || m_hover == edge.from || m_hover == edge.to;
        QColor color = theme.color(from.side == Side::kProducer ? Tint::kIn : Tint::kOut);
        color.setAlphaF(lit ? 0.9F : 0.2F);
        const double bend = (end.x() - start.x()) / 2;
        QPainterPath path(start);
        path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end);
        painter.setPen(QPen(color, 1.6));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(path);
    }
    painter.setFont(theme.font(FontRole::kMono));
    const QFontMetrics metrics(painter.font());
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const Node& n = m_nodes[i];
        const QRect r = box(n);
        painter.setPen(theme.color(static_cast<int>(i) == m_hover ? Tint::kAccent : Tint::kOutline));
        painter.setBrush(theme.color(Tint::kControl));
        painter.drawRoundedRect(QRectF(r).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
        painter.setPen(theme.color(Tint::kText));
        painter.drawText(r.adjusted(10, 0, -10, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         metrics.elidedText(n.name, Qt::ElideMiddle, r.width() - 20));
    }
    if (m_nodes.empty()) {
        painter.setFont(theme.font(FontRole::kBody));
        painter.setPen(theme.color(Tint::kTextSecondary));
        painter.drawText(rect(), Qt::AlignCenter, tr("Nobody has written or read yet."));
    }
}

void TrafficMap::mouseMoveEvent(QMouseEvent* event) {
    const int now = nodeAt(event->position().toPoint());
    if (now != m_hover) {
        m_hover = now;
        const bool opens = now >= 0 && (m_nodes[static_cast<std::size_t>(now)].side == Side::kTopic ||
                                        m_nodes[static_cast<std::size_t>(now)].isGroup);
        setCursor(opens ? Qt::PointingHandCursor : Qt::ArrowCursor);
        setToolTip(now >= 0 ? m_nodes[static_cast<std::size_t>(now)].name : QString());
        update();
    }
}

void TrafficMap::mouseReleaseEvent(QMouseEvent* event) {
    const int at = nodeAt(event->position().toPoint());
    if (at < 0) {
        return;
    }
    const Node n = m_nodes[static_cast<std::size_t>(at)];
    if (n.side == Side::kTopic) {
        Q_EMIT topicOpened(n.name);
    } else if (n.isGroup) {
        Q_EMIT groupOpened(n.name);
    }
}

void TrafficMap::leaveEvent(QEvent*) {
    m_hover = -1;
    update();
}

}  // namespace weir::ui
