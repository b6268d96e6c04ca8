// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/transactions/abort_panel.h"

#include <QVBoxLayout>
#include <utility>

#include "ui/widgets/format.h"

namespace weir::ui {

AbortPanel::AbortPanel(Backend& backend, TransactionInfo transaction, QWidget* parent)
    : SidePanel(transaction.id.empty() ? tr("Abort a hanging transaction")
                                       : tr("Abort %1").arg(QString::fromStdString(transaction.id)),
                parent),
      m_backend(backend),
      m_transaction(std::move(transaction)) {
    const auto say = [this](const QString& sentence, FontRole role, Tint tint) {
        auto* label = makeLabel(sentence, role, tint, this);
        label->setWordWrap(true);
        body()->addWidget(label);
        body()->addSpacing(Theme::kGap);
    };
    say(tr("Its records are marked as aborted: readers of committed data skip them and go on. Other readers see them "
           "as before. This cannot be undone."),
        FontRole::kBody, Tint::kText);
    if (!m_transaction.id.empty()) {
        say(tr("Producer %1 is fenced: whatever it sends next is refused, and the application behind it has to begin "
               "anew.")
                .arg(m_transaction.producerId.value),
            FontRole::kBody, Tint::kText);
    }
    if (!m_transaction.groups.empty()) {
        QStringList groups;
        for (const std::string& group : m_transaction.groups) {
            groups.append(QString::fromStdString(group));
        }
        say(tr("Offsets that were to be committed with it are dropped for: %1").arg(groups.join(QStringLiteral(", "))),
            FontRole::kBody, Tint::kText);
    }
    addSection(m_transaction.places.empty()
                   ? tr("No partition was written yet")
                   : plural(static_cast<qint64>(m_transaction.places.size()), tr("partition"), tr("partitions")));
    constexpr std::size_t kShown = 40;
    for (std::size_t i = 0; i < std::min(kShown, m_transaction.places.size()); ++i) {
        const TransactionPlace& place = m_transaction.places[i];
        const QString name = QStringLiteral("%1-%2")
                                 .arg(QString::fromStdString(place.partition.topic))
                                 .arg(place.partition.partition.value);
        body()->addWidget(makeLabel(
            place.first == kNoOffset ? name : tr("%1 from offset %2").arg(name, formatCount(place.first.value)),
            FontRole::kMono, Tint::kText, this));
    }
    if (m_transaction.places.size() > kShown) {
        say(tr("and %1 more").arg(formatCount(static_cast<qint64>(m_transaction.places.size() - kShown))),
            FontRole::kBody, Tint::kTextSecondary);
    }
    setPrimary(tr("Abort transaction"), ButtonKind::kDanger);
    connect(this, &SidePanel::accepted, this, &AbortPanel::run);
}

void AbortPanel::run() {
    setBusy(true);
    clearError();
    m_backend.operations().abortTransaction(m_transaction, this, [this](const ClusterResult<void>& answer) {
        setBusy(false);
        if (answer.ok()) {
            Q_EMIT finished();
            close();
        } else {
            showError(QString::fromStdString(answer.error().message));
        }
    });
}

}  // namespace weir::ui
