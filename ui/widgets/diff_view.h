// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QStringList>
#include <vector>

namespace weir::ui {

struct DiffLine {
    enum class Kind { kSame, kRemoved, kAdded };
    Kind kind = Kind::kSame;
    QString text;
    bool operator==(const DiffLine&) const = default;
};

/// Line by line, the fewest changes. Past 2,000 differing lines a side the middle is given as removed and added whole:
/// the exact answer would cost more than anybody reads.
std::vector<DiffLine> diffLines(const QStringList& before, const QStringList& after);

/// Two texts as one list: "−" removed, "+" added, unchanged in between.
class DiffView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit DiffView(QWidget* parent = nullptr);
    void setTexts(const QString& before, const QString& after);
    [[nodiscard]] int changes() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    void updateBars();

    std::vector<DiffLine> m_lines;
    qsizetype m_longest = 0;
    double m_charWidth = 8;
    int m_lineHeight = 18;
};

}  // namespace weir::ui
