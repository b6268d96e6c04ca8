// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/unlock_dialog.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme/theme.h"
#include "ui/widgets/buttons.h"

namespace weir::ui {

UnlockDialog::UnlockDialog(ChangeLock& lock, QWidget* parent) : QDialog(parent) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Allow changes"));
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::kPageMargin, Theme::kPageMargin, Theme::kPageMargin, Theme::kPageMargin);
    column->setSpacing(Theme::kGap);
    column->addWidget(
        makeLabel(tr("%1 is a production cluster").arg(lock.word()), FontRole::kTitle, Tint::kText, this));
    auto* const words = makeLabel(tr("Nothing in it is changed while it is locked. Type its name to allow changes from "
                                     "this window for %1 minutes.")
                                      .arg(lock.minutes()),
                                  FontRole::kBody, Tint::kTextSecondary, this);
    words->setWordWrap(true);
    column->addWidget(words);
    auto* const edit = new QLineEdit(this);
    edit->setPlaceholderText(lock.word());
    edit->setAccessibleName(tr("Name of the cluster"));
    column->addWidget(edit);
    column->addSpacing(Theme::kGap);
    auto* const row = new QHBoxLayout;
    row->addStretch(1);
    auto* const cancel = makeButton(tr("Cancel"), ButtonKind::kOrdinary, {}, this);
    cancel->setAutoDefault(false);
    auto* const allow = makeButton(tr("Allow changes"), ButtonKind::kDanger, {}, this);
    allow->setDefault(true);
    allow->setEnabled(false);
    row->addWidget(cancel);
    row->addWidget(allow);
    column->addLayout(row);
    setMinimumWidth(Theme::of().px(420));
    connect(edit, &QLineEdit::textChanged, allow,
            [allow, word = lock.word()](const QString& typed) { allow->setEnabled(typed == word); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(allow, &QPushButton::clicked, this, [this, edit, &lock] {
        if (lock.unlock(edit->text())) {
            accept();
        }
    });
}

}  // namespace weir::ui
