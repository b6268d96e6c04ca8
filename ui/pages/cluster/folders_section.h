// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/cluster/cluster_models.h"
#include "ui/pages/cluster/cluster_section.h"

class QLabel;
class QSplitter;

namespace weir::ui {

class DataTable;

/// The log folders of every broker, and below them the replicas in those that are chosen, or in all.
class FoldersSection : public ClusterSection {
    Q_OBJECT

public:
    explicit FoldersSection(Backend& backend, QWidget* parent = nullptr);
    /// Of replicas.
    void setFilterText(const QString& text) override;

protected:
    void question() override;

private:
    void showFolders();
    void showReplicas();
    /// As much as the folders need, and the rest for what is in them.
    void makeRoom();

    std::vector<LogDir> m_all;
    QString m_text;
    QSplitter* m_splitter;
    KeyedModel<FolderRow>* m_folders;
    KeyedModel<ReplicaRow>* m_replicas;
    DataTable* m_folderTable;
    QLabel* m_whose;
    DataTable* m_replicaTable;
};

}  // namespace weir::ui
