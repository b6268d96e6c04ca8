// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QLabel;
class QVBoxLayout;

namespace weir::ui {

/// Says what would be here and offers the first step. Give it to a page with Page::setEmptyState(), or put it where a
/// list would be.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    EmptyState(const QString& icon, const QString& sentence, QWidget* parent = nullptr);
    void setSentence(const QString& sentence);
    void setDetail(const QString& detail);
    /// The first is the primary button.
    void addStep(QAction* action);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_icon;
    QLabel* m_sentence;
    QLabel* m_detail;
    QVBoxLayout* m_steps;
    bool m_hasPrimary = false;
};

}  // namespace weir::ui
