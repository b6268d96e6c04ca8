// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>
#include <QTimer>
#include <QToolButton>
#include <QWidget>
#include <functional>

#include "ui/backend/records.h"
#include "ui/theme/theme.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace weir::ui {

/// A handful of choices side by side, one of them taken. Arrow keys move.
class SegmentedControl : public QWidget {
    Q_OBJECT

public:
    explicit SegmentedControl(const QStringList& choices, QWidget* parent = nullptr);
    [[nodiscard]] int current() const { return m_current; }
    void setCurrent(int index);
    void setChoiceTooltip(int index, const QString& tooltip);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    /// Only by the person's hand, not by setCurrent().
    void chosen(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRect cell(int index) const;
    [[nodiscard]] int indexAt(QPoint point) const;
    void choose(int index);

    QStringList m_choices;
    QStringList m_tooltips;
    int m_current = 0;
    int m_hover = -1;
    bool m_byKeyboard = false;
};

/// A line edit with a magnifier and a cross. Escape empties it, and gives the focus away when it is empty already.
/// Emits searched() 120 ms after the last key, or at once on Enter.
class SearchField : public QLineEdit {
    Q_OBJECT

public:
    explicit SearchField(const QString& hint, QWidget* parent = nullptr);

Q_SIGNALS:
    void searched(const QString& text);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QTimer m_pause;
};

/// Copies what `text` gives at that moment, and shows a check mark for a second.
class CopyButton : public QToolButton {
    Q_OBJECT

public:
    CopyButton(const QString& tooltip, std::function<QString()> text, QWidget* parent = nullptr);

private:
    QTimer m_back;
};

/// A green dot and Pause: live is a state one can see and stop. Pausing freezes the view, never the broker.
class LiveControl : public QWidget {
    Q_OBJECT

public:
    explicit LiveControl(QWidget* parent = nullptr);
    [[nodiscard]] bool isPaused() const { return m_paused; }
    void setPaused(bool paused);
    /// Beside the dot while live, e.g. "1,204/s"; and while paused, e.g. "312 not shown".
    void setNote(const QString& note);

Q_SIGNALS:
    void pausedChanged(bool paused);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void describe();

    bool m_paused = false;
    QString m_note;
    QLabel* m_label;
    QPushButton* m_button;
};

/// What a long scan does, in one line: elapsed, scanned, matched, and Stop. Hides itself when nothing was ever run.
class ProgressStrip : public QWidget {
    Q_OBJECT

public:
    explicit ProgressStrip(QWidget* parent = nullptr);
    void setProgress(const ScanProgress& progress);
    /// For anything else: `share` below 0 is "no end known".
    void setProgress(const QString& sentence, double share, bool running);
    [[nodiscard]] QString sentence() const;

Q_SIGNALS:
    void stopRequested();
    void goOnRequested();
    void newerRequested();

private:
    QLabel* m_text;
    QProgressBar* m_bar;
    QPushButton* m_newer;
    QPushButton* m_goOn;
    QPushButton* m_stop;
};

}  // namespace weir::ui
