// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QVariantMap>
#include <functional>

#include "ui/backend/settings.h"

namespace weir::app {

/// The window's settings: read once at start, then held in memory. Changes are gathered for a moment and handed to
/// `save`, which writes them on a worker; flush() hands over what waits, at the end. GUI thread.
class AppSettings final : public ui::Settings {
    Q_OBJECT

public:
    using Save = std::function<void(const QVariantMap&)>;

    AppSettings(QVariantMap values, Save save, QObject* parent = nullptr);

    [[nodiscard]] QVariant value(const QString& key, const QVariant& fallback = {}) const override;
    void setValue(const QString& key, const QVariant& value) override;
    void flush();
    [[nodiscard]] const QVariantMap& values() const { return m_values; }

private:
    QVariantMap m_values;
    Save m_save;
    QTimer m_later;
};

}  // namespace weir::app
