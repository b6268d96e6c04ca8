// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/config_editor.h"
#include "ui/widgets/forbid.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/buttons.h"
#include "ui/widgets/config_text.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString optional(const std::optional<std::string>& value) {
    return value ? QString::fromStdString(*value) : kNone;
}

/// The entry as it will be once the pending change is applied.
ConfigEntry after(const ConfigRow& row) {
    ConfigEntry entry = row.entry;
    if (row.pending) {
        entry.value = *row.pending ? *row.pending : entry.defaultValue;
    }
    return entry;
}

std::vector<KeyedColumn<ConfigRow>> columnsOf() {
    std::vector<KeyedColumn<ConfigRow>> columns;
    columns.push_back({ConfigEditor::tr("Name"), [](const ConfigRow& row, int role) -> QVariant {
                           switch (role) {
                               case Qt::DisplayRole:
                                   return QString::fromStdString(row.entry.name);
                               case Qt::ToolTipRole:
                                   return QString::fromStdString(row.entry.documentation).toHtmlEscaped();
                               case kMonoRole:
                                   return true;
                               case kTintRole:
                                   return row.entry.hasEffect ? QVariant()
                                                              : QVariant(static_cast<int>(Tint::kTextSecondary));
                               default:
                                   return {};
                           }
                       }});
    columns.push_back({ConfigEditor::tr("Value"), [](const ConfigRow& row, int role) -> QVariant {
                           switch (role) {
                               case Qt::DisplayRole:
                                   return row.pending ? wordedConfig(row.entry) + QStringLiteral("  →  ") +
                                                            wordedConfig(after(row))
                                                      : wordedConfig(row.entry);
                               case kMonoRole:
                                   return true;
                               case kTintRole:
                                   return row.pending ? QVariant(static_cast<int>(Tint::kWarnText)) : QVariant();
                               default:
                                   return {};
                           }
                       }});
    columns.push_back({ConfigEditor::tr("Source"), [](const ConfigRow& row, int role) -> QVariant {
                           if (role == Qt::DisplayRole) {
                               return nameOfSource(row.entry.source);
                           }
                           if (role == kTintRole) {
                               return static_cast<int>(row.entry.source == ConfigEntry::Source::kDefault
                                                           ? Tint::kTextSecondary
                                                           : Tint::kText);
                           }
                           return {};
                       }});
    columns.push_back({ConfigEditor::tr("Default"), [](const ConfigRow& row, int role) -> QVariant {
                           if (role == Qt::DisplayRole) {
                               return optional(row.entry.defaultValue);
                           }
                           if (role == kTintRole) {
                               return static_cast<int>(Tint::kTextSecondary);
                           }
                           return role == kMonoRole ? QVariant(true) : QVariant();
                       }});
    return columns;
}

}  // namespace

ConfigEditor::ConfigEditor(Settings& settings, const QString& name, Bar bar, QWidget* parent) : QWidget(parent) {
    m_model = new KeyedModel<ConfigRow>(columnsOf(), this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kGap);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(Theme::kGap);
    m_search = new SearchField(tr("Search settings"), this);
    m_search->setMaximumWidth(Theme::of().px(320));
    m_scope = new SegmentedControl({tr("All"), tr("Changed")}, this);
    m_scope->setAccessibleName(tr("Which settings"));
    m_scope->setChoiceTooltip(1, tr("Only what differs from the default, or is about to."));
    tools->addWidget(m_search, 1);
    tools->addWidget(m_scope);
    tools->addStretch(1);
    column->addLayout(tools);
    m_table = new DataTable(settings, name, this);
    // A side panel has less room than a page.
    m_table->setDefaultWidths(bar == Bar::kWithApply ? QList<int>{260, 260, 150, 160} : QList<int>{190, 180, 90, 110});
    m_table->setStretchColumn(1);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Settings"));
    column->addWidget(m_table, 1);
    buildDetail();
    column->addWidget(m_detail);
    if (bar == Bar::kWithApply) {
        buildBar();
        column->addWidget(m_bar);
    }
    connect(m_search, &SearchField::searched, m_table, &DataTable::setFilterText);
    connect(m_scope, &SegmentedControl::chosen, this, &ConfigEditor::showRows);
    connect(m_table, &DataTable::currentRowChanged, this, &ConfigEditor::showDetail);
    connect(m_table, &DataTable::rowOpened, this, [this] { m_editors->currentWidget()->setFocus(); });
    showDetail();
}

void ConfigEditor::buildDetail() {
    m_detail = new QWidget(this);
    auto* column = new QVBoxLayout(m_detail);
    column->setContentsMargins(0, Theme::kGap, 0, 0);
    column->setSpacing(Theme::kSmallGap);
    m_name = makeLabel(QString(), FontRole::kMonoBold, Tint::kText, m_detail);
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_doc = makeLabel(QString(), FontRole::kBody, Tint::kText, m_detail);
    m_doc->setWordWrap(true);
    m_facts = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, m_detail);
    m_facts->setWordWrap(true);
    m_hint = makeLabel(QString(), FontRole::kSecondary, Tint::kBadText, m_detail);
    m_editors = new QStackedWidget(m_detail);
    m_line = new QLineEdit(m_editors);
    m_line->setFont(Theme::of().font(FontRole::kMono));
    m_line->setAccessibleName(tr("Value"));
    m_choice = new QComboBox(m_editors);
    m_choice->setAccessibleName(tr("Value"));
    m_editors->addWidget(m_line);
    m_editors->addWidget(m_choice);
    m_editors->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_reset = makeButton(tr("Reset to default"), ButtonKind::kOrdinary, QStringLiteral("undo"), m_detail);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, Theme::kSmallGap, 0, 0);
    row->setSpacing(Theme::kGap);
    row->addWidget(m_editors, 1);
    row->addWidget(m_reset);
    column->addWidget(m_name);
    column->addWidget(m_doc);
    column->addWidget(m_facts);
    column->addLayout(row);
    column->addWidget(m_hint);
    connect(m_line, &QLineEdit::textEdited, this, &ConfigEditor::edited);
    connect(m_choice, &QComboBox::textActivated, this, &ConfigEditor::edited);
    connect(m_reset, &QPushButton::clicked, this, [this] {
        if (const ConfigRow* entry = current()) {
            setChange(QString::fromStdString(entry->entry.name), std::nullopt);
            showDetail();
        }
    });
}

void ConfigEditor::setForbidden(const QString& whyNot) {
    for (QWidget* const change : std::initializer_list<QWidget*>{m_line, m_choice, m_reset}) {
        forbid(change, whyNot);
    }
}

void ConfigEditor::buildBar() {
    m_bar = new QWidget(this);
    auto* row = new QHBoxLayout(m_bar);
    row->setContentsMargins(0, Theme::kGap, 0, 0);
    row->setSpacing(Theme::kGap);
    m_barText = new ElidedLabel(m_bar);
    row->addWidget(m_barText, 1);
    auto* discardButton = makeButton(tr("Discard"), ButtonKind::kOrdinary, QString(), m_bar);
    m_apply = makeButton(tr("Apply"), ButtonKind::kPrimary, QString(), m_bar);
    row->addWidget(discardButton);
    row->addWidget(m_apply);
    m_bar->hide();
    connect(discardButton, &QPushButton::clicked, this, &ConfigEditor::discard);
    connect(m_apply, &QPushButton::clicked, this, [this] { Q_EMIT applyRequested(changes()); });
}

void ConfigEditor::setEntries(std::vector<ConfigEntry> entries) {
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    m_entries = std::move(entries);
    for (const ConfigEntry& entry : m_entries) {
        const QString name = QString::fromStdString(entry.name);
        const auto it = m_pending.constFind(name);
        if (it != m_pending.constEnd() && *it && entry.value == (*it)->toStdString()) {
            m_pending.remove(name);
        } else if (it != m_pending.constEnd() && !*it && entry.source == ConfigEntry::Source::kDefault) {
            m_pending.remove(name);
        }
    }
    showRows();
    if (m_table->currentSourceRow() < 0 && m_table->proxy().rowCount() > 0) {
        m_table->setCurrentIndex(m_table->proxy().index(0, 0));
    }
    showDetail();
}

std::vector<ConfigChange> ConfigEditor::changes() const {
    std::vector<ConfigChange> changes;
    for (auto it = m_pending.constBegin(); it != m_pending.constEnd(); ++it) {
        changes.push_back({it.key().toStdString(),
                           *it ? std::optional<std::string>((*it)->toStdString()) : std::optional<std::string>()});
    }
    return changes;
}

void ConfigEditor::setChange(const QString& name, const std::optional<QString>& value) {
    const auto entry = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const ConfigEntry& each) { return each.name == name.toStdString(); });
    if (entry == m_entries.end()) {
        return;
    }
    const bool same = value ? entry->value == value->toStdString() : entry->source == ConfigEntry::Source::kDefault;
    if (same) {
        m_pending.remove(name);
    } else {
        m_pending.insert(name, value);
    }
    showRows();
}

void ConfigEditor::discard() {
    m_pending.clear();
    showRows();
    showDetail();
}

void ConfigEditor::setBusy(bool busy) {
    if (m_apply != nullptr) {
        m_apply->setEnabled(!busy);
        m_apply->setToolTip(busy ? tr("Waiting for the cluster.") : QString());
    }
}

void ConfigEditor::focusSearch() {
    m_search->setFocus();
    m_search->selectAll();
}

void ConfigEditor::showRows() {
    std::vector<ConfigRow> rows;
    rows.reserve(m_entries.size());
    for (const ConfigEntry& entry : m_entries) {
        ConfigRow row{entry, std::nullopt};
        const auto it = m_pending.constFind(QString::fromStdString(entry.name));
        if (it != m_pending.constEnd()) {
            row.pending = *it ? std::optional<std::string>((*it)->toStdString()) : std::optional<std::string>();
        }
        if (m_scope->current() == 0 || row.pending || entry.source != ConfigEntry::Source::kDefault) {
            rows.push_back(std::move(row));
        }
    }
    m_model->setRows(std::move(rows));
    showBar();
    Q_EMIT changesChanged();
}

const ConfigRow* ConfigEditor::current() const {
    return m_model->rowAt(m_table->currentSourceRow());
}

void ConfigEditor::showDetail() {
    const ConfigRow* row = current();
    m_detail->setVisible(row != nullptr);
    if (row == nullptr) {
        return;
    }
    m_showing = true;
    const ConfigEntry now = after(*row);
    const QString value = now.value ? QString::fromStdString(*now.value) : QString();
    m_name->setText(QString::fromStdString(now.name));
    m_doc->setText(QString::fromStdString(now.documentation));
    QStringList facts{tr("Default: %1").arg(optional(now.defaultValue)),
                      tr("Set by: %1").arg(nameOfSource(now.source))};
    if (const QString meaning = meaningOfConfig(QString::fromStdString(now.name), value); !meaning.isEmpty()) {
        facts.prepend(tr("Means: %1").arg(meaning));
    }
    if (!now.hasEffect) {
        facts.append(tr("accepted for the sake of tools, without effect on one node"));
    }
    m_facts->setText(facts.join(QStringLiteral("  ·  ")));
    const bool isChoice =
        now.type == ConfigEntry::Type::kBoolean || (!now.allowed.empty() && now.type != ConfigEntry::Type::kList);
    m_editors->setCurrentWidget(isChoice ? static_cast<QWidget*>(m_choice) : m_line);
    if (isChoice) {
        m_choice->clear();
        if (now.allowed.empty()) {
            m_choice->addItems({QStringLiteral("true"), QStringLiteral("false")});
        }
        for (const std::string& each : now.allowed) {
            m_choice->addItem(QString::fromStdString(each));
        }
        m_choice->setCurrentText(value);
    } else if (m_line->text() != value) {
        m_line->setText(value);
    }
    const QString whyFixed = now.readOnly ? tr("This cannot be changed while the broker runs.") : QString();
    m_editors->setEnabled(!now.readOnly);
    m_editors->setToolTip(whyFixed);
    const bool atDefault = row->pending ? !*row->pending : row->entry.source == ConfigEntry::Source::kDefault;
    m_reset->setEnabled(!now.readOnly && !atDefault);
    m_reset->setToolTip(now.readOnly ? whyFixed : atDefault ? tr("It has its default value.") : QString());
    m_hint->setText(whyFixed);
    m_hint->setVisible(!whyFixed.isEmpty());
    m_showing = false;
}

void ConfigEditor::edited(const QString& text) {
    const ConfigRow* row = current();
    if (row == nullptr || m_showing) {
        return;
    }
    const QString why = whyNotAValue(row->entry, text);
    m_hint->setText(why);
    m_hint->setVisible(!why.isEmpty());
    if (why.isEmpty()) {
        setChange(QString::fromStdString(row->entry.name), text.trimmed());
        const int cursor = m_line->cursorPosition();
        showDetail();
        m_line->setCursorPosition(cursor);
    }
}

void ConfigEditor::showBar() {
    if (m_bar == nullptr) {
        return;
    }
    m_bar->setVisible(!m_pending.isEmpty());
    QStringList names;
    for (auto it = m_pending.constBegin(); it != m_pending.constEnd(); ++it) {
        names.append(it.key() + QStringLiteral(" → ") + (*it ? **it : tr("default")));
    }
    m_barText->setText(plural(m_pending.size(), tr("pending change"), tr("pending changes")) + QStringLiteral(": ") +
                       names.join(QStringLiteral(", ")));
    m_apply->setText(tr("Apply %1").arg(plural(m_pending.size(), tr("change"), tr("changes"))));
    m_apply->setAccessibleName(m_apply->text());
}

}  // namespace weir::ui
