// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "broker/base/bytes.h"

class QCheckBox;
class QHBoxLayout;
class QLabel;
class QPlainTextEdit;

namespace weir::ui {

/// A key or a value as text, with a Null switch: null, empty and text are three things, and the editor says which one
/// it is. A text that looks like JSON is checked and the first error is shown; it can be sent all the same.
class ValueEditor : public QWidget {
    Q_OBJECT

public:
    enum class Size { kOneLine, kTall };
    ValueEditor(const QString& name, Size size, QWidget* parent = nullptr);

    /// nullopt: null.
    [[nodiscard]] std::optional<QString> text() const;
    [[nodiscard]] std::optional<Bytes> bytes() const;
    /// Bytes that are no UTF-8 are kept as they are until the text is edited.
    void setBytes(const std::optional<Bytes>& bytes);
    void setText(const std::optional<QString>& text);
    [[nodiscard]] QPlainTextEdit& edit() { return *m_edit; }
    /// Bytes that are no text are being kept.
    [[nodiscard]] bool isRaw() const { return m_raw.has_value(); }
    /// Puts `widget` beside the Null switch.
    void addToHead(QWidget* widget);

Q_SIGNALS:
    void changed();

private:
    void describe();

    QString m_name;
    QHBoxLayout* m_head;
    QPlainTextEdit* m_edit;
    QCheckBox* m_null;
    QLabel* m_hint;
    std::optional<Bytes> m_raw;
};

}  // namespace weir::ui
