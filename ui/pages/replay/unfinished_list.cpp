// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/unfinished_list.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "ui/widgets/buttons.h"
#include "ui/widgets/format.h"

namespace weir::ui {

UnfinishedList::UnfinishedList(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Unfinished replays"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, Theme::kGap, 0, Theme::kGap);
    column->setSpacing(Theme::kSmallGap);
    column->addWidget(makeLabel(tr("Unfinished"), FontRole::kSection, Tint::kText, this));
    m_rows = new QVBoxLayout;
    m_rows->setSpacing(Theme::kGap);
    column->addLayout(m_rows);
    hide();
}

void UnfinishedList::setReplays(const std::vector<UnfinishedReplay>& replays) {
    if (replays == m_shown) {
        return;
    }
    m_shown = replays;
    while (QLayoutItem* const item = m_rows->takeAt(0)) {
        item->widget()->hide();
        // The button whose press led here may be among them.
        item->widget()->deleteLater();
        delete item;
    }
    for (const UnfinishedReplay& replay : replays) {
        m_rows->addWidget(makeRow(replay));
    }
    setVisible(!replays.empty());
}

QWidget* UnfinishedList::makeRow(const UnfinishedReplay& replay) {
    auto* row = new QWidget(this);
    auto* column = new QVBoxLayout(row);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSmallGap);
    auto* title = new ElidedLabel(row);
    title->setText(replay.title);
    column->addWidget(title);
    auto* under = new QHBoxLayout;
    under->setSpacing(Theme::kGap);
    // As narrow as it has to be: the form beside it is not pushed out of the window.
    auto* facts = new ElidedLabel(row);
    facts->setLook(FontRole::kSecondary, Tint::kTextSecondary);
    facts->setText(
        tr("%1 sent · stopped %2").arg(formatCount(replay.sent), formatAbsolute(replay.stoppedAt).mid(5, 11)));
    row->setToolTip(formatAbsolute(replay.stoppedAt));
    under->addWidget(facts, 1);
    auto* forget = makeButton(tr("Forget"), ButtonKind::kQuiet, QString(), row);
    forget->setToolTip(tr("Takes it off this list. What was sent stays where it is."));
    connect(forget, &QPushButton::clicked, this, [this, id = replay.id] { Q_EMIT forgetAsked(id); });
    auto* goOn = makeButton(tr("Go on"), ButtonKind::kOrdinary, QStringLiteral("play"), row);
    goOn->setEnabled(replay.whyNot.isEmpty());
    goOn->setToolTip(replay.whyNot.isEmpty()
                         ? tr("Sends what is left. What the target holds already is recognised: nothing comes twice.")
                         : replay.whyNot);
    connect(goOn, &QPushButton::clicked, this,
            [this, id = replay.id, name = replay.title] { Q_EMIT goOnAsked(id, name); });
    under->addWidget(forget);
    under->addWidget(goOn);
    column->addLayout(under);
    if (!replay.whyNot.isEmpty()) {
        auto* why = makeLabel(replay.whyNot, FontRole::kSecondary, Tint::kWarnText, row);
        why->setWordWrap(true);
        column->addWidget(why);
    }
    return row;
}

}  // namespace weir::ui
