// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/backend/records.h"

namespace weir::ui {

/// How many records fell into which stretch of time; a click or a drag says where to look.
class TimelineBar : public QWidget {
    Q_OBJECT

public:
    explicit TimelineBar(QWidget* parent = nullptr);
    void setBuckets(std::vector<TimelineBucket> buckets);
    /// Marks the time that the list shows at its top; kNoTimestamp: none.
    void setMark(Timestamp at);
    [[nodiscard]] QSize sizeHint() const override { return {400, 44}; }

Q_SIGNALS:
    void timeChosen(weir::Timestamp from);
    void rangeChosen(weir::Timestamp from, weir::Timestamp until);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] int bucketAt(int x) const;
    [[nodiscard]] QRectF bar(int bucket) const;

    std::vector<TimelineBucket> m_buckets;
    qint64 m_most = 0;
    Timestamp m_mark = kNoTimestamp;
    int m_hover = -1;
    int m_from = -1;
};

}  // namespace weir::ui
