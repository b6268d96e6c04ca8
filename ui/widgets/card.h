// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QHBoxLayout;
class QVBoxLayout;

namespace weir::ui {

/// One thing of a page that shows several: a panel-coloured ground with a hairline, a title, and room for controls at
/// the right of it.
class Card : public QWidget {
    Q_OBJECT

public:
    explicit Card(const QString& title, QWidget* parent = nullptr);
    [[nodiscard]] QHBoxLayout* head() const { return m_head; }
    [[nodiscard]] QVBoxLayout* body() const { return m_body; }
    /// A list that fills the card runs to its edges.
    void setFlush();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QHBoxLayout* m_head;
    QVBoxLayout* m_body;
};

}  // namespace weir::ui
