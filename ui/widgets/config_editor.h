// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QWidget>
#include <optional>
#include <vector>

#include "broker/model/admin.h"
#include "ui/widgets/keyed_model.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;

namespace weir::ui {

class DataTable;
class ElidedLabel;
class SearchField;
class SegmentedControl;
class Settings;

struct ConfigRow {
    ConfigEntry entry;
    /// Set while a change waits: what it becomes; an inner nullopt is "back to default".
    std::optional<std::optional<std::string>> pending;

    [[nodiscard]] const std::string& key() const { return entry.name; }
    bool operator==(const ConfigRow& other) const {
        return entry.name == other.entry.name && entry.value == other.entry.value &&
               entry.source == other.entry.source && pending == other.pending;
    }
};

/// Every setting with its value, where that comes from, its default and its documentation; what is edited is collected
/// as pending changes, shown as before and after, and only applied when asked. Does no work itself: whoever owns it
/// answers applyRequested() and then gives the new entries, or says failed().
class ConfigEditor : public QWidget {
    Q_OBJECT

public:
    /// `name` is what the table's columns are remembered under. Without `withApply` (a topic that does not exist yet)
    /// there is no bar: the owner reads changes().
    enum class Bar { kWithApply, kWithout };
    ConfigEditor(Settings& settings, const QString& name, Bar bar, QWidget* parent = nullptr);

    /// Pending changes that are still different stay.
    void setEntries(std::vector<ConfigEntry> entries);
    [[nodiscard]] std::vector<ConfigChange> changes() const;
    void setChange(const QString& name, const std::optional<QString>& value);
    void discard();
    void setBusy(bool busy);
    /// Values can be looked at and not edited, because of `whyNot` unless that is empty.
    void setForbidden(const QString& whyNot);
    void focusSearch();
    [[nodiscard]] DataTable& table() const { return *m_table; }

Q_SIGNALS:
    void changesChanged();
    void applyRequested(const std::vector<weir::ConfigChange>& changes);

private:
    void buildDetail();
    void buildBar();
    void showRows();
    void showDetail();
    void edited(const QString& text);
    void showBar();
    [[nodiscard]] const ConfigRow* current() const;

    std::vector<ConfigEntry> m_entries;
    QMap<QString, std::optional<QString>> m_pending;
    KeyedModel<ConfigRow>* m_model;
    SearchField* m_search;
    SegmentedControl* m_scope;
    DataTable* m_table;
    QWidget* m_detail;
    QLabel* m_name;
    QLabel* m_doc;
    QLabel* m_facts;
    QLabel* m_hint;
    QStackedWidget* m_editors;
    QLineEdit* m_line;
    QComboBox* m_choice;
    QPushButton* m_reset;
    QWidget* m_bar = nullptr;
    ElidedLabel* m_barText = nullptr;
    QPushButton* m_apply = nullptr;
    bool m_showing = false;
};

}  // namespace weir::ui
