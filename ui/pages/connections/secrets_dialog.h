// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/backend/connections.h"

class QLineEdit;

namespace weir::ui {

/// Asks for what a connection needs and nobody keeps, where no page is at hand: from the command line, or when the
/// keychain stays locked.
class SecretsDialog : public QDialog {
    Q_OBJECT

public:
    /// `note`: why it is asked for, where there is more to say than that nothing is kept.
    SecretsDialog(const ConnectionProfile& profile, const QString& note, QWidget* parent = nullptr);

Q_SIGNALS:
    void given(const weir::ui::ConnectionSecrets& secrets);

private:
    QLineEdit* addSecret(const QString& label);

    QLineEdit* m_secret = nullptr;
    QLineEdit* m_passphrase = nullptr;
    QLineEdit* m_trust = nullptr;
};

}  // namespace weir::ui
