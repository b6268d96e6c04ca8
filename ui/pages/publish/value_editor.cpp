// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/publish/value_editor.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "ui/theme/theme.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/format.h"

namespace weir::ui {

ValueEditor::ValueEditor(const QString& name, Size size, QWidget* parent) : QWidget(parent), m_name(name) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSmallGap);
    m_head = new QHBoxLayout;
    m_head->setSpacing(Theme::kGap);
    m_head->addWidget(makeLabel(name, FontRole::kBodyMedium, Tint::kText, this));
    m_hint = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, this);
    m_head->addWidget(m_hint, 1);
    m_null = new QCheckBox(tr("Null"), this);
    m_null->setAccessibleName(tr("%1 is null").arg(name));
    m_null->setToolTip(tr("Null is not the same as empty: a null value deletes the key in a compacted topic."));
    m_head->addWidget(m_null);
    column->addLayout(m_head);
    m_edit = new QPlainTextEdit(this);
    m_edit->setFont(Theme::of().font(FontRole::kMono));
    m_edit->setAccessibleName(name);
    m_edit->setTabChangesFocus(true);
    m_edit->setLineWrapMode(QPlainTextEdit::NoWrap);
    if (size == Size::kOneLine) {
        m_edit->setFixedHeight(Theme::of().px(34));
        m_edit->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        m_edit->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    } else {
        m_edit->setMinimumHeight(Theme::of().px(120));
    }
    column->addWidget(m_edit, size == Size::kTall ? 1 : 0);
    connect(m_edit, &QPlainTextEdit::textChanged, this, [this] {
        m_raw.reset();
        describe();
        Q_EMIT changed();
    });
    connect(m_null, &QCheckBox::toggled, this, [this](bool null) {
        m_edit->setEnabled(!null);
        describe();
        Q_EMIT changed();
    });
    describe();
}

std::optional<QString> ValueEditor::text() const {
    return m_null->isChecked() ? std::nullopt : std::optional(m_edit->toPlainText());
}

std::optional<Bytes> ValueEditor::bytes() const {
    if (m_null->isChecked()) {
        return std::nullopt;
    }
    if (m_raw) {
        return m_raw;
    }
    const QByteArray utf8 = m_edit->toPlainText().toUtf8();
    return toBytes(std::string_view(utf8.constData(), static_cast<std::size_t>(utf8.size())));
}

void ValueEditor::setBytes(const std::optional<Bytes>& bytes) {
    if (!bytes) {
        setText(std::nullopt);
        return;
    }
    const std::string_view view = asText(*bytes);
    const QString text = QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size()));
    setText(text);
    const QByteArray back = text.toUtf8();
    if (std::string_view(back.constData(), static_cast<std::size_t>(back.size())) != view) {
        m_raw = *bytes;
        describe();
    }
}

void ValueEditor::addToHead(QWidget* widget) {
    m_head->insertWidget(m_head->count() - 1, widget);
}

void ValueEditor::setText(const std::optional<QString>& text) {
    m_edit->setPlainText(text.value_or(QString()));
    m_null->setChecked(!text);
}

void ValueEditor::describe() {
    Tint tint = Tint::kTextSecondary;
    QString hint;
    if (m_null->isChecked()) {
        hint = tr("null");
    } else if (m_raw) {
        hint = tr("%1 as they were; they are not text").arg(formatBytes(static_cast<qint64>(m_raw->size())));
    } else {
        const QByteArray utf8 = m_edit->toPlainText().toUtf8();
        const QByteArray trimmed = utf8.trimmed();
        hint = utf8.isEmpty() ? tr("empty, not null") : formatBytes(utf8.size());
        if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
            QJsonParseError error;
            QJsonDocument::fromJson(trimmed, &error);
            const bool good = error.error == QJsonParseError::NoError;
            hint += good ? tr(" · JSON") : tr(" · not valid JSON at %1: %2").arg(error.offset).arg(error.errorString());
            tint = good ? Tint::kTextSecondary : Tint::kWarnText;
        }
    }
    m_hint->setText(hint);
    setTint(m_hint, tint);
}

}  // namespace weir::ui
