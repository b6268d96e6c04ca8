// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/diff_view.h"

#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <cstdint>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"
#include "ui/widgets/visible_text.h"

namespace weir::ui {
namespace {

constexpr qsizetype kExactLines = 2000;

/// The longest common subsequence of two short lists, as a walk over both.
void diffMiddle(const QStringList& before, const QStringList& after, std::vector<DiffLine>& out) {
    const auto rows = static_cast<std::size_t>(before.size());
    const auto columns = static_cast<std::size_t>(after.size());
    std::vector<std::uint16_t> length((rows + 1) * (columns + 1), 0);
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint16_t& { return length[i * (columns + 1) + j]; };
    for (std::size_t i = rows; i-- > 0;) {
        for (std::size_t j = columns; j-- > 0;) {
            const bool same = before.at(static_cast<qsizetype>(i)) == after.at(static_cast<qsizetype>(j));
            at(i, j) = same ? static_cast<std::uint16_t>(at(i + 1, j + 1) + 1) : std::max(at(i + 1, j), at(i, j + 1));
        }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < rows || j < columns) {
        const bool both = i < rows && j < columns;
        if (both && before.at(static_cast<qsizetype>(i)) == after.at(static_cast<qsizetype>(j))) {
            out.push_back({DiffLine::Kind::kSame, before.at(static_cast<qsizetype>(i))});
            ++i;
            ++j;
        } else if (j >= columns || (both && at(i + 1, j) >= at(i, j + 1))) {
            out.push_back({DiffLine::Kind::kRemoved, before.at(static_cast<qsizetype>(i++))});
        } else {
            out.push_back({DiffLine::Kind::kAdded, after.at(static_cast<qsizetype>(j++))});
        }
    }
}

}  // namespace

std::vector<DiffLine> diffLines(const QStringList& before, const QStringList& after) {
    std::vector<DiffLine> out;
    qsizetype head = 0;
    while (head < before.size() && head < after.size() && before.at(head) == after.at(head)) {
        out.push_back({DiffLine::Kind::kSame, before.at(head++)});
    }
    qsizetype tail = 0;
    while (tail < before.size() - head && tail < after.size() - head &&
           before.at(before.size() - 1 - tail) == after.at(after.size() - 1 - tail)) {
        ++tail;
    }
    const QStringList middleBefore = before.mid(head, before.size() - head - tail);
    const QStringList middleAfter = after.mid(head, after.size() - head - tail);
    if (middleBefore.size() <= kExactLines && middleAfter.size() <= kExactLines) {
        diffMiddle(middleBefore, middleAfter, out);
    } else {
        for (const QString& line : middleBefore) {
            out.push_back({DiffLine::Kind::kRemoved, line});
        }
        for (const QString& line : middleAfter) {
            out.push_back({DiffLine::Kind::kAdded, line});
        }
    }
    for (qsizetype i = before.size() - tail; i < before.size(); ++i) {
        out.push_back({DiffLine::Kind::kSame, before.at(i)});
    }
    return out;
}

DiffView::DiffView(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(NoFrame);
    setAccessibleName(tr("Differences"));
    const auto measure = [this] {
        const QFontMetricsF metrics(Theme::of().font(FontRole::kMono));
        m_charWidth = metrics.horizontalAdvance(QLatin1Char('0'));
        m_lineHeight = static_cast<int>(metrics.height() + 4);
        updateBars();
        viewport()->update();
    };
    connect(&Theme::of(), &Theme::changed, this, measure);
    measure();
}

void DiffView::setTexts(const QString& before, const QString& after) {
    m_lines = diffLines(before.split(QLatin1Char('\n')), after.split(QLatin1Char('\n')));
    m_longest = 0;
    for (const DiffLine& line : m_lines) {
        m_longest = std::max(m_longest, line.text.size());
    }
    setAccessibleDescription(plural(changes(), tr("line differs"), tr("lines differ")));
    updateBars();
    viewport()->update();
}

int DiffView::changes() const {
    return static_cast<int>(std::count_if(m_lines.begin(), m_lines.end(),
                                          [](const DiffLine& line) { return line.kind != DiffLine::Kind::kSame; }));
}

void DiffView::updateBars() {
    const int page = std::max(1, viewport()->height() / m_lineHeight);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(m_lines.size()) - page));
    verticalScrollBar()->setPageStep(page);
    const auto shown = static_cast<qsizetype>((viewport()->width() - 40) / m_charWidth);
    horizontalScrollBar()->setRange(0, static_cast<int>(std::clamp<qsizetype>(m_longest - shown, 0, 1'000'000)));
}

void DiffView::resizeEvent(QResizeEvent*) {
    updateBars();
}
void DiffView::scrollContentsBy(int, int) {
    viewport()->update();
}

void DiffView::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(viewport());
    const QColor ground = theme.color(Tint::kPanel);
    painter.fillRect(viewport()->rect(), ground);
    painter.setFont(theme.font(FontRole::kMono));
    int y = 4;
    for (auto i = static_cast<std::size_t>(verticalScrollBar()->value()); i < m_lines.size(); ++i, y += m_lineHeight) {
        if (y >= viewport()->height()) {
            break;
        }
        const DiffLine& line = m_lines[i];
        const double baseline = y + 2 + QFontMetricsF(painter.font()).ascent();
        if (line.kind != DiffLine::Kind::kSame) {
            const bool added = line.kind == DiffLine::Kind::kAdded;
            painter.fillRect(QRect(0, y, viewport()->width(), m_lineHeight),
                             blend(ground, theme.color(added ? Tint::kOk : Tint::kBad), 0.14));
            painter.setPen(theme.color(added ? Tint::kOkText : Tint::kBadText));
            painter.drawText(QPointF(12, baseline), added ? QStringLiteral("+") : QStringLiteral("−"));
        }
        painter.setPen(theme.color(line.kind == DiffLine::Kind::kSame ? Tint::kTextSecondary : Tint::kText));
        painter.drawText(QPointF(30, baseline), visibleText(QStringView(line.text).mid(
                                                    horizontalScrollBar()->value(),
                                                    static_cast<qsizetype>(viewport()->width() / m_charWidth) + 4)));
    }
}

}  // namespace weir::ui
