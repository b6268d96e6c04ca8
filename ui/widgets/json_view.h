// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QTimer>

#include "ui/theme/tokens.h"
#include "ui/widgets/json_index.h"

namespace weir::ui {

/// Shows JSON (or plain text) of any size: coloured by type, folded by depth, never wrapped, painted line by line from
/// slices of the text. Ten megabytes on one line, or a hundred thousand brackets deep, cost no more than what is
/// visible. Always plain text: nothing in it is markup.
///
/// Keys: arrows move, Left and Right fold and unfold, Ctrl+C copies the value of the current line (everything after
/// Ctrl+A).
class JsonView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit JsonView(QWidget* parent = nullptr);

    void setJson(const QString& text) { showText(text, JsonIndex::Kind::kJson); }
    void setPlainText(const QString& text) { showText(text, JsonIndex::Kind::kPlain); }
    void clear() { setPlainText(QString()); }
    /// Brackets at this depth and below are folded: 1 shows the first level only. 0 unfolds everything.
    void foldFrom(int depth);
    [[nodiscard]] qsizetype visibleLines() const { return static_cast<qsizetype>(m_visible.size()); }
    [[nodiscard]] const JsonIndex& index() const { return m_index; }
    [[nodiscard]] bool isReady() const { return m_index.done(); }
    /// Marks every occurrence, whatever the case; empty marks nothing.
    void setHighlight(const QString& text);

Q_SIGNALS:
    /// Right click or the menu key on a line: what a page offers (filter, column, copy) is the page's business.
    void menuRequested(const QString& path, const QString& value, const QPoint& globalPosition);
    /// Double click or Enter on a member.
    void fieldActivated(const QString& path, const QString& value);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void showText(const QString& text, JsonIndex::Kind kind);
    void work();
    void rebuild();
    void updateBars();
    void toggle(int line);
    void paintLine(QPainter& painter, int line, int y);
    void paintTokens(QPainter& painter, QStringView text, double x, double baseline);
    [[nodiscard]] int lineAt(int y) const;
    [[nodiscard]] double indentOf(int depth) const;
    void setCurrent(int visible);

    JsonIndex m_index;
    QTimer m_worker;
    std::vector<bool> m_folded;
    std::vector<int> m_visible;
    int m_current = -1;  // among the visible
    bool m_all = false;
    QString m_highlight;
    qsizetype m_longest = 0;
    int m_foldFrom = 0;
    double m_charWidth = 8;
    int m_lineHeight = 18;
};

}  // namespace weir::ui
