// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/cluster/quorum_section.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/buttons.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {
namespace {

constexpr qint64 kEveryMs = 2'000;

}  // namespace

QuorumSection::QuorumSection(Backend& backend, QWidget* parent) : ClusterSection(backend, kEveryMs, parent) {
    auto* tiles = new QHBoxLayout;
    tiles->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kGap);
    tiles->setSpacing(Theme::kGroupGap);
    const auto tile = [this, tiles](const QString& title) {
        auto* made = new StatTile(title, this);
        tiles->addWidget(made, 1);
        return made;
    };
    m_leader = tile(tr("Leader"));
    m_highWatermark = tile(tr("High watermark"));
    m_lag = tile(tr("Largest lag"));
    m_members = tile(tr("Voters"));
    column()->addLayout(tiles);
    if (backend.facts().isEmbedded) {
        auto* note =
            makeLabel(tr("Weir is a cluster of one: this broker leads itself and never lags. Its metadata is a "
                         "database in the data folder, and the offset counts its changes since the start."),
                      FontRole::kSecondary, Tint::kTextSecondary, this);
        note->setWordWrap(true);
        note->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kGap);
        column()->addWidget(note);
    }
    m_model = new KeyedModel<QuorumRow>(quorumColumns(), this);
    m_table = new DataTable(backend.settings(), QStringLiteral("cluster/quorum"), this);
    m_table->setDefaultWidths({128, 100, 130, 90, 130, 120, 264, 200});
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setStretchColumn(6);
    // Only voters of a quorum that changes have one.
    m_table->setDefaultHidden({7});
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Metadata quorum"));
    m_table->setEmptyText(tr("The quorum has no member that is known."));
    column()->addWidget(m_table, 1);
}

void QuorumSection::setFilterText(const QString& text) {
    m_table->setFilterText(text);
}

void QuorumSection::question() {
    backend().operations().quorum(this, [this](const ClusterResult<QuorumInfo>& answer) {
        if (answered(answer)) {
            showQuorum(answer.value());
        }
    });
}

void QuorumSection::showQuorum(const QuorumInfo& info) {
    const bool hasLeader = info.leader.value >= 0;
    const QString leader = hasLeader ? QString::number(info.leader.value) : kNone;
    const QString epoch = tr("epoch %1").arg(info.leaderEpoch.value);
    m_leader->setFigure(leader);
    m_leader->setDetail(hasLeader ? epoch : tr("none is elected now"));
    m_leader->setTint(hasLeader ? Tint::kAccent : Tint::kBad);
    m_highWatermark->setFigure(formatCountOrNone(info.highWatermark.value));
    m_highWatermark->setDetail(tr("changes of the metadata"));
    qint64 largest = -1;
    QString whose;
    qint64 voters = 0;
    for (const QuorumReplica& each : info.replicas) {
        voters += each.isVoter ? 1 : 0;
        if (const qint64 lag = info.lagOf(each); lag > largest) {
            largest = lag;
            whose = tr("node %1").arg(each.id.value);
        }
    }
    const qint64 observers = static_cast<qint64>(info.replicas.size()) - voters;
    m_lag->setFigure(formatCountOrNone(largest));
    m_lag->setDetail(largest > 0 ? whose : largest == 0 ? tr("nobody is behind") : tr("not known"));
    m_members->setFigure(formatCount(voters));
    m_members->setDetail(plural(observers, tr("observer"), tr("observers")));
    m_model->setRows(quorumRows(info, nowTimestamp()));
    setFacts(tr("Leader %1 · %2 · %3 · %4")
                 .arg(leader, epoch, plural(voters, tr("voter"), tr("voters")),
                      plural(observers, tr("observer"), tr("observers"))));
}

}  // namespace weir::ui
