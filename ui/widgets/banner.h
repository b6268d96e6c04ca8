// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>
#include <functional>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace weir::ui {

enum class Mood { kInfo, kOk, kWarning, kError };

/// One plain sentence across the page: what happened, to what, what to do. Stays until it is cleared or closed.
class Banner : public QWidget {
    Q_OBJECT

public:
    explicit Banner(QWidget* parent = nullptr);
    void show(Mood mood, const QString& sentence);
    /// With one button; an empty text takes it away again.
    void setAction(const QString& text, std::function<void()> action);
    void clear();
    [[nodiscard]] QString sentence() const;
    /// Room around the painted box, there only while the banner is.
    void setOuterMargins(const QMargins& margins);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QMargins m_outer;
    Mood m_mood = Mood::kInfo;
    QLabel* m_text;
    QPushButton* m_button;
    std::function<void()> m_action;
};

/// "Deleted 3 topics." with Undo, low over the page, for eight seconds; longer while the pointer or the focus is on it.
/// Only one is shown at a time: the next replaces it.
class UndoBar : public QWidget {
    Q_OBJECT

public:
    explicit UndoBar(QWidget* over);
    void say(const QString& sentence);
    void offerUndo(const QString& sentence, std::function<void()> undo);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void place();

    QLabel* m_text;
    QPushButton* m_undo;
    std::function<void()> m_action;
    QTimer m_timer;
};

}  // namespace weir::ui
