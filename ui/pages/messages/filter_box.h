// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/records.h"
#include "ui/backend/settings.h"

class QLabel;
class QToolButton;

namespace weir::ui {

class SearchField;

/// Contains-text, or an expression: checked while it is typed, with examples, saved ones, and a trial on one record.
class FilterBox : public QWidget {
    Q_OBJECT

public:
    FilterBox(RecordBrowser& records, Settings& settings, QWidget* parent = nullptr);
    [[nodiscard]] QString text() const;
    [[nodiscard]] bool isExpression() const;
    /// True when there is nothing wrong with the text.
    [[nodiscard]] bool isValid() const { return m_check.ok; }
    void setFilter(const QString& text, bool isExpression);
    /// Joins with && to what stands there; a plain text is replaced.
    void addCondition(const QString& expression);
    /// What "Test on the selected record" tries; nullopt disables it.
    void setSample(const std::optional<RowAddress>& sample);
    void focus();

Q_SIGNALS:
    /// The filter is complete and valid: run it.
    void applied();

private:
    void check();
    void fillMenu();
    void tryOnSample();
    void save();

    RecordBrowser& m_records;
    Settings& m_settings;
    SearchField* m_field;
    QToolButton* m_toggle;
    QToolButton* m_menuButton;
    QLabel* m_note;
    FilterCheck m_check;
    std::optional<RowAddress> m_sample;
    QString m_lastApplied;
};

}  // namespace weir::ui
