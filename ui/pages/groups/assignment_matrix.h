// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "broker/model/snapshot.h"

namespace weir::ui {

/// Who reads what, as a picture: a row a member, a column a partition, a filled cell where they meet, in the
/// partition's own colour. Members without a partition are said to be idle, partitions without a member stand in a last
/// row.
class AssignmentMatrix : public QWidget {
    Q_OBJECT

public:
    explicit AssignmentMatrix(QWidget* parent = nullptr);
    void setGroup(const GroupSnapshot* group);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }
    /// The picture in words, one line a member.
    [[nodiscard]] QStringList inWords() const;

Q_SIGNALS:
    void memberMenu(const QString& memberId, const QPoint& globalPosition);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    struct Member {
        QString id;
        QString name;
        QString host;
        std::vector<bool> has;
        int count = 0;
        bool operator==(const Member&) const = default;
    };
    [[nodiscard]] QRect cell(int row, int column) const;
    [[nodiscard]] int labelWidth() const;
    void paintHead(QPainter& painter) const;

    std::vector<TopicPartition> m_partitions;
    std::vector<Member> m_members;
    bool m_hasNobody = false;
};

}  // namespace weir::ui
