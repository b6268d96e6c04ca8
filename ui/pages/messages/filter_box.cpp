// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/messages/filter_box.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/buttons.h"
#include "ui/widgets/controls.h"

namespace weir::ui {

namespace {

const QString kSavedKey = QStringLiteral("messages/savedFilters");

}  // namespace

FilterBox::FilterBox(RecordBrowser& records, Settings& settings, QWidget* parent)
    : QWidget(parent), m_records(records), m_settings(settings) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSmallGap);
    auto* row = new QHBoxLayout;
    row->setSpacing(Theme::kSmallGap);
    m_field = new SearchField(QString(), this);
    m_toggle = new QToolButton(this);
    m_toggle->setText(QStringLiteral("ƒx"));
    m_toggle->setCheckable(true);
    m_toggle->setToolTip(tr("Filter expression instead of text"));
    m_toggle->setAccessibleName(m_toggle->toolTip());
    m_menuButton = makeIconButton(QStringLiteral("filter"), tr("Examples and saved filters"), this);
    m_menuButton->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_menuButton);
    m_menuButton->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, &FilterBox::fillMenu);
    row->addWidget(m_field, 1);
    row->addWidget(m_toggle);
    row->addWidget(m_menuButton);
    column->addLayout(row);
    m_note = makeLabel(QString(), FontRole::kSecondary, Tint::kBadText, this);
    m_note->hide();
    column->addWidget(m_note);
    connect(m_field, &QLineEdit::textChanged, this, &FilterBox::check);
    connect(m_toggle, &QToolButton::toggled, this, [this] {
        check();
        if (!m_field->text().isEmpty() && m_check.ok) {
            Q_EMIT applied();
        }
    });
    connect(m_field, &SearchField::searched, this, [this] {
        const QString now = m_field->text() + (isExpression() ? QStringLiteral("\x01") : QString());
        if (m_check.ok && now != m_lastApplied) {
            m_lastApplied = now;
            Q_EMIT applied();
        }
    });
    check();
}

QString FilterBox::text() const {
    return m_field->text();
}

bool FilterBox::isExpression() const {
    return m_toggle->isChecked();
}

void FilterBox::setFilter(const QString& text, bool isExpression) {
    m_toggle->setChecked(isExpression);
    m_field->setText(text);
}

void FilterBox::addCondition(const QString& expression) {
    const QString before = isExpression() ? m_field->text().trimmed() : QString();
    m_toggle->setChecked(true);
    m_field->setText(before.isEmpty() ? expression : before + QStringLiteral(" && ") + expression);
    if (m_check.ok) {
        Q_EMIT applied();
    }
}

void FilterBox::setSample(const std::optional<RowAddress>& sample) {
    m_sample = sample;
}

void FilterBox::focus() {
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
}

void FilterBox::check() {
    m_field->setPlaceholderText(isExpression() ? tr("value.price > 100 && key ~ \"^AAP\"")
                                               : tr("Search key, value and headers"));
    m_field->setAccessibleName(isExpression() ? tr("Filter expression") : tr("Search text"));
    m_field->setFont(Theme::of().font(isExpression() ? FontRole::kMono : FontRole::kBody));
    m_check =
        isExpression() && !m_field->text().trimmed().isEmpty() ? m_records.checkFilter(m_field->text()) : FilterCheck{};
    m_note->setVisible(!m_check.ok);
    if (!m_check.ok) {
        setTint(m_note, Tint::kBadText);
        m_note->setText(m_check.errorColumn >= 0 ? tr("Column %1: %2").arg(m_check.errorColumn + 1).arg(m_check.error)
                                                 : m_check.error);
    }
}

void FilterBox::fillMenu() {
    QMenu* menu = m_menuButton->menu();
    menu->clear();
    QAction* trial = menu->addAction(tr("Test on the selected record"));
    trial->setEnabled(m_sample.has_value() && isExpression() && m_check.ok && !text().isEmpty());
    connect(trial, &QAction::triggered, this, &FilterBox::tryOnSample);
    QAction* keep = menu->addAction(tr("Save this filter"));
    keep->setEnabled(!text().isEmpty() && m_check.ok);
    connect(keep, &QAction::triggered, this, &FilterBox::save);
    const QStringList saved = m_settings.value(kSavedKey).toStringList();
    if (!saved.isEmpty()) {
        menu->addSection(tr("Saved"));
    }
    const auto add = [&](const QString& expression) {
        QAction* action = menu->addAction(expression);
        action->setFont(Theme::of().font(FontRole::kMono));
        connect(action, &QAction::triggered, this, [this, expression] {
            setFilter(expression, true);
            Q_EMIT applied();
        });
    };
    for (const QString& expression : saved) {
        add(expression);
    }
    menu->addSection(tr("Examples"));
    for (const char* example :
         {"value.price > 100", "key ~ \"^AAP\"", "value contains \"error\"", "headers[\"trace\"] == \"abc\"",
          "timestamp > now - 5m && size > 1_000", "value.status in (\"NEW\", \"PAID\") && !(key == null)"}) {
        add(QString::fromLatin1(example));
    }
}

void FilterBox::save() {
    QStringList saved = m_settings.value(kSavedKey).toStringList();
    saved.removeAll(text());
    saved.prepend(text());
    m_settings.setValue(kSavedKey, saved.mid(0, 20));
}

void FilterBox::tryOnSample() {
    m_records.tryFilter(text(), *m_sample, this, [this](const ClusterResult<FilterTrial>& answer) {
        m_note->setVisible(true);
        if (!answer.ok()) {
            setTint(m_note, Tint::kBadText);
            m_note->setText(QString::fromStdString(answer.error().message));
            return;
        }
        setTint(m_note, answer.value().matches ? Tint::kOkText : Tint::kTextSecondary);
        m_note->setText(tr("%1: %2").arg(answer.value().matches ? tr("Matches") : tr("Does not match"),
                                         answer.value().explanation));
    });
}

}  // namespace weir::ui
