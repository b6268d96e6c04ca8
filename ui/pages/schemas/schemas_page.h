// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/schemas/schema_words.h"
#include "ui/widgets/pace.h"
#include "ui/widgets/page.h"

class QComboBox;

namespace weir::ui {

class CopyButton;
class DataTable;
class SchemaDetail;
class SearchField;

/// The schema registry: its subjects, what each allows, and the port that serializers reach it at.
class SchemasPage : public Page {
    Q_OBJECT

public:
    explicit SchemasPage(Backend& backend, QWidget* parent = nullptr);
    void focusSearch() override;
    void refresh() override;
    /// `section` is a subject to choose.
    void open(const NavigationTarget& target) override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void buildActions();
    void buildTools();
    void buildTable();
    void buildEmpty();
    void ask();
    void take(const ClusterResult<SchemaRegistryState>& answer);
    void showState();
    void sayClosed(bool isClosed);
    void showDetail();
    void selectWanted();
    void listen(int port);
    void add(const std::optional<SchemaVersion>& from);
    void remove(std::vector<SchemaSubject> subjects, std::optional<int> version);
    void setLevel(int index);
    [[nodiscard]] std::vector<SchemaSubject> chosen() const;

    SchemaRegistryState m_state;
    bool m_isKnown = false;
    bool m_failed = false;
    bool m_saysClosed = false;
    std::string m_wanted;
    Pace m_pace{1000};
    QAction* m_add;
    QAction* m_addVersion;
    QAction* m_remove;
    QAction* m_switchOff;
    QAction* m_switchOn;
    QAction* m_otherPort;
    QAction* m_addFirst;
    SearchField* m_search;
    QLabel* m_url;
    CopyButton* m_copyUrl;
    QComboBox* m_level;
    DataTable* m_table;
    KeyedModel<SubjectRow>* m_model;
    SchemaDetail* m_detail;
    EmptyState* m_empty;
};

}  // namespace weir::ui
