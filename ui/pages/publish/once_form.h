// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "broker/model/admin.h"

namespace weir::ui {

class HeadersEditor;
class SendOptions;
class ValueEditor;

/// One record by hand: key, value, headers, and where and how it goes.
class OnceForm : public QWidget {
    Q_OBJECT

public:
    /// `withGenerators`: texts hold {{generators}}; then no timestamp is asked for.
    explicit OnceForm(bool withGenerators, QWidget* parent = nullptr);
    void setTopic(bool isChosen, int partitions);
    void fill(const OutgoingRecord& record);
    /// An error sentence when a field cannot be understood.
    [[nodiscard]] Result<OutgoingRecord, QString> record() const;
    [[nodiscard]] ProduceOptions options() const;
    [[nodiscard]] std::optional<QString> keyText() const;
    [[nodiscard]] std::optional<QString> valueText() const;
    void setTexts(const std::optional<QString>& key, const std::optional<QString>& value);
    void focusKey();

Q_SIGNALS:
    void changed();

private:
    ValueEditor* m_key;
    ValueEditor* m_value;
    HeadersEditor* m_headers;
    SendOptions* m_options;
};

}  // namespace weir::ui
