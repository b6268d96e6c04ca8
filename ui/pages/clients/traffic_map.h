// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "broker/model/snapshot.h"

namespace weir::ui {

/// Who writes to what and who reads it, drawn from real traffic: producers at the left, topics in the middle, groups
/// and readers without a group at the right. A click on a topic or group opens it.
class TrafficMap : public QWidget {
    Q_OBJECT

public:
    explicit TrafficMap(QWidget* parent = nullptr);
    void setSnapshot(const Snapshot& snapshot);
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void topicOpened(const QString& topic);
    void groupOpened(const QString& group);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    enum class Side { kProducer, kTopic, kReader };
    struct Node {
        Side side;
        QString name;
        bool isGroup = false;
        int row = 0;
        bool operator==(const Node&) const = default;
    };
    struct Edge {
        int from;
        int to;
        bool operator==(const Edge&) const = default;
    };
    int node(Side side, const QString& name, bool isGroup);
    [[nodiscard]] QRect box(const Node& node) const;
    [[nodiscard]] int nodeAt(QPoint point) const;

    std::vector<Node> m_nodes;
    std::vector<Edge> m_edges;
    int m_hover = -1;
};

}  // namespace weir::ui
