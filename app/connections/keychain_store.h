// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/connections/secret_store.h"

namespace weir::app {

/// The keychain of the desktop (Secret Service, KWallet, Keychain, Credential Manager), through QtKeychain. There is no
/// other place: where there is none, nothing is kept.
class KeychainStore final : public SecretStore {
public:
    void read(const QString& id, QObject* context, Done<ui::ConnectionSecrets> done) override;
    void write(const QString& id, const ui::ConnectionSecrets& secrets, QObject* context, Done<void> done) override;
    void remove(const QString& id) override;
    void check(QObject* context, Done<void> done) override;
};

}  // namespace weir::app
