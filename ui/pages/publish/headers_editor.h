// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableWidget>
#include <vector>

#include "broker/model/record.h"

namespace weir::ui {

/// Record headers, a row each: name, value, and whether the value is null. An empty last row is always there to type
/// into; rows without a name are not sent.
class HeadersEditor : public QTableWidget {
    Q_OBJECT

public:
    explicit HeadersEditor(QWidget* parent = nullptr);
    [[nodiscard]] std::vector<Header> headers() const;
    void setHeaders(const std::vector<Header>& headers);

Q_SIGNALS:
    void changed();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void keepEmptyRow();
    void addRow(const QString& name, const QString& value, bool null);
};

}  // namespace weir::ui
