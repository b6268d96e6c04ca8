// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/topic_field.h"

#include <QCompleter>
#include <QLineEdit>
#include <QSignalBlocker>

#include "ui/theme/theme.h"

namespace weir::ui {

TopicField::TopicField(const QString& name, QWidget* parent) : QComboBox(parent) {
    setEditable(true);
    setInsertPolicy(NoInsert);
    setAccessibleName(name);
    lineEdit()->setFont(Theme::of().font(FontRole::kMono));
    lineEdit()->setPlaceholderText(tr("Topic"));
    setSizeAdjustPolicy(AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(24);
    completer()->setFilterMode(Qt::MatchContains);
    completer()->setCompletionMode(QCompleter::PopupCompletion);
    completer()->setCaseSensitivity(Qt::CaseInsensitive);
    connect(this, &QComboBox::editTextChanged, this,
            [this](const QString& text) { Q_EMIT topicChanged(text.trimmed()); });
}

void TopicField::setTopics(const Snapshot& snapshot) {
    QStringList names;
    names.reserve(static_cast<qsizetype>(snapshot.topics.size()));
    for (const auto& topic : snapshot.topics) {
        if (!topic->isInternal) {
            names << QString::fromStdString(topic->name);
        }
    }
    if (names == m_names) {
        return;
    }
    m_names = names;
    const QString text = currentText();
    const QSignalBlocker quiet(this);
    clear();
    addItems(names);
    setEditText(text);
}

}  // namespace weir::ui
