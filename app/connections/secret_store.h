// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>

#include "ui/backend/connections.h"

namespace weir::app {

/// Keeps the secrets of connections beyond the life of the program. GUI thread; answers come later, once, and never
/// after `context` is gone. An error's message is a sentence for people.
class SecretStore {
public:
    template <class T>
    using Done = std::function<void(ClusterResult<T>)>;

    virtual ~SecretStore() = default;
    /// kNotFound where nothing is kept.
    virtual void read(const QString& id, QObject* context, Done<ui::ConnectionSecrets> done) = 0;
    virtual void write(const QString& id, const ui::ConnectionSecrets& secrets, QObject* context, Done<void> done) = 0;
    virtual void remove(const QString& id) = 0;
    /// Whether anything can be kept at all.
    virtual void check(QObject* context, Done<void> done) = 0;
};

}  // namespace weir::app
