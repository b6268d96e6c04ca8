// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/connections/secrets_dialog.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme/theme.h"
#include "ui/widgets/buttons.h"

namespace weir::ui {

SecretsDialog::SecretsDialog(const ConnectionProfile& profile, const QString& note, QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("Connect to %1").arg(profile.name));
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::kPageMargin, Theme::kPageMargin, Theme::kPageMargin, Theme::kPageMargin);
    column->setSpacing(Theme::kGap);
    column->addWidget(makeLabel(tr("Connect to %1").arg(profile.name), FontRole::kTitle, Tint::kText, this));
    auto* const address = makeLabel(profile.bootstrap, FontRole::kMono, Tint::kTextSecondary, this);
    address->setWordWrap(true);
    column->addWidget(address);
    if (!note.isEmpty()) {
        auto* const why = makeLabel(note, FontRole::kBody, Tint::kWarnText, this);
        why->setWordWrap(true);
        column->addWidget(why);
    }
    const bool isToken = profile.takesToken();
    if (!profile.mechanism.isEmpty()) {
        m_secret = addSecret(isToken                       ? tr("Token")
                             : !profile.tokenUrl.isEmpty() ? tr("Secret of client %1").arg(profile.user)
                                                           : tr("Password of %1").arg(profile.user));
    }
    if (profile.needsPassphrase()) {
        m_passphrase = addSecret(tr("Passphrase of the private key (empty: it has none)"));
    }
    if (profile.needsTrustPassword()) {
        m_trust = addSecret(tr("Password of the trust store"));
    }
    column->addSpacing(Theme::kGap);
    auto* const row = new QHBoxLayout;
    row->addStretch(1);
    auto* const cancel = makeButton(tr("Cancel"), ButtonKind::kOrdinary, {}, this);
    cancel->setAutoDefault(false);
    auto* const connectNow = makeButton(tr("Connect"), ButtonKind::kPrimary, {}, this);
    connectNow->setDefault(true);
    row->addWidget(cancel);
    row->addWidget(connectNow);
    column->addLayout(row);
    setMinimumWidth(Theme::of().px(420));
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(connectNow, &QPushButton::clicked, this, [this, isToken] {
        const QString text = m_secret != nullptr ? m_secret->text() : QString();
        Q_EMIT given({isToken ? QString() : text, m_passphrase != nullptr ? m_passphrase->text() : QString(),
                      isToken ? text : QString(), m_trust != nullptr ? m_trust->text() : QString()});
        accept();
    });
}

QLineEdit* SecretsDialog::addSecret(const QString& label) {
    auto* const edit = new QLineEdit(this);
    edit->setEchoMode(QLineEdit::Password);
    edit->setAccessibleName(label);
    layout()->addWidget(makeLabel(label, FontRole::kBodyMedium, Tint::kText, this));
    layout()->addWidget(edit);
    return edit;
}

}  // namespace weir::ui
