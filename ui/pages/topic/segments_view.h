// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "broker/model/admin.h"

namespace weir::ui {

/// What retention would delete if it ran now.
struct RetentionNow {
    int segments = 0;
    std::int64_t bytes = 0;
};
/// By Kafka's rules (UnifiedLog.deleteOldSegments): from the oldest, while a segment's newest record is older than
/// `retentionMs`, or while what is left without it still exceeds `retentionBytes`; never the active one. Negative
/// limits are none.
RetentionNow retentionNow(const std::vector<SegmentInfo>& segments, std::int64_t retentionMs,
                          std::int64_t retentionBytes, Timestamp now);

/// The segment files of one partition, oldest at the left, each as wide as it is large.
class SegmentsView : public QWidget {
    Q_OBJECT

public:
    explicit SegmentsView(QWidget* parent = nullptr);
    /// `doomed`: so many of the oldest are what retention would remove.
    void setSegments(std::vector<SegmentInfo> segments, int colour, int doomed);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    /// -1 where there is none.
    [[nodiscard]] int segmentAt(int x) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] std::vector<QRectF> boxes() const;
    [[nodiscard]] QString describe(std::size_t index) const;

    std::vector<SegmentInfo> m_segments;
    int m_colour = 0;
    int m_doomed = 0;
};

}  // namespace weir::ui
