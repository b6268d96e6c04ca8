// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/cluster/folders_section.h"

#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <set>

#include "ui/widgets/buttons.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

// Each broker tells of every partition it has: a lot on a large cluster, and it changes slowly.
constexpr qint64 kEveryMs = 10'000;
/// What a table sorts and compares within a frame; whoever looks for a small one of more names it.
constexpr std::size_t kMostRows = 5'000;

}  // namespace

FoldersSection::FoldersSection(Backend& backend, QWidget* parent) : ClusterSection(backend, kEveryMs, parent) {
    m_splitter = new QSplitter(Qt::Vertical, this);
    m_splitter->setChildrenCollapsible(false);
    column()->addWidget(m_splitter, 1);

    m_folders = new KeyedModel<FolderRow>(folderColumns(), this);
    m_folderTable = new DataTable(backend.settings(), QStringLiteral("cluster/folders"), m_splitter);
    m_folderTable->setDefaultWidths({280, 108, 96, 90, 100, 110, 100, 100});
    m_folderTable->setDefaultSort(1, Qt::AscendingOrder);
    m_folderTable->setStretchColumn(0);
    m_folderTable->setSource(m_folders);
    m_folderTable->setAccessibleName(tr("Log folders"));
    m_folderTable->setEmptyText(tr("The cluster has no broker that answers."));
    m_splitter->addWidget(m_folderTable);

    auto* below = new QWidget(m_splitter);
    auto* rows = new QVBoxLayout(below);
    rows->setContentsMargins(0, Theme::kGap, 0, 0);
    rows->setSpacing(Theme::kSmallGap);
    m_whose = makeLabel(QString(), FontRole::kSection, Tint::kText, below);
    m_whose->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, 0);
    rows->addWidget(m_whose);
    m_replicas = new KeyedModel<ReplicaRow>(replicaColumns(), this);
    m_replicaTable = new DataTable(backend.settings(), QStringLiteral("cluster/replicas"), below);
    m_replicaTable->setDefaultWidths({240, 108, 220, 120, 100, 110});
    m_replicaTable->setDefaultSort(3, Qt::DescendingOrder);
    m_replicaTable->setStretchColumn(0);
    m_replicaTable->setSource(m_replicas);
    m_replicaTable->setAccessibleName(tr("Replicas"));
    m_replicaTable->setEmptyText(tr("No log is in it."));
    rows->addWidget(m_replicaTable, 1);
    m_splitter->addWidget(below);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);

    connect(m_folderTable, &DataTable::selectedRowsChanged, this, &FoldersSection::showReplicas);
    connect(m_replicaTable, &DataTable::rowOpened, this, [this](int row) {
        if (const ReplicaRow* chosen = m_replicas->rowAt(row)) {
            Q_EMIT topicWanted(QString::fromStdString(chosen->replica.partition.topic));
        }
    });
}

void FoldersSection::setFilterText(const QString& text) {
    m_text = text;
    showReplicas();
}

void FoldersSection::question() {
    backend().operations().logDirs(this, [this](const ClusterResult<std::vector<LogDir>>& answer) {
        if (answered(answer)) {
            const bool isFirst = m_all.empty();
            m_all = answer.value();
            showFolders();
            if (isFirst) {
                makeRoom();
            }
            showReplicas();
        }
    });
}

void FoldersSection::showFolders() {
    std::set<BrokerId> brokers;
    qint64 folders = 0;
    qint64 troubled = 0;
    qint64 size = 0;
    for (const LogDir& each : m_all) {
        brokers.insert(each.broker);
        folders += each.path.empty() ? 0 : 1;
        troubled += each.problem.empty() ? 0 : 1;
        size += each.sizeBytes();
    }
    m_folders->setRows(folderRows(m_all));
    const QString sum = tr("%1 · %2 · %3 of logs")
                            .arg(plural(static_cast<qint64>(brokers.size()), tr("broker"), tr("brokers")),
                                 plural(folders, tr("log folder"), tr("log folders")), formatBytes(size));
    setFacts(troubled > 0 ? tr("%1 · %2 in trouble").arg(sum, formatCount(troubled)) : sum);
}

void FoldersSection::makeRoom() {
    constexpr int kMostFolders = 8;
    const int rows = std::clamp(m_folders->rowCount(), 1, kMostFolders);
    const int wanted = m_folderTable->horizontalHeader()->height() + rows * Theme::of().rowHeight() + Theme::kGap;
    m_splitter->setSizes({wanted, std::max(wanted, m_splitter->height() - wanted)});
}

void FoldersSection::showReplicas() {
    std::set<std::pair<BrokerId, std::string>> chosen;
    for (const int row : m_folderTable->selectedSourceRows()) {
        if (const FolderRow* each = m_folders->rowAt(row)) {
            chosen.emplace(each->dir.broker, each->dir.path);
        }
    }
    ReplicaRows found = replicaRows(
        m_all,
        [&chosen](const LogDir& dir) {
            return chosen.empty() || chosen.contains({dir.broker, dir.path});
        },
        m_text, kMostRows);
    m_replicas->setRows(std::move(found.rows));
    QString count = plural(found.all, tr("replica"), tr("replicas"));
    if (found.all > m_replicas->rowCount()) {
        count = tr("The largest %1 of %2").arg(formatCount(m_replicas->rowCount()), count);
    }
    m_replicaTable->setEmptyText(m_text.isEmpty() ? tr("No log is in it.") : tr("No replica has that in its name."));
    if (chosen.size() == 1) {
        const auto& [broker, path] = *chosen.begin();
        m_whose->setText(tr("%1 in %2 of broker %3").arg(count, QString::fromStdString(path)).arg(broker.value));
    } else {
        m_whose->setText(chosen.empty()
                             ? tr("%1 in all folders").arg(count)
                             : tr("%1 in %2 folders").arg(count, formatCount(static_cast<qint64>(chosen.size()))));
    }
}

}  // namespace weir::ui
