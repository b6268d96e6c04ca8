// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/json_view.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/widgets/format.h"
#include "ui/widgets/visible_text.h"

namespace weir::ui {
namespace {

constexpr qsizetype kSlice = 256 * 1024;
constexpr int kMaxIndent = 32;
constexpr int kGutter = 22;
constexpr int kIndent = 16;

/// How many characters wider than the text a line is painted: the space after the colon, less those in the text.
qsizetype keyOffset(QStringView line) {
    bool inString = false;
    qsizetype offset = 0;
    for (qsizetype i = 0; i < line.size(); ++i) {
        if (inString && line.at(i) == QLatin1Char('\\')) {
            ++i;
        } else if (line.at(i) == QLatin1Char('"')) {
            inString = !inString;
        } else if (!inString) {
            offset += line.at(i) == QLatin1Char(':') ? 1 : line.at(i).isSpace() ? -1 : 0;
        }
    }
    return offset;
}

}  // namespace

JsonView::JsonView(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Contents"));
    viewport()->setCursor(Qt::IBeamCursor);
    m_worker.setInterval(0);
    connect(&m_worker, &QTimer::timeout, this, &JsonView::work);
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

void JsonView::showText(const QString& text, JsonIndex::Kind kind) {
    m_index.begin(text, kind);
    m_folded.clear();
    m_visible.clear();
    m_longest = 0;
    m_current = -1;
    m_all = false;
    verticalScrollBar()->setValue(0);
    horizontalScrollBar()->setValue(0);
    work();
    if (!m_index.done()) {
        m_worker.start();
    }
}

void JsonView::work() {
    const auto known = m_index.lines().size();
    m_index.step(kSlice);
    const auto& lines = m_index.lines();
    m_folded.resize(lines.size(), false);
    for (std::size_t i = known; i < lines.size(); ++i) {
        m_longest = std::max(m_longest, lines[i].length + std::min(lines[i].depth, kMaxIndent) * 2);
    }
    if (m_index.done()) {
        m_worker.stop();
        if (m_foldFrom > 0) {
            foldFrom(m_foldFrom);
            return;
        }
        rebuild();
        return;
    }
    // What is known so far is shown unfolded; folding needs to know where brackets close.
    for (std::size_t i = known; i < lines.size(); ++i) {
        m_visible.push_back(static_cast<int>(i));
    }
    updateBars();
    viewport()->update();
}

void JsonView::foldFrom(int depth) {
    m_foldFrom = depth;
    const auto& lines = m_index.lines();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        m_folded[i] = depth > 0 && lines[i].close > static_cast<int>(i) && lines[i].depth >= depth;
    }
    rebuild();
}

void JsonView::rebuild() {
    m_visible.clear();
    const auto& lines = m_index.lines();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        m_visible.push_back(static_cast<int>(i));
        if (m_folded[i] && lines[i].close > static_cast<int>(i)) {
            i = static_cast<std::size_t>(lines[i].close);
        }
    }
    m_current = std::min(m_current, static_cast<int>(m_visible.size()) - 1);
    updateBars();
    viewport()->update();
}

void JsonView::setHighlight(const QString& text) {
    m_highlight = text;
    viewport()->update();
}

void JsonView::updateBars() {
    const auto rows = static_cast<int>(std::min<std::size_t>(m_visible.size(), 1'000'000'000));
    const int page = std::max(1, viewport()->height() / m_lineHeight);
    verticalScrollBar()->setRange(0, std::max(0, rows - page));
    verticalScrollBar()->setPageStep(page);
    // In characters, so that a line of ten million does not overflow pixels.
    const auto shown = static_cast<qsizetype>((viewport()->width() - kGutter - 16) / m_charWidth);
    horizontalScrollBar()->setRange(0, static_cast<int>(std::clamp<qsizetype>(m_longest - shown, 0, 1'000'000'000)));
    horizontalScrollBar()->setPageStep(static_cast<int>(std::max<qsizetype>(1, shown)));
    horizontalScrollBar()->setSingleStep(4);
}

void JsonView::resizeEvent(QResizeEvent*) {
    updateBars();
}

void JsonView::scrollContentsBy(int, int) {
    viewport()->update();
}

double JsonView::indentOf(int depth) const {
    return kGutter + std::min(depth, kMaxIndent) * Theme::of().px(kIndent) -
           horizontalScrollBar()->value() * m_charWidth;
}

void JsonView::paintTokens(QPainter& painter, QStringView text, double x, double baseline) {
    const Theme& theme = Theme::of();
    bool first = true;
    for (qsizetype at = 0; at < text.size() && x < viewport()->width();) {
        const QChar c = text.at(at);
        qsizetype end = at + 1;
        Tint tint = Tint::kJsonPunctuation;
        QString spaceAfter;
        if (c == QLatin1Char('"')) {
            while (end < text.size() && text.at(end) != QLatin1Char('"')) {
                end += text.at(end) == QLatin1Char('\\') ? 2 : 1;
            }
            end = std::min(end + 1, text.size());
            qsizetype next = end;
            while (next < text.size() && text.at(next).isSpace()) {
                ++next;
            }
            const bool key = first && next < text.size() && text.at(next) == QLatin1Char(':');
            tint = key ? Tint::kJsonKey : Tint::kJsonString;
        } else if (c == QLatin1Char(':')) {
            spaceAfter = QStringLiteral(" ");
        } else if (c.isSpace()) {
            ++at;
            continue;
        } else if (c.isLetterOrNumber() || c == QLatin1Char('-') || c == QLatin1Char('+')) {
            while (end < text.size() &&
                   (text.at(end).isLetterOrNumber() || QStringLiteral("+-._").contains(text.at(end)))) {
                ++end;
            }
            tint = c.isLetter() ? Tint::kJsonLiteral : Tint::kJsonNumber;
        }
        // Of a very long token only the part that can be seen is made into glyphs.
        const auto hidden = static_cast<qsizetype>(std::max(0.0, -x / m_charWidth - 4));
        const auto room = static_cast<qsizetype>(viewport()->width() / m_charWidth + 8);
        const QStringView token = text.mid(at, end - at);
        const QString seen = visibleText(token.mid(std::min(hidden, token.size()), room));
        painter.setPen(theme.color(tint));
        painter.drawText(QPointF(x + static_cast<double>(std::min(hidden, token.size())) * m_charWidth, baseline),
                         seen);
        x += static_cast<double>(token.size() + spaceAfter.size()) * m_charWidth;
        at = end;
        first = false;
    }
}

void JsonView::paintLine(QPainter& painter, int visible, int y) {
    const Theme& theme = Theme::of();
    const int number = m_visible[static_cast<std::size_t>(visible)];
    const IndexedLine& line = m_index.lines()[static_cast<std::size_t>(number)];
    if (m_all || visible == m_current) {
        painter.fillRect(QRect(0, y, viewport()->width(), m_lineHeight),
                         theme.color(m_all ? Tint::kSelected : Tint::kHover));
    }
    const QStringView text = QStringView(m_index.text()).mid(line.start, line.length);
    const double x = indentOf(line.depth);
    const double baseline = y + 2 + QFontMetricsF(painter.font()).ascent();
    if (!m_highlight.isEmpty() && line.length < 100'000) {
        for (qsizetype at = text.indexOf(m_highlight, 0, Qt::CaseInsensitive); at >= 0;
             at = text.indexOf(m_highlight, at + 1, Qt::CaseInsensitive)) {
            painter.fillRect(QRectF(x + static_cast<double>(at) * m_charWidth, y + 1,
                                    static_cast<double>(m_highlight.size()) * m_charWidth, m_lineHeight - 2),
                             blend(theme.color(Tint::kPanel), theme.color(Tint::kWarn), 0.35));
        }
    }
    const bool opens = line.close > number;
    const bool folded = opens && m_folded[static_cast<std::size_t>(number)];
    if (opens) {
        painter.drawPixmap(QPointF(x - 17, y + (m_lineHeight - 14) / 2.0),
                           theme.pixmap(folded ? QStringLiteral("chevron-right") : QStringLiteral("chevron-down"), 14,
                                        Tint::kTextSecondary, devicePixelRatioF()));
    }
    if (m_index.kind() == JsonIndex::Kind::kJson) {
        paintTokens(painter, text, x, baseline);
    } else {
        const auto hidden =
            std::min<qsizetype>(text.size(), static_cast<qsizetype>(std::max(0.0, -x / m_charWidth - 4)));
        painter.setPen(theme.color(Tint::kText));
        painter.drawText(QPointF(x + static_cast<double>(hidden) * m_charWidth, baseline),
                         visibleText(text.mid(hidden, static_cast<qsizetype>(viewport()->width() / m_charWidth) + 8)));
    }
    if (folded) {
        const bool array = text.endsWith(QLatin1Char('['));
        const qsizetype spaces = keyOffset(text);
        painter.setPen(theme.color(Tint::kTextSecondary));
        painter.drawText(QPointF(x + static_cast<double>(text.size() + spaces) * m_charWidth + 4, baseline),
                         QStringLiteral("… %1 %2").arg(array ? QStringLiteral("]") : QStringLiteral("}"),
                                                       array ? plural(line.children, tr("item"), tr("items"))
                                                             : plural(line.children, tr("field"), tr("fields"))));
    }
}

void JsonView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), Theme::of().color(Tint::kPanel));
    painter.setFont(Theme::of().font(FontRole::kMono));
    int y = 4;
    for (int i = verticalScrollBar()->value(); i < static_cast<int>(m_visible.size()) && y < viewport()->height();
         ++i, y += m_lineHeight) {
        paintLine(painter, i, y);
    }
}

int JsonView::lineAt(int y) const {
    const int line = verticalScrollBar()->value() + std::max(0, y - 4) / m_lineHeight;
    return line < static_cast<int>(m_visible.size()) ? line : -1;
}

void JsonView::toggle(int line) {
    if (m_index.done() && m_index.lines()[static_cast<std::size_t>(line)].close > line) {
        m_folded[static_cast<std::size_t>(line)] = !m_folded[static_cast<std::size_t>(line)];
        rebuild();
    }
}

void JsonView::setCurrent(int visible) {
    if (m_visible.empty()) {
        return;
    }
    m_all = false;
    m_current = std::clamp(visible, 0, static_cast<int>(m_visible.size()) - 1);
    const int page = std::max(1, viewport()->height() / m_lineHeight);
    QScrollBar* bar = verticalScrollBar();
    if (m_current < bar->value()) {
        bar->setValue(m_current);
    } else if (m_current >= bar->value() + page) {
        bar->setValue(m_current - page + 1);
    }
    const IndexedLine& line = m_index.lines()[static_cast<std::size_t>(m_visible[static_cast<std::size_t>(m_current)])];
    setAccessibleDescription(
        visibleText(QStringView(m_index.text()).mid(line.start, std::min<qsizetype>(line.length, 200))));
    viewport()->update();
}

void JsonView::mousePressEvent(QMouseEvent* event) {
    const int visible = lineAt(static_cast<int>(event->position().y()));
    if (visible < 0) {
        return;
    }
    const int line = m_visible[static_cast<std::size_t>(visible)];
    setCurrent(visible);
    const double arrow = indentOf(m_index.lines()[static_cast<std::size_t>(line)].depth) - 18;
    if (event->button() == Qt::LeftButton && event->position().x() >= arrow && event->position().x() < arrow + 20) {
        toggle(line);
    }
}

void JsonView::mouseDoubleClickEvent(QMouseEvent* event) {
    const int visible = lineAt(static_cast<int>(event->position().y()));
    if (visible >= 0) {
        const int line = m_visible[static_cast<std::size_t>(visible)];
        if (m_index.lines()[static_cast<std::size_t>(line)].close > line) {
            toggle(line);
        } else {
            Q_EMIT fieldActivated(m_index.pathOf(line), m_index.valueOf(line));
        }
    }
}

void JsonView::keyPressEvent(QKeyEvent* event) {
    const int page = std::max(1, viewport()->height() / m_lineHeight - 1);
    const int line = m_current >= 0 ? m_visible[static_cast<std::size_t>(m_current)] : -1;
    const bool opens = line >= 0 && m_index.lines()[static_cast<std::size_t>(line)].close > line;
    const bool folded = opens && m_folded[static_cast<std::size_t>(line)];
    if (event->matches(QKeySequence::Copy)) {
        const bool whole = m_all || line < 0;
        QGuiApplication::clipboard()->setText(whole ? m_index.text() : m_index.valueOf(line));
    } else if (event->matches(QKeySequence::SelectAll)) {
        m_all = true;
        viewport()->update();
    } else if (event->key() == Qt::Key_Up) {
        setCurrent(m_current - 1);
    } else if (event->key() == Qt::Key_Down) {
        setCurrent(m_current + 1);
    } else if (event->key() == Qt::Key_PageUp) {
        setCurrent(m_current - page);
    } else if (event->key() == Qt::Key_PageDown) {
        setCurrent(m_current + page);
    } else if (event->key() == Qt::Key_Home) {
        setCurrent(0);
    } else if (event->key() == Qt::Key_End) {
        setCurrent(static_cast<int>(m_visible.size()) - 1);
    } else if ((event->key() == Qt::Key_Left && opens && !folded) || (event->key() == Qt::Key_Right && folded)) {
        toggle(line);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && line >= 0) {
        Q_EMIT fieldActivated(m_index.pathOf(line), m_index.valueOf(line));
    } else {
        event->ignore();
    }
}

void JsonView::contextMenuEvent(QContextMenuEvent* event) {
    if (event->reason() != QContextMenuEvent::Keyboard) {
        setCurrent(std::max(0, lineAt(event->pos().y())));
    }
    if (m_current >= 0 && m_index.done()) {
        const int line = m_visible[static_cast<std::size_t>(m_current)];
        Q_EMIT menuRequested(m_index.pathOf(line), m_index.valueOf(line), event->globalPos());
    }
}

void JsonView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

}  // namespace weir::ui
